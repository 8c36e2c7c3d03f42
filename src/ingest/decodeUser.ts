import { describeFound } from "./describeFound.js";
import { badText, isRawFields, type RawFields, readId, readText } from "./readField.js";
import { Rejection } from "./rejection.js";

export interface User {
  readonly userId: string;
  readonly attributes: Record<string, string>;
}

export type DecodedUser = { readonly user: User } | Rejection;

/** Turn one raw row into a user with every other column as an attribute, or say why not. Empty attributes are left out. */
export function decodeUser(raw: RawFields): DecodedUser {
  if (!isRawFields(raw)) {
    return new Rejection("not_an_object", `Cannot take the user: an object is required, found ${describeFound(raw)}`);
  }
  const userId = readId("user_id", raw.user_id);
  if (userId instanceof Rejection) return userId;
  if (userId === null)
    return new Rejection("missing_user_id", "Cannot take the user: user_id is required, found nothing");
  const attributes = readAttributes(raw);
  return attributes instanceof Rejection ? attributes : { user: { userId, attributes } };
}

function readAttributes(raw: RawFields): Record<string, string> | Rejection {
  const attributes: [string, string][] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (name === "user_id") continue;
    if (name.includes("\0") || !name.isWellFormed()) return badText("the name of an attribute", name);
    const text = readText(name, typeof value === "boolean" ? String(value) : value);
    if (text instanceof Rejection) return text;
    if (text !== null) attributes.push([name, text]);
  }
  return Object.fromEntries(attributes);
}
