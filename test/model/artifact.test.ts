import { hash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecommenderError } from "../../src/domain/errors.js";
import { SIGNAL_NAMES, type SignalName } from "../../src/domain/setting.js";
import { decodeModel, encodeModel } from "../../src/model/artifact.js";
import type { Model } from "../../src/model/model.js";
import { busyShop } from "../worlds/busyShop.js";

const shop = busyShop();
const model = await shop.train();
const bytes = encodeModel(model);

/** Put a fitting checksum on changed bytes, so that what lies behind the checksum is tested too. */
function resealed(change: (copy: Buffer) => void): Uint8Array {
  const copy = Buffer.from(bytes);
  change(copy);
  copy.set(hash("sha256", copy.subarray(0, -32), "buffer"), copy.length - 32);
  return copy;
}

/** Bytes of the model after a change; what is changed is a copy. */
function encodedWith(change: (copy: Model) => void): Uint8Array {
  const copy = decodeModel(bytes);
  change(copy);
  return encodeModel(copy);
}

function there<T>(part: T | null | undefined): T {
  if (part === null || part === undefined) throw new Error("the world carries every signal");
  return part;
}

describe("a model as bytes", () => {
  it("comes back as it was, with whatever each signal learned", () => {
    expect(decodeModel(bytes)).toEqual(model);
    expect(Object.keys(model.facts.signals).sort()).toEqual([...SIGNAL_NAMES].sort());
    expect([...model.histories.keys()]).toEqual(["session", "neighbours"]);
    expect(model.categories).toEqual(["Garden", "Tea"]);
    expect(model.segments).toEqual(["likes=garden", "likes=tea"]);
  });

  it("comes back as it was where the shop knows nothing", () => {
    const empty = { ...model, matrices: new Map(), histories: new Map(), latent: null, trend: null };
    const nothing: Model = { ...empty, categories: [], segments: [] };
    expect(decodeModel(encodeModel(nothing))).toEqual(nothing);
  });

  it("is the same whatever the order in which interactions came", async () => {
    const shuffled = shop.withRows([...shop.rows].sort((a, b) => (a.eventKey < b.eventKey ? -1 : 1)));
    expect(Buffer.compare(encodeModel(await shuffled.train()), bytes)).toBe(0);
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
    for (const format of [1, 9]) {
      expect(() => decodeModel(resealed((copy) => copy.writeUInt32LE(format, 8)))).toThrow(
        `Cannot load the model: format 3 is required, the artifact has format ${format}; train again`,
      );
    }
  });
});

describe("a model that is damaged although its checksum fits", () => {
  const history = (copy: Model, name: SignalName) => there(copy.histories.get(name));
  const last = (rows: Int32Array) => rows.length - 1;

  it.each<[string, RegExp, (copy: Model) => void]>([
    [
      "a popularity that is not finite",
      /popularity holds a number that is not finite/,
      (copy) => {
        copy.popularity[0] = Number.POSITIVE_INFINITY;
      },
    ],
    [
      "a trend that is not finite",
      /trend holds a number that is not finite/,
      (copy) => {
        there(copy.trend)[0] = Number.NaN;
      },
    ],
    [
      "a context that is not finite",
      /context holds a number that is not finite/,
      (copy) => {
        copy.context[5] = Number.NaN;
      },
    ],
    [
      "a row that names a product that does not exist",
      /collaborative names column 24 of 24/,
      (copy) => {
        there(copy.matrices.get("collaborative")).col[0] = 24;
      },
    ],
    [
      "rows that run backwards",
      /the rows of content run backwards/,
      (copy) => {
        there(copy.matrices.get("content")).rowStart[1] = 1e6;
      },
    ],
    [
      "a shelf that names a product that does not exist",
      /categoryTrend names column -1 of 24/,
      (copy) => {
        there(copy.matrices.get("categoryTrend")).col[0] = -1;
      },
    ],
    [
      "a past session of a product that does not exist",
      /session\.start names column 24 of 24/,
      (copy) => {
        history(copy, "session").product[0] = 24;
      },
    ],
    [
      "a posting of a history that does not exist",
      /neighbours\.posting names column 60 of 60/,
      (copy) => {
        history(copy, "neighbours").posting[0] = 60;
      },
    ],
    [
      "postings that end too early",
      /session\.posting requires 24 rows/,
      (copy) => {
        const { postingStart } = history(copy, "session");
        postingStart[last(postingStart)]--;
      },
    ],
    [
      "histories that run backwards",
      /the rows of neighbours\.start run backwards/,
      (copy) => {
        history(copy, "neighbours").start[1] = 1e6;
      },
    ],
    [
      "a likeness that is not finite",
      /session\.likeness holds a number that is not finite/,
      (copy) => {
        history(copy, "session").likeness[0] = Number.NaN;
      },
    ],
    [
      "a latent vector that is not finite",
      /latent\.target holds a number that is not finite/,
      (copy) => {
        there(copy.latent).target[0] = Number.NEGATIVE_INFINITY;
      },
    ],
    [
      "latent vectors of two lengths",
      /the section latent\.target requires \d+ numbers/,
      (copy) => {
        Object.assign(there(copy.latent), { target: new Float32Array(24) });
      },
    ],
    [
      "half a latent vector",
      /latent\.source requires a whole number of rows/,
      (copy) => {
        Object.assign(there(copy.latent), { source: new Float32Array(25) });
      },
    ],
    [
      "a context of too few products",
      /the section context requires \d+ numbers/,
      (copy) => {
        Object.assign(copy, { context: copy.context.slice(1) });
      },
    ],
    [
      "a shelf that has no row",
      /categoryTrend requires 3 rows/,
      (copy) => {
        Object.assign(copy, { categories: [...copy.categories, "Toys"] });
      },
    ],
    [
      "a history that is nobody's",
      /neighbours\.shopperKey requires a key for each history/,
      (copy) => {
        const neighbours = history(copy, "neighbours");
        Object.assign(neighbours, { shopperKey: neighbours.shopperKey.slice(2) });
      },
    ],
    [
      "a weight missing in a history",
      /session\.weight requires \d+ numbers/,
      (copy) => {
        const session = history(copy, "session");
        Object.assign(session, { weight: session.weight.slice(1) });
      },
    ],
  ])("%s is refused", (_case, message, damage) => {
    expect(() => decodeModel(encodedWith(damage))).toThrow(message);
    expect(() => decodeModel(encodedWith(damage))).toThrow(RecommenderError);
  });
});
