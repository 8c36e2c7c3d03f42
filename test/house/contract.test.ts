import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { contractChanges } from "../../scripts/contract-changes.mjs";
import { readSchemaText } from "../../src/graph/schema.js";

const released = readFileSync(path.resolve(import.meta.dirname, "../../graphql/released.graphql"), "utf8");

async function breakingChanges(current: string, before = released): Promise<string[]> {
  return (await contractChanges(before, current)).filter((change) => change.isBreaking).map((change) => change.text);
}

/** The released contract with the first such place written otherwise. */
function releasedBut(place: string, otherwise: string): string {
  expect(released).toContain(place);
  return released.replace(place, otherwise);
}

const FIELD = '  "The trained model that ranked; null before the first training."\n  modelVersion: String\n';

const breaks: [string, string, string, RegExp][] = [
  ["a field is gone", FIELD, "", /'modelVersion' was removed/],
  [
    "a field may be null",
    "edges: [RecommendationEdge!]!",
    "edges: [RecommendationEdge!]",
    /'RecommendationConnection.edges'/,
  ],
  ["an argument takes less", "first: Int = 4", "first: Int! = 4", /'first' .* changed from 'Int' to 'Int!'/],
  ["an argument takes another type", "first: Int = 10", 'first: String = "10"', /changed from 'Int' to 'String'/],
  [
    "an argument is required",
    "viewedProductIds: [ID!]",
    "viewedProductIds: [ID!]!",
    /'RecommendationContext.viewedPro/,
  ],
  ["an answer's word is gone", '  "New in the catalogue."\n  NEW\n', "", /'NEW' was removed/],
  ["a type is no entity any more", 'type User @key(fields: "id")', "type User", /'key' was removed/],
  ["an entity has another key", 'User @key(fields: "id")', 'User @key(fields: "id buyAgain { listId }")', /'@key'/],
  ["a type cannot be shared any more", "PageInfo @shareable", "PageInfo", /'shareable' was removed/],
];

const compatible: [string, string, string][] = [
  ["a field comes", FIELD, `${FIELD}  age: Int\n`],
  ["an argument may be left out", "first: Int = 4", "first: Int = 4, within: Int"],
  ["a default differs", "first: Int = 4", "first: Int = 5"],
  ["a text differs", "Which products may be listed.", "Which products may stand in the list."],
];

describe("the contract", () => {
  it("breaks nothing of the released one", async () => {
    expect(await breakingChanges(readSchemaText())).toEqual([]);
  });

  it.each(breaks)("is found broken where %s", async (_what, place, otherwise, text) => {
    expect((await breakingChanges(releasedBut(place, otherwise))).join("\n")).toMatch(text);
  });

  it.each(compatible)("may change so that %s", async (_what, place, otherwise) => {
    expect(await breakingChanges(releasedBut(place, otherwise))).toEqual([]);
  });

  it("may lose what was deprecated when it was last released", async () => {
    const deprecated = releasedBut(
      "modelVersion: String\n",
      'modelVersion: String @deprecated(reason: "see source")\n',
    );
    expect(await breakingChanges(releasedBut(FIELD, ""), deprecated)).toEqual([]);
  });
});
