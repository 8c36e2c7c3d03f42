import { describe, expect, it } from "vitest";
import { buffersIn } from "../../src/commands/buffersIn.js";

describe("buffersIn", () => {
  it("finds the memory of typed arrays wherever they stand", () => {
    const [a, b, c] = [Int32Array.of(1), Float32Array.of(2), Float64Array.of(3)];
    expect(buffersIn({ a, nested: [{ b }], map: new Map([["c", c]]), text: "d", none: null })).toEqual([
      a.buffer,
      b.buffer,
      c.buffer,
    ]);
  });

  it("names memory once that several arrays look at, for it can be handed over only once", () => {
    const whole = Int32Array.of(1, 2, 3);
    expect(buffersIn([whole, whole.subarray(1), whole])).toEqual([whole.buffer]);
  });

  it("leaves memory that threads share where it is", () => {
    expect(buffersIn(new Int32Array(new SharedArrayBuffer(4)))).toEqual([]);
  });
});
