// The JSON Schema files of the messages, from their one definition: `npm run build && node scripts/message-schemas.mjs` writes them.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

export const SCHEMAS_DIR = path.resolve(import.meta.dirname, "../schemas");

/** The text of each file, by its name. */
export function schemaFiles(schemas) {
  return Object.fromEntries(
    Object.entries(schemas).map(([topic, schema]) => [`${topic}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`]),
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { jsonSchemas } = await import("../dist/ingest/messageSchemas.js");
  mkdirSync(SCHEMAS_DIR, { recursive: true });
  for (const [name, text] of Object.entries(schemaFiles(jsonSchemas())))
    writeFileSync(path.join(SCHEMAS_DIR, name), text);
}
