// What a storefront sees of the gateway: the example catalogue and this subgraph's public schema, composed.
// `node scripts/storefront-schema.mjs > examples/storefront/schema.graphql` writes it; a test says when that is due.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import { publicSchema } from "./public-schema.mjs";

const read = (file) => readFileSync(new URL(file, import.meta.url), "utf8");

/** The gateway's API schema as text. */
export function storefrontSchema() {
  const { publicSdl, errors } = composeServices([
    { name: "catalog", typeDefs: parse(read("../examples/catalog/schema.graphql")), url: "http://catalog.example" },
    {
      name: "recommendations",
      typeDefs: parse(publicSchema(read("../graphql/schema.graphql"))),
      url: "http://here.example",
    },
  ]);
  if (errors)
    throw new Error(`Cannot compose the storefront's schema: ${errors.map(({ message }) => message).join("; ")}`);
  return `${publicSdl.trim()}\n`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.stdout.write(storefrontSchema());
