import { describe, expect, it } from "vitest";
import { collaborative } from "../../src/signals/collaborative.js";
import { inherited } from "../../src/signals/inherited.js";
import { SignalWorld } from "./signalWorld.js";

const LAMP = { tags: ["lamp", "brass"] };
const HISTORIES = [
  ["best", "mate"],
  ["best", "mate"],
  ["best", "mate", "rug"],
  ["rug", "sofa"],
];
const ATTRIBUTES = { best: LAMP, fresh: LAMP, rug: { tags: ["wool"] }, sofa: { tags: ["wool"] } };

function fitInherited(world: SignalWorld, parameters = {}) {
  const found = world.fit(collaborative);
  const fitted = new Map(found === null ? [] : [["collaborative", found] as const]);
  return { collaborative: found, matrix: world.fit(inherited, parameters, fitted) };
}

describe("the inherited signal", () => {
  const world = new SignalWorld(HISTORIES, { attributes: ATTRIBUTES });

  it("reaches a product that nobody chose from what the buyers of its like chose", () => {
    const { collaborative: found, matrix } = fitInherited(world);
    const passedOn = world.row(found, "mate").get("best");
    expect(passedOn).toBeGreaterThan(0);
    expect(world.row(matrix, "mate").get("fresh")).toBeCloseTo(passedOn as number, 6);
    expect(world.row(matrix, "best").get("fresh")).toBeCloseTo(0.3, 6);
    expect(world.row(matrix, "sofa").has("fresh")).toBe(false);
  });

  it("leaves less to a product the more it was chosen, and nothing to one on its own feet", () => {
    const histories = [...HISTORIES, ["best"], ["best"], ...Array.from({ length: 4 }, () => ["young", "sofa"])];
    const many = Array.from({ length: 50 }, () => ["known", "sofa"]);
    const attributes = { ...ATTRIBUTES, young: LAMP, known: LAMP };
    const fromMate = (more: string[][]) => {
      const shop = new SignalWorld([...histories, ...more], { attributes });
      return shop.row(fitInherited(shop, { neighbours: 1 }).matrix, "mate");
    };
    const row = fromMate([]);
    expect((row.get("young") as number) / (row.get("fresh") as number)).toBeCloseTo(5 / (5 + 4), 5);
    expect(fromMate(many).has("known")).toBe(false);
  });

  it("keeps a product out of its own row", () => {
    const twins = new SignalWorld(
      [
        ["x", "y"],
        ["x", "y"],
      ],
      { attributes: { x: LAMP, y: LAMP } },
    );
    const { matrix } = fitInherited(twins);
    expect([...twins.row(matrix, "x").keys()]).toEqual(["y"]);
  });

  it("is the same however its rows are cut into ranges", () => {
    const found = world.fit(collaborative);
    const fitted = new Map(found === null ? [] : [["collaborative", found] as const]);
    expect(world.fit(inherited, {}, fitted, 2)).toEqual(world.fit(inherited, {}, fitted, 99));
  });

  it("is absent without descriptions or without a collaborative matrix", () => {
    expect(fitInherited(new SignalWorld(HISTORIES)).matrix).toBeNull();
    expect(world.fit(inherited)).toBeNull();
  });
});
