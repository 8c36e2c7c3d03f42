// Types and documents for the storefront: schema.graphql and every .graphql file below src → src/graph/generated.ts.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { codegen } from "@graphql-codegen/core";
import * as documentNodes from "@graphql-codegen/typed-document-node";
import * as schemaTypes from "@graphql-codegen/typescript";
import * as operationTypes from "@graphql-codegen/typescript-operations";
import { parse } from "graphql";

const root = path.resolve(import.meta.dirname, "..");
const filename = path.join(root, "src/graph/generated.ts");

const documents = readdirSync(path.join(root, "src"), { recursive: true })
  .filter((name) => name.endsWith(".graphql"))
  .sort()
  .map((name) => path.join(root, "src", name))
  .map((location) => ({ location, document: parse(readFileSync(location, "utf8")) }));

const output = await codegen({
  filename,
  schema: parse(readFileSync(path.join(root, "schema.graphql"), "utf8")),
  documents,
  config: { useTypeImports: true, enumsAsTypes: true, skipTypename: true, scalars: { ID: "string" } },
  plugins: [{ types: {} }, { operations: {} }, { documents: {} }],
  pluginMap: { types: schemaTypes, operations: operationTypes, documents: documentNodes },
});
writeFileSync(filename, output);
