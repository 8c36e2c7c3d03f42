import { z } from "zod";
import { idProblem } from "../domain/ids.js";
import { parseTimestamp } from "./parseTimestamp.js";

/**
 * The written contract of the shop's messages: what other teams may send, as JSON Schema files in `schemas/`
 * (scripts/message-schemas.mjs). The decoders beside this file are written by hand, because they run once for each row of a
 * file, where these schemas would take most of the time; a property test holds that both accept the same. Only what needs a clock (at
 * most ten minutes ahead) or the message's bytes is not in here. Unknown fields are allowed and ignored.
 */

const NOTHING = z.union([z.null(), z.literal("")]).describe("Null and empty text are as good as no field.");

function optional<T extends z.ZodType>(schema: T) {
  return z.union([schema, NOTHING]).optional();
}

function text(check: (text: string) => boolean) {
  return z.string().refine((sent) => sent.isWellFormed() && !sent.includes("\0") && check(sent));
}

/** Text of at most 256 bytes; a whole number counts as its digits. */
const ID = z
  .union([
    z
      .string()
      .min(1)
      .max(256)
      .refine((id) => idProblem(id) === null),
    z.int(),
  ])
  .describe("An id: text of 1 to 256 bytes of UTF-8 without NUL, or a whole number.");

const NUMBER_TEXT = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const MOST = 1e12;

function number(least: number, description: string) {
  const isWithin = (value: number) => value >= least && value <= MOST;
  const asText = z
    .string()
    .regex(NUMBER_TEXT)
    .refine((sent) => isWithin(Number(sent)));
  return z.union([z.number().min(least).max(MOST), asText]).describe(description);
}

const TIME_TEXT =
  /^\s*(?:\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)? ?(?:[Zz]|[+-]\d\d(?::?\d\d)?)|\d{9,14}(?:\.\d+)?)\s*$/;

/** With a zone: the sender's clock is unknown. */
const TIME = z
  .union([
    z
      .string()
      .max(64)
      .regex(TIME_TEXT)
      .refine((sent) => !Number.isNaN(parseTimestamp(sent, false))),
    z.number().refine((sent) => !Number.isNaN(parseTimestamp(sent, false))),
  ])
  .describe(
    "ISO 8601 with a zone, or seconds or milliseconds since 1970 (as text 9 to 14 digits); up to the year 9999.",
  );

const VERSION_TEXT = /^1(?:\.\d{1,9})*$/;

const SCHEMA_VERSION = z
  .union([z.string().regex(VERSION_TEXT), z.number().refine((sent) => VERSION_TEXT.test(String(sent)))])
  .describe("1 or 1.x; a message of another major version goes to the dead letters.");

const INTERACTION_FIELDS = {
  product_id: ID,
  timestamp: TIME,
  action_type: z
    .string()
    .regex(/\S/)
    .refine((sent) => idProblem(sent.trim().toLowerCase()) === null)
    .describe(
      "view, click, add_to_cart, remove_from_cart, wishlist, purchase, rating, dislike or return; any other is stored and weighs nothing.",
    ),
  value: optional(number(-MOST, "Quantity or rating.")),
  order_id: optional(ID),
  event_id: optional(ID).describe(
    "What makes the event count once. Without it: user or session, product, action, time, order and value.",
  ),
  quantity: optional(number(-MOST, "How many.")),
  price: optional(number(-MOST, "Of one.")),
  schema_version: optional(SCHEMA_VERSION),
};

/** Who it was: a user, a visit, or both. */
export const userInteractionSchema = z.union([
  z.looseObject({ user_id: ID, session_id: optional(ID), ...INTERACTION_FIELDS }),
  z.looseObject({ user_id: NOTHING.optional(), session_id: ID, ...INTERACTION_FIELDS }),
]);

const WORDS = z.union([text(() => true), z.number(), z.null()]).optional();
const YES_OR_NO = z.union([
  z.boolean(),
  z.literal([0, 1]),
  z.string().regex(/^\s*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Yy][Ee][Ss]|[Nn][Oo]|[01])\s*$/),
]);

const PRODUCT_FIELDS = {
  product_id: ID,
  name: WORDS,
  category: WORDS.describe("Levels are separated by ' > ' or '/'."),
  tags: z
    .union([text(() => true), z.array(z.union([text(() => true), z.number(), z.null()])), z.null()])
    .optional()
    .describe("A list, or text separated by '|'."),
  price: optional(number(0, "0 or more.")),
  description: WORDS,
  brand: WORDS,
  image_url: WORDS,
  available: optional(YES_OR_NO).describe("Where it is empty, the stock decides."),
  stock: optional(number(-MOST, "Where available is empty, none means unavailable.")),
  deleted: optional(YES_OR_NO),
  schema_version: optional(SCHEMA_VERSION),
};

const COUNT = z
  .union([
    z.int().min(0),
    z
      .string()
      .regex(/^\d{1,16}$/)
      .refine((sent) => Number.isSafeInteger(Number(sent))),
  ])
  .describe("Counts the updates of a product; an update older than what is stored is ignored.");

/** A field that is absent stays what it was; null clears one. */
export const productUpdateSchema = z.union([
  z.looseObject({ ...PRODUCT_FIELDS, version: COUNT }),
  z.looseObject({
    ...PRODUCT_FIELDS,
    version: NOTHING.optional(),
    updated_at: TIME.describe("Orders the updates of a product, to the microsecond."),
  }),
]);

const COMMAND_FIELDS = {
  command_id: optional(ID).describe(
    "What makes the command act once. Without it: topic, partition, offset and time of the message.",
  ),
  issued_by: WORDS,
  issued_at: optional(TIME),
  schema_version: optional(SCHEMA_VERSION),
};

/** A bare parameter_name and value is a set_parameter. Whether a type is known is decided when the command is executed. */
export const adminCommandSchema = z.union([
  z.looseObject({
    type: z
      .string()
      .min(1)
      .max(256)
      .refine((type) => idProblem(type) === null)
      .describe("set_parameter, retrain_model, activate_model, …; further fields depend on it."),
    ...COMMAND_FIELDS,
  }),
  z.looseObject({
    type: NOTHING.optional(),
    parameter_name: z.unknown().refine((name) => name !== undefined && name !== null && name !== ""),
    ...COMMAND_FIELDS,
  }),
]);

const INSTANT = z.string().describe("ISO 8601 in UTC.");

const RESULT_FIELDS = {
  schema_version: z.literal("1"),
  command_id: z.string().describe("The id of the command; also the key of the message."),
  type: z.string().describe("The type of the command."),
  is_verified: z.boolean().describe("Whether the command was signed with the shared secret."),
  received_at: INSTANT,
  decided_at: INSTANT,
};

const REFUSAL = z.looseObject({
  code: z.enum(["INVALID_INPUT", "VERSION_CONFLICT", "UNKNOWN_COMMAND", "FAILED"]),
  field: z.string().describe("The part of the command that is at fault."),
  message: z.string().describe("What is required and what was found."),
});

const ERASED = z.looseObject({ erased: z.literal(true) }).describe("It spoke of a shopper who was erased since.");

/** What the engine itself sends: what became of a command that came by topic. */
export const commandResultSchema = z.union([
  z.looseObject({
    ...RESULT_FIELDS,
    status: z.literal("accepted"),
    outcome: z.looseObject({}).describe("What it changed, by its type."),
  }),
  z.looseObject({ ...RESULT_FIELDS, status: z.literal("refused"), outcome: z.union([REFUSAL, ERASED]) }),
]);

export type CommandResult = z.infer<typeof commandResultSchema>;

/** The schema of each topic, as JSON Schema 2020-12 without what JSON Schema cannot say (bytes, dates that exist). */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return {
    "user-interactions": jsonSchemaOf(userInteractionSchema, "Something a shopper did with a product."),
    "product-updates": jsonSchemaOf(productUpdateSchema, "What the catalogue says of a product."),
    "admin-commands": jsonSchemaOf(adminCommandSchema, "What an administrator asks of the engine."),
    "admin-command-results": jsonSchemaOf(commandResultSchema, "What became of a command that came by topic."),
  };
}

function jsonSchemaOf(schema: z.ZodType, description: string): object {
  return { ...z.toJSONSchema(schema, { io: "input" }), description };
}
