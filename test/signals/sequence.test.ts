import { describe, expect, it } from "vitest";
import { sequence, sequenceShort } from "../../src/signals/sequence.js";
import { type Deed, deed, Shop } from "../worlds/shop.js";
import { fitWhole, rowOf, signalInput, type WorldInput } from "./signalInput.js";

/** Every shopper takes the same three steps: the three stand together equally often, but only one order is right. */
function chains(nShoppers = 30): Deed[] {
  const chain = ["primer", "paint", "varnish"];
  return Array.from({ length: nShoppers }, (_, n) => n).flatMap((n) =>
    chain.map((product, step) => deed(`u${n}`, product, { day: n + step })),
  );
}

function following(deeds: readonly Deed[], product: string, parameters = {}): [string, number][] | null {
  const input = signalInput(new Shop([], deeds));
  const matrix = fitWhole(sequence, input, parameters);
  return matrix === null ? null : rowOf(matrix, input.productIds.indexOf(product), input);
}

describe("the sequence signal", () => {
  it("knows what follows where being together says nothing", () => {
    expect(following(chains(), "paint", { reversed: 0 })?.map(([id]) => id)).toEqual(["varnish"]);
    expect(following(chains(), "paint")?.map(([id]) => id)).toEqual(["varnish", "primer"]);
    expect(following(chains(), "varnish", { reversed: 0 })).toEqual([]);
  });

  it("equals the formula computed by hand, unscaled", () => {
    const row = new Map(following(chains(30), "primer", { pairDecay: 2, reversed: 0.3 }));
    const damping = 31 ** -0.4 * 31 ** -0.1;
    expect(row.get("paint")).toBeCloseTo(30 * damping, 4);
    expect(row.get("varnish")).toBeCloseTo(30 * Math.exp(-1 / 2) * damping, 4);
    const back = new Map(following(chains(30), "varnish", { pairDecay: 2, reversed: 0.3 }));
    expect(back.get("paint")).toBeCloseTo(30 * 0.3 * damping, 4);
  });

  it("sees no further than its window", () => {
    expect(following(chains(), "primer", { window: 1 })?.map(([id]) => id)).toEqual(["paint"]);
  });

  it("finds no order inside an order: what was chosen at one instant follows each other alike", () => {
    const deeds = chains().map((one) => ({ ...one, day: Number(one.user.slice(1)) }));
    const later = chains().map((one) => ({ ...one, product: `later ${one.product}`, day: 100 }));
    const input = signalInput(new Shop([], [...deeds, ...later]));
    const matrix = fitWhole(sequence, input, { reversed: 0 });
    const valuesOf = (id: string) => new Map(rowOf(matrix!, input.productIds.indexOf(id), input));
    for (const id of ["primer", "paint", "varnish"]) {
      const row = valuesOf(id);
      expect(row.size).toBe(5);
      expect(new Set(row.values()).size).toBe(1); // its own instant and the next one, at gap 1 whatever the row order
    }
    expect([...valuesOf("later paint").keys()].sort()).toEqual(["later primer", "later varnish"]);
  });

  it("takes choices of one product in a row for one step", () => {
    const stuttering = chains().flatMap((one) => [one, { ...one, day: (one.day ?? 0) + 0.5 }]);
    expect(following(stuttering, "primer")).toEqual(following(chains(), "primer"));
  });

  it("does not step on what shoppers disliked or what has no time", () => {
    const noise = chains().flatMap(({ user, day }) => [
      deed(user, "glue", { day: (day ?? 0) + 0.1, action: "dislike" }),
      deed(user, "tape", { day: undefined }),
    ]);
    expect(following([...chains(), ...noise], "primer")).toEqual(following(chains(), "primer"));
  });

  it("is absent where no time is known, where nothing follows anything and where little does", () => {
    expect(
      following(
        chains().map((one) => ({ ...one, day: undefined })),
        "paint",
      ),
    ).toBeNull();
    expect(
      following(
        chains().map((one) => ({ ...one, day: 1 })),
        "paint",
      ),
    ).toBeNull();
    expect(following(chains(3), "paint")).toBeNull();
  });

  it("is absent in a shop of one product", () => {
    expect(
      following(
        Array.from({ length: 50 }, (_, n) => deed(`u${n % 5}`, "only", { day: n })),
        "only",
      ),
    ).toBeNull();
  });

  it("gives the same matrix however the rows are cut into ranges", () => {
    const input = signalInput(new Shop([], chains()));
    const fit = sequence.prepare(input, sequence.defaults, new Map())!;
    const pieces = [0, 1, 2].map((row) => fit.fitRange({ from: row, to: row + 1 }));
    expect(fit.assemble(pieces)).toEqual(fitWhole(sequence, input));
  });

  it("looks back less far in its short form", () => {
    const input = signalInput(new Shop([], chains()));
    const far = (matrix: ReturnType<typeof fitWhole>) => {
      const row = new Map(rowOf(matrix!, input.productIds.indexOf("primer"), input));
      return row.get("varnish")! / row.get("paint")!;
    };
    expect(far(fitWhole(sequenceShort, input))).toBeLessThan(0.5 * far(fitWhole(sequence, input)));
  });
});

/** One shopper alone, without a test world's objects: only columns are large here. */
function robot(nRows: number, timeOf: (row: number) => number): WorldInput {
  const small = signalInput(new Shop([], chains(1)));
  const log = {
    ...small.log,
    nShoppers: 1,
    start: Int32Array.of(0, nRows),
    product: Int32Array.from({ length: nRows }, (_, row) => row % 3),
    weight: new Float32Array(nRows).fill(1),
    timeMs: Float64Array.from({ length: nRows }, (_, row) => timeOf(row)),
    newestMs: timeOf(nRows - 1),
  };
  return { ...small, log };
}

describe("the sequence signal under strange histories", () => {
  it("learns from a shopper with 100,000 steps", () => {
    const input = robot(100_000, (row) => row * 1000);
    expect(rowOf(fitWhole(sequence, input)!, 0, input).map(([id]) => id)[0]).toBe(input.productIds[1]);
  });

  it("learns nothing from 100,000 choices at one instant", () => {
    expect(
      fitWhole(
        sequence,
        robot(100_000, () => 5),
      ),
    ).toBeNull();
  });

  it("leaves out an instant of more products than a person chooses at once", () => {
    const bulk = Array.from({ length: 301 }, (_, n) => deed("reseller", `bulk ${n}`, { day: 1.5 }));
    const reseller = [deed("reseller", "primer", { day: 1 }), deed("reseller", "paint", { day: 2 })];
    const row = following([...chains(), ...bulk, ...reseller], "primer") ?? [];
    expect(row.map(([id]) => id)).toEqual(["paint", "varnish"]);
  });
});
