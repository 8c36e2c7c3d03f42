// The contract that storefronts see: graphql/schema.graphql without what is tagged admin. `npm run -s public-schema` prints it.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parse, print, visit } from "graphql";

const HIDDEN_TAG = "admin";

/** The schema as text, without the parts tagged admin and without types that nothing is left of. */
export function publicSchema(text) {
  const visible = visit(parse(text), {
    enter(node) {
      if (node.directives?.some(hides)) return null;
    },
    leave(node) {
      const isEmptied = node.fields?.length === 0 || node.values?.length === 0 || node.types?.length === 0;
      if (isEmptied && node.kind.endsWith("Definition") && node.kind !== "FieldDefinition") return null;
    },
  });
  requireWhole(visible);
  return print(visible);
}

function hides({ name, arguments: args }) {
  return name.value === "tag" && args?.some(({ value }) => value.value === HIDDEN_TAG);
}

/** A part that stays must not name a type that is gone. */
function requireWhole(document) {
  const known = new Set(["ID", "String", "Int", "Float", "Boolean"]);
  for (const { kind, name } of document.definitions) if (kind.endsWith("TypeDefinition")) known.add(name.value);
  visit(document, {
    NamedType({ name }) {
      if (!known.has(name.value))
        throw new Error(`Cannot print the public schema: ${name.value} is hidden and still used`);
    },
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(publicSchema(readFileSync(new URL("../graphql/schema.graphql", import.meta.url), "utf8")));
}
