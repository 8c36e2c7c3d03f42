/** Longest id the engine stores, in UTF-8 bytes. Index entries stay far below PostgreSQL's page limit. */
export const MAX_ID_BYTES = 256;

/**
 * Say why a text cannot be an id, or return null when it can.
 *
 * PostgreSQL refuses NUL, and stores every lone surrogate as U+FFFD, so two different broken ids would meet on one row:
 * both are refused here, at the door.
 */
export function idProblem(id: string): string | null {
  if (id.length === 0) return "is empty";
  if (id.length > MAX_ID_BYTES || Buffer.byteLength(id) > MAX_ID_BYTES) return `is longer than ${MAX_ID_BYTES} bytes`;
  if (id.includes("\0")) return "contains NUL";
  if (!id.isWellFormed()) return "is not well-formed Unicode (lone surrogate)";
  return null;
}

/**
 * An id as it was sent, as text: 42 and "42" are one; null for what is neither text nor a whole number. Beyond 2^53 digits
 * were lost before we saw the number, and two ids would meet. Whether the text can be an id is for `idProblem` to say.
 */
export function idText(sent: unknown): string | null {
  if (typeof sent === "string") return sent;
  return Number.isSafeInteger(sent) ? String(sent) : null;
}

/** FNV-1a over the UTF-16 code units, finalised: a stable 32-bit hash of an id. It breaks ties and names what was shown. */
export function hashId(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) {
    hash ^= id.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
}
