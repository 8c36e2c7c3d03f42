export function publicSchema(text: string): string;
