import { describe, expect, it } from "vitest";
import { segmentTrend } from "../../src/signals/segmentTrend.js";
import { type Deed, deed, Shop } from "../worlds/shop.js";
import { rowOf, signalInput } from "./signalInput.js";

const N = 25;

/** Women choose the novel, men the comic, everyone the bread; a handful of guests choose the map. */
function library(): Deed[] {
  const deeds: Deed[] = [];
  for (let n = 0; n < N; n++) {
    deeds.push(deed(`f${n}`, "novel"), deed(`m${n}`, "comic"), deed(`f${n}`, "bread"), deed(`m${n}`, "bread"));
  }
  for (let n = 0; n < 5; n++) deeds.push(deed(`guest${n}`, "map"));
  return deeds;
}

function segmentsOf(user: string): string[] {
  if (user.startsWith("guest")) return ["kind=guest"];
  return [user.startsWith("f") ? "gender=F" : "gender=M", "kind=member"];
}

function rows(deeds: readonly Deed[], parameters = {}, segments = segmentsOf) {
  const input = signalInput(new Shop([], deeds), segments);
  const trend = segmentTrend.fit(input, { ...segmentTrend.defaults, ...parameters });
  return trend && new Map(trend.rows.map((name, row) => [name, new Map(rowOf(trend.matrix, row, input))]));
}

describe("the trend of a segment", () => {
  it("ranks what the shoppers of a kind choose, not what the others do", () => {
    const found = rows(library(), { shrinkage: 50 })!;
    expect(found.get("gender=F")!.get("novel")).toBeGreaterThan(3 * found.get("gender=F")!.get("comic")!);
    expect(found.get("gender=M")!.get("comic")).toBeGreaterThan(3 * found.get("gender=M")!.get("novel")!);
  });

  it("equals the shrunk share computed by hand", () => {
    const found = rows(library(), { shrinkage: 50 })!;
    const weight = 5;
    const shop = weight * (4 * N + 5);
    const own = 2 * N * weight;
    expect(found.get("gender=F")!.get("novel")).toBeCloseTo((N * weight + (50 * N * weight) / shop) / (own + 50), 6);
    expect(found.get("gender=F")!.get("map")).toBeCloseTo((50 * 5 * weight) / shop / (own + 50), 6);
  });

  it("looks like the whole shop when the shrinkage is large, and rows sum to 1", () => {
    const found = rows(library(), { shrinkage: 1e9 })!;
    expect(found.get("gender=F")!.get("comic")).toBeCloseTo(25 / 105, 4);
    for (const row of rows(library())!.values()) {
      expect([...row.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    }
  });

  it("has no row for a kind of too few shoppers", () => {
    expect([...rows(library())!.keys()]).toEqual(["gender=F", "gender=M", "kind=member"]);
    expect(rows(library(), { minShoppers: 5 })!.get("kind=guest")?.get("map")).toBeGreaterThan(0);
    expect(rows(library(), { minShoppers: 51 })).toBeNull();
  });

  it("is absent where nothing is known of shoppers, and without times", () => {
    expect(rows(library(), {}, () => [])).toBeNull();
    expect(rows(library().map((one) => ({ ...one, day: undefined })))).toBeNull();
  });
});
