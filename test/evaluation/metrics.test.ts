import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type RankMetrics, scoreLists } from "../../src/evaluation/metrics.js";
import type { TestCase, TestProtocol } from "../../src/evaluation/testSet.js";
import { fixture, openFolder, readLists } from "./fixtureShop.js";

interface Expected {
  readonly protocol: string;
  readonly folder: string;
  /** Of an independent scorer, in full precision, by group. */
  readonly scores: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const PROTOCOLS: Record<string, { excluded: TestProtocol["excluded"]; positives?: string }> = {
  "everything seen leaves the test": { excluded: "seen" },
  "what was purchased leaves the test": { excluded: "purchased" },
  "nothing leaves the test": { excluded: "nothing" },
  "only values of 4 and more count": { excluded: "seen", positives: ">=4" },
  sessions: { excluded: "nothing" },
};

const expected: Expected[] = JSON.parse(await readFile(fixture("expected.json"), "utf8"));

describe("metrics of the same lists equal those of an independent scorer", () => {
  it.each(expected)("$protocol", async ({ protocol, folder, scores }) => {
    const { excluded, positives } = PROTOCOLS[protocol];
    const { shop, test } = await openFolder(fixture(folder), excluded, positives);
    const lists = await readLists(path.join(fixture(folder), "lists.ndjson"), test.cases);
    const universe = new Set(shop.products().map(({ productId }) => productId));
    const groups: Record<string, (one: TestCase) => boolean> = {
      all: () => true,
      warm: ({ isWarm }) => isWarm,
      cold: ({ isWarm }) => !isWarm,
    };
    for (const [group, score] of Object.entries(scores)) {
      const members = [...test.cases.keys()].filter((c) => groups[group](test.cases[c]));
      const metrics = scoreLists(
        members.map((c) => test.cases[c]),
        members.map((c) => lists[c]),
        universe,
        20,
      );
      expectEqual(named(metrics), score);
    }
  });
});

function named({ byName, users, pairs, reachable, withList }: RankMetrics): Record<string, number> {
  return { ...byName, users, pairs, reachable, with_list: withList };
}

/** The same metrics, and each the same number. */
function expectEqual(ours: Record<string, number>, theirs: Readonly<Record<string, number>>): void {
  expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
  for (const [name, value] of Object.entries(theirs)) expect(Math.abs(ours[name] - value), name).toBeLessThan(1e-9);
}

describe("metrics by hand", () => {
  const wanting = (...products: string[]): TestCase => ({
    userId: "u",
    session: [],
    wanted: new Set(products),
    isWarm: true,
  });
  const universe = new Set(["a", "b", "c", "x"]);

  it("counts a product that stands twice once, and cuts the ideal at k", () => {
    const { byName } = scoreLists([wanting("a", "b")], [["a", "a"]], universe, 2);
    expect(byName).toEqual({
      "Recall@2": 0.5,
      "NDCG@2": 1 / (1 + 1 / Math.log2(3)),
      "HR@2": 1,
      "MRR@2": 1,
      "coverage@2": 0.25,
    });
  });

  it("leaves out who wants nothing, and gives 0 to who has no list", () => {
    const metrics = scoreLists([wanting(), wanting("a"), wanting("b")], [["a"], [], ["b"]], universe, 5);
    expect(metrics).toMatchObject({ users: 2, pairs: 2, withList: 0.5 });
    expect(metrics.byName["HR@5"]).toBe(0.5);
  });

  it("is 0 and finite where there is nothing to score", () => {
    for (const value of Object.values(scoreLists([], [], new Set(), 20).byName)) expect(value).toBe(0);
  });
});
