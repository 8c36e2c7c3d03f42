import { describe, expect, it } from "vitest";
import { collaborative } from "../../src/signals/collaborative.js";
import { latent } from "../../src/signals/latent.js";
import { answerLatent, type LatentSpace } from "../../src/signals/latentSpace.js";
import { randomHistories, SignalWorld } from "./signalWorld.js";

const CHAIN_A = [
  ["a1", "a2"],
  ["a2", "a3"],
  ["a3", "a4"],
  ["a3", "a4"],
];
const CHAIN_B = [
  ["b1", "b2"],
  ["b2", "b3"],
  ["b3", "b4"],
  ["b1", "b3"],
];

function fitLatent(world: SignalWorld, parameters = {}): LatentSpace {
  const space = latent.fit(world.input, { ...latent.defaults, ...parameters });
  if (space === null) throw new Error("The world carries no latent signal");
  return space;
}

function score(world: SignalWorld, space: LatentSpace, from: string, to: string): number {
  const out = new Float64Array(1);
  const profile = { product: Int32Array.of(world.at(from)), weight: Float64Array.of(1) };
  answerLatent(space, profile, [world.at(to)], 1, out);
  return out[0];
}

describe("the latent signal", () => {
  const world = new SignalWorld([...CHAIN_A, ...CHAIN_B]);

  it("links products through a chain of shoppers where co-occurrence says nothing", () => {
    expect(world.row(world.fit(collaborative), "a1").has("a4")).toBe(false);
    expect(score(world, fitLatent(world, { rank: 2 }), "a1", "a4")).toBeGreaterThan(0);
  });

  it("answers a circle by its share of the circle's choices when only whole circles are kept", () => {
    const space = fitLatent(world, { rank: 2 });
    for (const [id, choices] of [
      ["a1", 1],
      ["a2", 2],
      ["a3", 3],
      ["a4", 2],
    ] as const) {
      expect(score(world, space, "a1", id)).toBeCloseTo(choices / 8, 5);
    }
    expect(score(world, space, "a1", "b2")).toBeCloseTo(0, 5);
  });

  it("gives a small catalogue fewer directions than a large one", () => {
    const ranks = [300, 3300].map((nProducts) => {
      const histories = Array.from({ length: 2 * nProducts }, (_, h) =>
        [h, 7 * h + 1, h * h + 3].map((p) => `p${p % nProducts}`),
      );
      return fitLatent(new SignalWorld(histories)).rank;
    });
    expect(ranks).toEqual([64, 128]);
  });

  it("keeps no more directions than the choices hold", () => {
    const space = fitLatent(
      new SignalWorld([
        ["x", "y"],
        ["x", "y"],
        ["v", "w"],
      ]),
      { rank: 64 },
    );
    expect(space.rank).toBe(2);
    expect(space.source.every(Number.isFinite)).toBe(true);
  });

  it("gives back every product alone when all directions are kept", () => {
    const full = new SignalWorld(randomHistories(60, 8, 0.4));
    const space = fitLatent(full, { rank: 8 });
    for (const from of full.ids) {
      for (const to of full.ids) expect(score(full, space, from, to)).toBeCloseTo(from === to ? 1 : 0, 4);
    }
  });

  it("puts a product that nobody chose where its description belongs", () => {
    const attributes = Object.fromEntries([
      ...["a1", "a2", "a3", "a4", "newA"].map((id) => [id, { tags: ["garden", "tool"] }]),
      ...["b1", "b2", "b3", "b4", "newB"].map((id) => [id, { tags: ["kitchen", "tool"] }]),
    ]);
    const described = new SignalWorld([...CHAIN_A, ...CHAIN_B], { attributes });
    const space = fitLatent(described, { rank: 2 });
    expect(score(described, space, "a1", "newA")).toBeGreaterThan(2 * score(described, space, "b1", "newA"));
    expect(score(described, space, "b1", "newB")).toBeGreaterThan(2 * score(described, space, "a1", "newB"));
    expect(score(described, space, "a1", "newA")).toBeGreaterThan(0.05);
  });

  it("links and places products the same way by least squares", () => {
    const attributes = Object.fromEntries([
      ...["a1", "a2", "a3", "a4", "newA"].map((id) => [id, { tags: ["garden"] }]),
      ...["b1", "b2", "b3", "b4"].map((id) => [id, { tags: ["kitchen"] }]),
    ]);
    const described = new SignalWorld([...CHAIN_A, ...CHAIN_B], { attributes });
    const space = fitLatent(described, { method: 1, rank: 2, iterations: 8 });
    const toB = Math.max(...["b1", "b2", "b3", "b4"].map((id) => score(described, space, "a1", id)));
    expect(score(described, space, "a1", "a4")).toBeGreaterThan(toB + 0.01);
    expect(score(described, space, "a1", "newA")).toBeGreaterThan(toB + 0.01);
    expect(fitLatent(described, { method: 1, rank: 2, iterations: 8 })).toEqual(space);
  });

  it("says nothing of a product that nobody chose and nothing describes", () => {
    const space = fitLatent(new SignalWorld(CHAIN_A, { attributes: { nameless: {} } }), { rank: 2 });
    expect(score(new SignalWorld(CHAIN_A, { attributes: { nameless: {} } }), space, "a1", "nameless")).toBe(0);
  });

  it("adds up a profile and scores the first n candidates only", () => {
    const space = fitLatent(world, { rank: 3 });
    const profile = { product: Int32Array.of(world.at("a1"), world.at("b1")), weight: Float64Array.of(2, -1) };
    const out = new Float64Array([0, 7]);
    answerLatent(space, profile, [world.at("a3"), world.at("b3")], 1, out);
    expect(out[0]).toBeCloseTo(2 * score(world, space, "a1", "a3") - score(world, space, "b1", "a3"), 10);
    expect(out[1]).toBe(7);
  });

  it("is the same every time and absent where no shopper chose two products", () => {
    expect(fitLatent(world)).toEqual(fitLatent(world));
    expect(latent.fit(new SignalWorld([["x"], ["y"]]).input, latent.defaults)).toBeNull();
  });
});
