// The contract against that of the last release, graphql/released.graphql. `npm run -s release-contract` makes this one the released one.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { DiffRule, diff } from "@graphql-inspector/core";
import { parse } from "graphql";

/** By these a gateway composes: without one of them, or with another key, a supergraph that was whole is not any more. */
const COMPOSED_BY = /^Directive '(key|shareable)' was removed|'@key'/;

/**
 * What changed from the released contract to this one. What was deprecated in the released one may go; a name, an
 * argument or a key that somebody may be using must not.
 */
export async function contractChanges(released, current) {
  const changes = await diff(schemaOf(released), schemaOf(current), [
    DiffRule.suppressRemovalOfDeprecatedField,
    DiffRule.simplifyChanges,
  ]);
  return changes.map(({ message, criticality }) => ({
    text: message,
    isBreaking: criticality.level === "BREAKING" || COMPOSED_BY.test(message),
  }));
}

function schemaOf(text) {
  return buildSubgraphSchema([{ typeDefs: parse(text) }]);
}

async function release(accepts) {
  const [releasedFile, currentFile] = ["released", "schema"].map((name) =>
    fileURLToPath(new URL(`../graphql/${name}.graphql`, import.meta.url)),
  );
  const current = readFileSync(currentFile, "utf8");
  const changes = await contractChanges(readFileSync(releasedFile, "utf8"), current);
  for (const { text, isBreaking } of changes) console.log(`${isBreaking ? "breaking  " : "compatible"}  ${text}`);
  const nBreaking = changes.filter((change) => change.isBreaking).length;
  if (nBreaking > 0 && !accepts) {
    console.error(
      `Cannot release the contract: no breaking change is required, found ${nBreaking}; with a new major version, add -- --breaking`,
    );
    process.exit(1);
  }
  writeFileSync(releasedFile, current);
  console.log(`graphql/released.graphql is graphql/schema.graphql now: ${changes.length} changes`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await release(process.argv.includes("--breaking"));
}
