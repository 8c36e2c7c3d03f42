import { describe, expect, it } from "vitest";
import { sharedCopy } from "../../src/commands/sharedCopy.js";

describe("a shared copy", () => {
  const value = {
    bytes: Uint8Array.of(1, 2),
    whole: {
      ints: Int32Array.of(-3),
      ids: Uint32Array.of(4),
      floats: Float32Array.of(0.5),
      times: Float64Array.of(1e12),
    },
    byName: new Map([["collaborative", { col: Int32Array.of(7) }]]),
    names: ["a", "b"],
    nothing: null,
    absent: undefined,
    n: 5,
  };

  it("equals what it was made of", () => {
    expect(sharedCopy(value)).toEqual(value);
  });

  it("has every typed array in shared memory, in objects and maps, and leaves the original where it was", () => {
    const copy = sharedCopy(value);
    const arrays = [copy.bytes, ...Object.values(copy.whole), copy.byName.get("collaborative")?.col];
    for (const array of arrays) expect(array?.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(value.bytes.buffer).toBeInstanceOf(ArrayBuffer);
    copy.bytes[0] = 9;
    expect(value.bytes[0]).toBe(1);
  });

  it("takes of a view only what the view shows", () => {
    const view = new Float32Array(100).fill(2).subarray(10, 12);
    const copy = sharedCopy(view);
    expect([...copy]).toEqual([2, 2]);
    expect(copy.buffer.byteLength).toBe(8);
  });

  it("does not copy again what is shared already", () => {
    const once = sharedCopy(value);
    expect(sharedCopy(once).bytes).toBe(once.bytes);
  });

  it("keeps an empty array empty", () => {
    expect(sharedCopy(new Int32Array(0))).toHaveLength(0);
  });
});
