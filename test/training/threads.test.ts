import { describe, expect, it } from "vitest";
import { fitterOnThreads } from "../../src/commands/fitThreads.js";
import { DEFAULT_SETTINGS, type SignalName } from "../../src/domain/setting.js";
import { encodeModel } from "../../src/model/artifact.js";
import { keepRows, type SparseMatrix } from "../../src/signals/sparseMatrix.js";
import { type FittedMatrices, type Fitter, type OpenFitter, remembering } from "../../src/training/fitter.js";
import { openLocalFitter } from "../../src/training/localFitter.js";
import { MATRIX_SIGNALS } from "../../src/training/signalCatalogue.js";
import { trainModel } from "../../src/training/trainModel.js";
import { defaultsOf } from "../../src/training/tune.js";
import { signalInput } from "../signals/signalInput.js";
import { busyShop } from "../worlds/busyShop.js";
import { deed, product, Shop } from "../worlds/shop.js";

/** The threads run dist/commands/fitWorker.js: `node build.mjs` first, as `npm test` does. */
async function bytesWith(openFitter: OpenFitter): Promise<Uint8Array> {
  const shop = manyProducts();
  const data = { table: shop.table(), products: shop.products, segments: shop.segments };
  const { model } = await trainModel(data, { settings: DEFAULT_SETTINGS, backend: null, openFitter });
  return encodeModel(model);
}

/** More products than are fitted in one piece, so that threads share a signal. */
function manyProducts(): Shop {
  const shop = busyShop(40);
  const unsold = Array.from({ length: 1100 }, (_, n) => product(`unsold ${n}`, { name: `thing of kind ${n}` }));
  return new Shop(
    [...shop.products, ...unsold],
    shop.rows.map((row) => row.deed),
    shop.settings,
    shop.segments,
  );
}

describe("fitting on threads", () => {
  it.each([1, 2, 3])("gives the bytes of the calling thread, on %d", async (nThreads) => {
    const alone = await bytesWith(openLocalFitter);
    expect(Buffer.compare(await bytesWith(fitterOnThreads(nThreads)), alone)).toBe(0);
  });

  it("names the stage whose numbers are not finite, and goes on with the next", async () => {
    const settings = { ...DEFAULT_SETTINGS, "action.purchase": Number.NaN };
    const shop = new Shop([], [deed("u", "x"), deed("u", "y"), deed("v", "x", { day: 1 })], settings);
    const fitter = fitterOnThreads(2)(signalInput(shop));
    try {
      const trend = fitter.fitWhole("trending", defaultsOf("trending"));
      await expect(trend).rejects.toMatchObject({
        code: "NOT_FINITE",
        message: "Cannot train: finite numbers are required, trending gave one that is not",
      });
      const matrix = await fitter.fitMatrix("collaborative", defaultsOf("collaborative"), new Map());
      expect(matrix?.nRows).toBe(2);
    } finally {
      await fitter.close();
    }
  });

  it("names the signal whose fit fails, and goes on with the next", async () => {
    const fitter = fitterOnThreads(2)(signalInput(busyShop(40)));
    try {
      const impossible = { ...defaultsOf("sequence"), window: Number.POSITIVE_INFINITY };
      await expect(fitter.fitMatrix("sequence", impossible, new Map())).rejects.toThrow(/^Cannot fit sequence: /);
      expect(await fitter.fitMatrix("sequence", defaultsOf("sequence"), new Map())).not.toBeNull();
    } finally {
      await fitter.close();
    }
  });
});

describe("fitting a few rows", () => {
  const ofSomeRows = MATRIX_SIGNALS.filter(({ needsAllRows }) => needsAllRows !== true).map(({ name }) => name);

  it.each(ofSomeRows)("gives %s those of the whole matrix, and no other", async (name) => {
    const input = signalInput(manyProducts());
    const fitted = new Map([["collaborative", await wholeOf(openLocalFitter(input), "collaborative")]] as const);
    const rows = Int32Array.from({ length: input.log.nProducts / 2 }, (_, r) => 2 * r + 1);
    const expected = keepRows(await wholeOf(openLocalFitter(input), name, fitted), rows);
    for (const openFitter of [openLocalFitter, fitterOnThreads(2)]) {
      const fitter = openFitter(input);
      expect(await fitter.fitMatrix(name, defaultsOf(name), fitted, rows)).toEqual(expected);
      await fitter.close();
    }
  });

  async function wholeOf(fitter: Fitter, name: SignalName, fitted: FittedMatrices = new Map()) {
    return (await fitter.fitMatrix(name, defaultsOf(name), fitted)) as SparseMatrix;
  }
});

describe("a fitter that remembers", () => {
  it("learns in one piece once for equal parameters, and again for others", async () => {
    const asked: string[] = [];
    const plain = openLocalFitter(signalInput(busyShop()));
    const fitter = remembering({
      ...plain,
      fitWhole: (name, parameters) => {
        asked.push(`${name} ${parameters.halfLifeDays}`);
        return plain.fitWhole(name, parameters);
      },
    });
    const trend = (halfLifeDays: number) => fitter.fitWhole("trending", { ...defaultsOf("trending"), halfLifeDays });
    const [first, again, other] = [await trend(7), await trend(7), await trend(2)];
    expect(again).toBe(first);
    expect(other).not.toEqual(first);
    expect(asked).toEqual(["trending 7", "trending 2"]);
  });

  it("learns no second time for what is only read when a list is made", async () => {
    const fitter = remembering(openLocalFitter(signalInput(busyShop())));
    const among = (nNeighbours: number, halfLifeDays: number) =>
      fitter.fitWhole("neighbours", { ...defaultsOf("neighbours"), nNeighbours, halfLifeDays });
    const first = await among(300, 14);
    expect(first).not.toBeNull();
    expect(await among(100, 14)).toBe(first);
    expect(await among(300, 5)).not.toBe(first);
  });
});

describe("fitting ahead of need", () => {
  it("lets what is needed go first, and gives the same", async () => {
    const fitter = fitterOnThreads(1)(signalInput(busyShop()));
    try {
      const done: string[] = [];
      const begun = fitter.fitMatrix("collaborative", defaultsOf("collaborative"), new Map());
      const ahead = fitter.fitWhole("latent", defaultsOf("latent"), true).then((space) => {
        done.push("ahead");
        return space;
      });
      const needed = fitter.fitWhole("session", defaultsOf("session")).then(() => done.push("needed"));
      await Promise.all([begun, needed]);
      expect(await ahead).toEqual(await fitter.fitWhole("latent", defaultsOf("latent")));
      expect(done).toEqual(["needed", "ahead"]);
    } finally {
      await fitter.close();
    }
  });
});
