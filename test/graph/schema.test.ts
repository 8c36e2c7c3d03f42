import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  isEnumType,
  isInputObjectType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { describe, expect, it } from "vitest";
import { LIST_FIELDS } from "../../src/graph/listFields.js";
import { createSchema, readSchemaText } from "../../src/graph/schema.js";

const schema = createSchema();
/** What the federation library adds by itself. */
const isMachinery = (name: string) => /^(_|link__|federation__|FieldSet$|Int$|Float$|String$|Boolean$|ID$)/.test(name);
const ownTypes = Object.values(schema.getTypeMap()).filter((type) => !isMachinery(type.name));

function partsOf(type: GraphQLNamedType): { name: string; description?: string | null }[] {
  if (isEnumType(type)) return type.getValues().map((value) => ({ ...value, name: `${type.name}.${value.name}` }));
  if (!isObjectType(type) && !isInputObjectType(type)) return [];
  const fields = Object.values(type.getFields()).filter((field) => !isMachinery(field.name));
  return fields.flatMap((field) => [
    { name: `${type.name}.${field.name}`, description: field.description },
    ...("args" in field ? (field as GraphQLField<unknown, unknown>).args : []).map((arg) => ({
      ...arg,
      name: `${type.name}.${field.name}(${arg.name})`,
    })),
  ]);
}

describe("the schema", () => {
  it("describes every type, field, argument, enum value and input field", () => {
    const parts = ownTypes.flatMap((type) => [type, ...partsOf(type)]);
    expect(parts.length).toBeGreaterThan(90);
    expect(parts.filter((part) => !part.description?.trim()).map((part) => part.name)).toEqual([]);
  });

  it("describes its own directive and the arguments of it", () => {
    const directive = schema.getDirective("cacheControl");
    expect([directive, ...(directive?.args ?? [])].filter((part) => !part?.description)).toEqual([]);
  });

  it("adds only nullable fields to products and users, so that our outage does not null theirs", () => {
    for (const name of ["Product", "User"]) {
      const fields = Object.values((schema.getType(name) as GraphQLObjectType).getFields());
      expect(fields.filter((field) => isNonNullType(field.type)).map((field) => field.name)).toEqual(["id"]);
    }
  });

  it("writes the default of first that the code takes", () => {
    for (const [name, { defaultFirst }] of Object.entries(LIST_FIELDS)) {
      const [type, field] = name.split(".");
      const args = (schema.getType(type) as GraphQLObjectType).getFields()[field].args;
      expect([name, args.find((arg) => arg.name === "first")?.defaultValue]).toEqual([name, defaultFirst]);
    }
  });

  it("bounds the cost of every list for gateways that count", () => {
    const lists = Object.keys(LIST_FIELDS).length;
    expect(readSchemaText().match(/@listSize\(slicingArguments: \["first"\]/g)).toHaveLength(lists);
  });
});
