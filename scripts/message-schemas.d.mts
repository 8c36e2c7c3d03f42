export const SCHEMAS_DIR: string;
export function schemaFiles(schemas: Readonly<Record<string, object>>): Readonly<Record<string, string>>;
