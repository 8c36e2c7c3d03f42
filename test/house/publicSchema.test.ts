import { buildSchema } from "graphql";
import { describe, expect, it } from "vitest";
import { publicSchema } from "../../scripts/public-schema.mjs";
import { readSchemaText } from "../../src/graph/schema.js";

const text = publicSchema(readSchemaText());
const machinery = `directive @link(url: String, import: [String]) repeatable on SCHEMA
  directive @key(fields: String) repeatable on OBJECT
  directive @shareable on OBJECT | FIELD_DEFINITION
  directive @cost(weight: Int) on FIELD_DEFINITION
  directive @listSize(slicingArguments: [String], sizedFields: [String], requireOneSlicingArgument: Boolean) on FIELD_DEFINITION
`;

describe("the public contract", () => {
  it("is a whole schema without what only administrators may ask", () => {
    const { getType } = buildSchema(machinery + text);
    expect(getType).toBeDefined();
    expect(text).not.toMatch(
      /or administrators only|no administrator|Settings|breakdown:|SignalContribution|recommendationCommands|movedBy|Rule/,
    );
  });

  it("keeps everything that shoppers' pages ask for", () => {
    for (const name of [
      "similarProducts",
      "frequentlyBoughtTogether",
      "buyAgain",
      "trendingProducts",
      "recordInteractions",
    ]) {
      expect(text).toContain(`${name}(`);
    }
  });

  it("is refused when a public part names a hidden type", () => {
    const broken = 'type Query { a: Secret } type Secret @tag(name: "admin") { b: Int }';
    expect(() => publicSchema(broken)).toThrow("Secret is hidden and still used");
  });

  it("has no type that lost all its fields", () => {
    const sdl = 'type Query { a: Int } type Mutation { b: Int @tag(name: "admin") }';
    expect(publicSchema(sdl)).not.toContain("Mutation");
  });
});
