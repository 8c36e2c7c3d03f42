import { type DocumentNode, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import * as exported from "../../console/operations.js";
import { createSchema } from "../../src/graph/schema.js";

const operations = Object.entries(exported as Record<string, { readonly text: string }>);
const schema = createSchema();

describe("what the console asks", () => {
  it.each(operations)("%s is valid against the schema", (_name, { text }) => {
    expect(validate(schema, parse(text))).toEqual([]);
  });

  it("has a name in every operation, each once, for whoever reads the gateway's log", () => {
    const names = operations.map(([, { text }]) => nameIn(parse(text)));
    expect(names).not.toContain(undefined);
    expect(new Set(names).size).toBe(operations.length);
  });
});

function nameIn({ definitions: [first] }: DocumentNode): string | undefined {
  return first.kind === "OperationDefinition" ? first.name?.value : undefined;
}
