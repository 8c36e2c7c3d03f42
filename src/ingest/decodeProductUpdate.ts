import type { ProductUpdate } from "../domain/product.js";
import { MAX_AHEAD_MS } from "./decodeInteraction.js";
import { decodeProduct, readYesOrNo } from "./decodeProduct.js";
import { describeFound } from "./describeFound.js";
import { parseTimestamp } from "./parseTimestamp.js";
import { isAbsent, type RawFields, readId } from "./readField.js";
import { Rejection } from "./rejection.js";

export interface ProductUpdateOptions {
  readonly nowMs: number;
  /** When the broker says the message was sent; null where nobody knows. */
  readonly sentAtMs: number | null;
}

export type DecodedProductUpdate = { readonly update: ProductUpdate } | Rejection;

/**
 * Turn one raw message of the catalogue into what it says of a product, or say why not. Never throws. An attribute that
 * the message has no field for is not named; null clears one. `version` orders the messages of a product, or else
 * `updated_at`, to the microsecond.
 */
export function decodeProductUpdate(raw: RawFields, options: ProductUpdateOptions): DecodedProductUpdate {
  const decoded = decodeProduct(raw);
  if (decoded instanceof Rejection) return decoded;
  const version = readVersion(raw, options.nowMs);
  if (version instanceof Rejection) return version;
  const isDeleted = isAbsent(raw.deleted) ? false : readYesOrNo(raw.deleted);
  if (isDeleted === undefined) return badDeleted(raw.deleted);
  return { update: { change: decoded.product, isDeleted, version, sentAtMs: options.sentAtMs } };
}

/** A message without a body deletes the product that its key names, unless it is older than what was told since. */
export function decodeProductTombstone(key: unknown, sentAtMs: number): DecodedProductUpdate {
  const productId = readId("the message's key", key);
  if (productId instanceof Rejection) return productId;
  if (productId !== null) return { update: { change: { productId }, isDeleted: true, version: null, sentAtMs } };
  const requirement = "a message without a body requires the product_id as its key";
  return new Rejection("missing_product_id", `Cannot delete the product: ${requirement}, found nothing`);
}

function readVersion({ version, updated_at }: RawFields, nowMs: number): number | Rejection {
  if (!isAbsent(version)) return readCount(version);
  if (!isAbsent(updated_at)) return readMicroseconds(updated_at, nowMs);
  const requirement = "version or updated_at is required";
  return new Rejection("missing_version", `Cannot take the product: ${requirement}, found neither`);
}

function readCount(value: unknown): number | Rejection {
  const count = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 0) return count;
  const requirement = "a whole number from 0 to 2^53 is required";
  return new Rejection("bad_version", `Cannot take version: ${requirement}, found ${describeFound(value)}`);
}

/** A product updated in the future would be deaf to all that is said of it until then. */
function readMicroseconds(value: unknown, nowMs: number): number | Rejection {
  const ms = parseTimestamp(value, false);
  if (Number.isNaN(ms)) {
    const requirement = "ISO 8601 with a zone, or seconds or milliseconds since 1970, is required";
    return new Rejection("bad_timestamp", `Cannot take updated_at: ${requirement}, found ${describeFound(value)}`);
  }
  if (ms > nowMs + MAX_AHEAD_MS) {
    const requirement = "a time at most ten minutes ahead of the server's clock is required";
    const found = new Date(ms).toISOString();
    return new Rejection("future_timestamp", `Cannot take updated_at: ${requirement}, found ${found}`);
  }
  return ms * 1000 + microsecondsBeyond(value);
}

/** Two updates may share a millisecond: what an ISO text says below it. */
function microsecondsBeyond(value: unknown): number {
  const digits = typeof value === "string" ? /:\d\d[.,]\d{3}(\d{1,3})/.exec(value)?.[1] : undefined;
  return digits === undefined ? 0 : Number(digits.padEnd(3, "0"));
}

function badDeleted(value: unknown): Rejection {
  const requirement = "one of true, false, 1, 0, yes, no is required";
  return new Rejection("bad_deleted", `Cannot take deleted: ${requirement}, found ${describeFound(value)}`);
}
