import { expect, test } from "vitest";
import { decodeHeldOutLists, encodeHeldOutLists, type HeldOutLists } from "../../src/model/heldOutLists.js";
import { N_CONTEXT } from "../../src/scorer/contextFeatures.js";
import { N_SIGNALS } from "../../src/scorer/gates.js";

/** Two lists, of three products and of none. */
const LISTS: HeldOutLists = {
  basis: "of this test",
  start: Int32Array.of(0, 3, 3),
  product: Int32Array.of(4, 0, 2),
  value: Float32Array.from({ length: 3 * N_SIGNALS }, (_, n) => n / 7),
  context: Float32Array.from({ length: 3 * N_CONTEXT }, (_, n) => -n / 3),
  target: Uint8Array.of(0, 1, 0),
  nTargets: Int32Array.of(2, 1),
};

test("lists come back as they were written, and equal lists give equal bytes", () => {
  const bytes = encodeHeldOutLists(LISTS);
  expect(decodeHeldOutLists(bytes, 5)).toEqual(LISTS);
  expect(Buffer.compare(encodeHeldOutLists({ ...LISTS }), bytes)).toBe(0);
});

test("a change of any byte is refused", () => {
  const bytes = encodeHeldOutLists(LISTS);
  for (let at = 0; at < bytes.length; at++) {
    const changed = Uint8Array.from(bytes);
    changed[at] ^= 1;
    expect(() => decodeHeldOutLists(changed, 5), `byte ${at}`).toThrow(/^Cannot load the model: /);
  }
});

test.each([
  ["cut short", (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
  ["empty", () => new Uint8Array(0)],
])("bytes that are %s are refused", (_what, change) => {
  expect(() => decodeHeldOutLists(change(encodeHeldOutLists(LISTS)), 5)).toThrow(
    expect.objectContaining({ code: "MODEL_DAMAGED" }),
  );
});

test.each<[string, Partial<HeldOutLists>, RegExp]>([
  ["names a product the model does not have", { product: Int32Array.of(4, 0, 5) }, /names column 5 of 5/],
  ["has rows running backwards", { start: Int32Array.of(0, 4, 3) }, /run backwards/],
  ["lacks answers", { value: new Float32Array(3) }, /the section value requires/],
  ["holds what is not a number", { context: new Float32Array(3 * N_CONTEXT).fill(Number.NaN) }, /not finite/],
  ["lacks a flag", { target: Uint8Array.of(1) }, /the section target requires 3 flags/],
])("a list that %s is refused", (_what, change, message) => {
  const bytes = encodeHeldOutLists({ ...LISTS, ...change });
  expect(() => decodeHeldOutLists(bytes, 5)).toThrow(message);
});
