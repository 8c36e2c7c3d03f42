import { hash } from "node:crypto";

/** Whole numbers a key takes. */
export const KEY_LENGTH = 2;

const N_BYTES = KEY_LENGTH * Int32Array.BYTES_PER_ELEMENT;

/**
 * The keys of shoppers, one after another: the first 64 bits of sha256 of each id. A model carries them instead of ids,
 * so that the past of somebody who was erased since can be found in it and dropped. Cost: one sha256 per id.
 */
export function shopperKeys(ids: readonly string[]): Int32Array {
  const keys = new Int32Array(ids.length * KEY_LENGTH);
  const bytes = Buffer.from(keys.buffer);
  for (let i = 0; i < ids.length; i++) bytes.set(hash("sha256", ids[i], "buffer").subarray(0, N_BYTES), i * N_BYTES);
  return keys;
}
