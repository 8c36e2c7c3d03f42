import { createHmac, timingSafeEqual } from "node:crypto";
import { MAX_SHOWN } from "../domain/recommendation.js";
import { badUserInput } from "./errors.js";
import { LIST_FIELDS, type ListField } from "./listFields.js";

/**
 * Layout: version (1 byte), field (1), subject (8), arguments (8), one 32-bit hash for each product shown so far
 * (little endian), seal (16). Subject and arguments are keyed hashes, so a cursor names no shopper.
 */
const VERSION = 1;
const SCOPE_BYTES = 8;
const HEAD_BYTES = 2 + 2 * SCOPE_BYTES;
const SEAL_BYTES = 16;
const MAX_BYTES = HEAD_BYTES + 4 * MAX_SHOWN + SEAL_BYTES;

/** The list a cursor belongs to. `argumentsKey` is what `first` and `after` do not change. */
export interface CursorScope {
  readonly field: ListField;
  readonly subjectId: string | null;
  readonly argumentsKey: string;
}

/** Makes and reads cursors, and names lists. All replicas that share the secret understand each other. */
export interface CursorCodec {
  /** A function that seals cursors of one list; the scope is hashed once, and only when a cursor is asked for. */
  sealerFor(scope: CursorScope): (shown: Uint32Array) => string;
  /**
   * Hashes of what was shown up to the cursor. It depends on no model, purchase or process.
   *
   * @throws GraphQLError BAD_USER_INPUT when the cursor was not made here or belongs to another list
   */
  open(cursor: string, scope: CursorScope): Uint32Array;
  /** A name for a list's content: equal for equal content, and nothing can be read from it. */
  nameList(content: readonly unknown[]): string;
}

/** Build the codec over the secret that all replicas share. */
export function createCursorCodec(secret: string): CursorCodec {
  const key = (purpose: string) =>
    createHmac("sha256", secret).update(`recommendation ${purpose} v${VERSION}`).digest();
  const sealKey = key("cursor");
  const scopeKey = key("cursor scope");
  const nameKey = key("list name");
  return {
    sealerFor(scope) {
      let head: Buffer | null = null;
      return (shown) => {
        head ??= headOf(scope, scopeKey);
        const body = Buffer.concat([head, Buffer.from(shown.buffer, shown.byteOffset, shown.byteLength)]);
        return Buffer.concat([body, sealOf(body, sealKey)]).toString("base64url");
      };
    },
    open: (cursor, scope) => openCursor(cursor, headOf(scope, scopeKey), sealKey),
    nameList: (content) =>
      createHmac("sha256", nameKey).update(JSON.stringify(content)).digest("base64url").slice(0, 22),
  };
}

function headOf({ field, subjectId, argumentsKey }: CursorScope, scopeKey: Buffer): Buffer {
  const part = (text: string) => createHmac("sha256", scopeKey).update(text).digest().subarray(0, SCOPE_BYTES);
  const subject = part(subjectId === null ? "nobody" : `subject\n${subjectId}`);
  return Buffer.concat([Buffer.of(VERSION, LIST_FIELDS[field].code), subject, part(`arguments\n${argumentsKey}`)]);
}

function sealOf(body: Uint8Array, sealKey: Buffer): Buffer {
  return createHmac("sha256", sealKey).update(body).digest().subarray(0, SEAL_BYTES);
}

function openCursor(cursor: string, head: Buffer, sealKey: Buffer): Uint32Array {
  const bytes = Buffer.from(cursor.length > 2 * MAX_BYTES ? "" : cursor, "base64url");
  const nShown = (bytes.length - HEAD_BYTES - SEAL_BYTES) / 4;
  // Node decodes leniently; encoding it again refuses text that merely decodes to a good cursor.
  if (!Number.isInteger(nShown) || nShown < 1 || nShown > MAX_SHOWN || bytes.toString("base64url") !== cursor) {
    throw badUserInput("Cannot continue the list: an endCursor of this list is required as after, found another text");
  }
  const body = bytes.subarray(0, bytes.length - SEAL_BYTES);
  if (!timingSafeEqual(bytes.subarray(body.length), sealOf(body, sealKey))) {
    throw badUserInput("Cannot continue the list: a cursor made by this shop is required as after, found another");
  }
  requireSameList(body, head);
  return Uint32Array.from({ length: nShown }, (_, i) => body.readUInt32LE(HEAD_BYTES + 4 * i));
}

function requireSameList(body: Buffer, head: Buffer): void {
  const isSame = (from: number, to: number) => timingSafeEqual(body.subarray(from, to), head.subarray(from, to));
  const subjectEnd = 2 + SCOPE_BYTES;
  const found = !isSame(0, 2)
    ? "one of another field"
    : !isSame(2, subjectEnd)
      ? "one of another shopper or product"
      : !isSame(subjectEnd, HEAD_BYTES)
        ? "one of another filter, strategy or context"
        : null;
  if (found === null) return;
  throw badUserInput(`Cannot continue the list: a cursor of this very list is required as after, found ${found}`);
}
