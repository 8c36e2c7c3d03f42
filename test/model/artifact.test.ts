import { hash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecommenderError } from "../../src/domain/errors.js";
import { decodeModel, encodeModel } from "../../src/model/artifact.js";
import { Shop, twoCircles } from "../worlds/shop.js";

const shop = twoCircles();
const bytes = encodeModel(shop.train());

/** Put a fitting checksum on changed bytes, so that what lies behind the checksum is tested too. */
function resealed(change: (copy: Buffer) => void): Uint8Array {
  const copy = Buffer.from(bytes);
  change(copy);
  copy.set(hash("sha256", copy.subarray(0, -32), "buffer"), copy.length - 32);
  return copy;
}

describe("a model as bytes", () => {
  it("comes back as it was", () => {
    expect(decodeModel(bytes)).toEqual(shop.train());
  });

  it("is the same whatever the order in which interactions came", () => {
    const shuffled = new Shop(shop.products, []);
    Object.assign(shuffled, { rows: [...shop.rows].sort((a, b) => (a.eventKey < b.eventKey ? -1 : 1)) });
    expect(Buffer.compare(encodeModel(shuffled.train()), bytes)).toBe(0);
  });

  it("is refused when any byte is flipped", () => {
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (position, flip) => {
        const copy = Buffer.from(bytes);
        copy[position] ^= flip;
        expect(() => decodeModel(copy)).toThrow(RecommenderError);
      }),
    );
  });

  it("is refused when it is cut off anywhere", () => {
    for (const length of [0, 7, 15, 40, bytes.length >> 1, bytes.length - 1]) {
      expect(() => decodeModel(bytes.subarray(0, length))).toThrow(/Cannot load the model/);
    }
  });

  it("is refused when another format wrote it, saying which", () => {
    expect(() => decodeModel(resealed((copy) => copy.writeUInt32LE(9, 8)))).toThrow(
      "Cannot load the model: format 1 is required, the artifact has format 9",
    );
  });

  it("is refused when a number in it is not finite, although the checksum fits", () => {
    const model = shop.train();
    model.popularity[0] = Number.POSITIVE_INFINITY;
    expect(() => decodeModel(encodeModel(model))).toThrow(/popularity holds a number that is not finite/);
  });

  it("is refused when a row names a product that does not exist", () => {
    const model = shop.train();
    const matrix = model.matrices.get("collaborative");
    if (matrix === undefined) throw new Error("the world carries the signal");
    matrix.col[0] = 10;
    expect(() => decodeModel(encodeModel(model))).toThrow(/collaborative names a product that does not exist/);
  });
});
