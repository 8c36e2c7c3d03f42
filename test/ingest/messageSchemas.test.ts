import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { SCHEMAS_DIR, schemaFiles } from "../../scripts/message-schemas.mjs";
import type { RawInteraction } from "../../src/domain/engine.js";
import { idProblem } from "../../src/domain/ids.js";
import { decodeCommand } from "../../src/ingest/decodeCommand.js";
import { decodeInteraction } from "../../src/ingest/decodeInteraction.js";
import { decodeProductUpdate } from "../../src/ingest/decodeProductUpdate.js";
import {
  adminCommandSchema,
  jsonSchemas,
  productUpdateSchema,
  userInteractionSchema,
} from "../../src/ingest/messageSchemas.js";
import { isRawFields, type RawFields } from "../../src/ingest/readField.js";
import { Rejection } from "../../src/ingest/rejection.js";
import { message as streamMessage } from "./streams.js";

/** Beyond every time that can be sent: what needs a clock is not for a schema. */
const NOW_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

const ODD = [
  null, "", " ", "0", "00", "42", 42, 0, -0, 1, -1, 1.5, 1e12, 1e12 + 1, -1e12, 2 ** 53, 1e300, true, false, [], {},
  "a", "a\0b", "\ud800", "🫖", "x".repeat(256), "x".repeat(257), "🫖".repeat(64), `${"🫖".repeat(64)}a`,
  "1e3", " 2.5 ", "0x10", "Infinity", "-.5", "1.", "1e13", "-1e12", ".", "yes", " NO ", "True", "on", "9".repeat(16),
  "2026-05-01T12:00:00Z", "2026-05-01T12:00:00", "2026-05-01", "2026-02-30T00:00:00Z", "2026-05-01 12:00 +02",
  "2026-05-01t12:00:00,5z", "2026-05-01T12:00:00-19:00", "1969-12-31T23:59:59Z", " 2026-05-01T12:00:00.123456Z ",
  "1777636800", "1777636800000", "1777636800.5", "177763680", "17776368", 1777636800, 1777636800000, -5, 1e15,
  "VIEW", " view ", "İ".repeat(100), ["a", 1, null, "b|c"], ["a", [1]], "a|b| |c",
]; // biome-ignore format: a list of odd values reads as one

const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ODD) },
  fc.jsonValue(),
  fc.string({ unit: "binary" }),
);

/** A good message, some of its fields replaced by odd values, some left out. */
function mutated(good: Record<string, unknown>) {
  const names = Object.keys(good);
  const changes = fc.dictionary(fc.constantFrom(...names), fc.option(value, { nil: undefined }), { maxKeys: 3 });
  return changes.map((changed) => {
    const message: Record<string, unknown> = { ...good, ...changed };
    for (const name of names) if (message[name] === undefined) delete message[name];
    return message;
  });
}

const interaction = {
  user_id: "17850",
  session_id: "visit",
  product_id: "22423",
  timestamp: "2026-11-25T12:00:00Z",
  action_type: "purchase",
  value: 2,
  order_id: "536365",
  event_id: "e1",
  quantity: 2,
  price: 12.75,
};
const product = {
  product_id: "22423",
  name: "REGENCY CAKESTAND 3 TIER",
  category: "Kitchen",
  tags: ["cake", "tea"],
  price: 12.75,
  description: "Three tiers.",
  brand: "Regency",
  image_url: "https://shop.example/22423.jpg",
  available: true,
  stock: 3,
  updated_at: "2026-11-25T12:00:00Z",
  version: 7,
  deleted: false,
};
/** What of a command is no part of its body. */
const OWN_COLUMN = new Set(["command_id", "type", "issued_by", "issued_at", "schema_version"]);

const command = {
  command_id: "c1",
  type: "set_parameter",
  parameter_name: "weight.trending",
  value: 2,
  issued_by: "eve",
  issued_at: "2026-11-25T12:00:00Z",
};

function expectSame(schema: z.ZodType, message: unknown, decoded: unknown): void {
  const isAccepted = schema.safeParse(message).success;
  const isDecoded = !(decoded instanceof Rejection);
  if (isAccepted !== isDecoded) {
    const rejection = isDecoded ? "taken" : (decoded as Rejection).message;
    expect.fail(
      `${JSON.stringify(message)}: the schema ${isAccepted ? "accepts" : "refuses"} it, decoded it is ${rejection}`,
    );
  }
}

describe("the decoder accepts exactly what the schema does", () => {
  it("of an interaction", () => {
    const messages = fc.oneof({ weight: 9, arbitrary: mutated(interaction) }, fc.jsonValue());
    fc.assert(
      fc.property(messages, (message) => {
        const decoded = decodeInteraction(message as RawInteraction, { nowMs: NOW_MS, door: "live" });
        expectSame(userInteractionSchema, message, decoded);
      }),
      { numRuns: 20_000 },
    );
  });

  it("of a product update", () => {
    const messages = fc.oneof({ weight: 9, arbitrary: mutated(product) }, fc.jsonValue());
    fc.assert(
      fc.property(messages, (message) => {
        const decoded = decodeProductUpdate(message as RawFields, { nowMs: NOW_MS, sentAtMs: null });
        expectSame(productUpdateSchema, message, decoded);
      }),
      { numRuns: 20_000 },
    );
  });

  it("of an admin command", () => {
    const messages = fc.oneof({ weight: 9, arbitrary: mutated(command) }, fc.jsonValue().filter(isRawFields));
    fc.assert(
      fc.property(messages, (message) => {
        const decoded = decodeCommand(message as RawFields, streamMessage(message), { commandsSecret: null });
        expectSame(adminCommandSchema, message, decoded);
        if (decoded instanceof Rejection) return;
        const { commandId, type, body } = decoded.command;
        expect(idProblem(commandId)).toBeNull();
        expect(idProblem(type)).toBeNull();
        expect(Object.keys(body)).toEqual(Object.keys(message as RawFields).filter((name) => !OWN_COLUMN.has(name)));
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("an admin command", () => {
  it.each([
    ["a parameter set", { command_id: "c1", type: "set_parameter", parameter_name: "weight.trending", value: 2 }, true],
    ["a bare parameter", { parameter_name: "weight.trending", value: 2 }, true],
    ["a training", { type: "retrain_model", issued_by: "eve", issued_at: "2026-11-25T12:00:00Z" }, true],
    ["neither type nor parameter", { command_id: "c1", value: 2 }, false],
    ["a type that is a number", { type: 7 }, false],
    ["a time without a zone", { type: "retrain_model", issued_at: "2026-11-25T12:00:00" }, false],
    ["another major version", { type: "retrain_model", schema_version: "2.0" }, false],
    ["a list", [], false],
  ])("%s", (_name, message, isAccepted) => {
    expect(adminCommandSchema.safeParse(message).success).toBe(isAccepted);
  });
});

describe("the files in schemas/", () => {
  const files = schemaFiles(jsonSchemas());
  const readme = readFileSync(path.resolve(import.meta.dirname, "../../README.md"), "utf8");

  it.each(Object.keys(files))("%s is what src/ingest/messageSchemas.ts describes", (name) => {
    const stored = readFileSync(path.join(SCHEMAS_DIR, name), "utf8");
    if (stored !== files[name]) expect.fail(`${name} is old: npm run build && node scripts/message-schemas.mjs`);
  });

  it.each(Object.keys(files))("%s accepts the README's example, and refuses it without its ids", (name) => {
    const topic = name.replace(".schema.json", "");
    const example = new RegExp(`\n\`${topic}\`[^\`]*(?:\`[^\`\\n]+\`[^\`]*)*\n\n\`\`\`json\\n(.*?)\\n\`\`\``, "s").exec(
      readme,
    )?.[1];
    expect(example, `the README has an example of ${topic}`).toBeDefined();
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(files[name]));
    const message = JSON.parse(example as string);
    expect(validate(message), JSON.stringify(validate.errors)).toBe(true);
    const { product_id: _product, type: _type, parameter_name: _name, ...rest } = message;
    expect(validate(rest)).toBe(false);
  });
});
