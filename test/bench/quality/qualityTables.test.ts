import { describe, expect, it } from "vitest";
import type { RankerName, RankingRow, ShopperGroup } from "../../../src/evaluation/rankings.js";
import { readQualityOptions } from "./qualityOptions.js";
import { QUALITY_SETS, type QualitySet } from "./qualitySets.js";
import { barsTable, costTable, isPassed, type Measured } from "./qualityTables.js";
import { replaceSection } from "./readmeSection.js";

function row(group: ShopperGroup, ranker: RankerName, recall: number): RankingRow {
  const counts = { users: 1, pairs: 1, reachable: 1, withList: 1, novelty: null, diversity: null };
  return { group, ranker, byName: { "Recall@20": recall }, ...counts };
}

const SET: QualitySet = {
  name: "shop",
  folder: "shop",
  isCold: false,
  protocol: { exclude: "seen", positives: ">=4" },
  bars: [
    { metric: "Recall@20", group: "all", atLeast: 0.1, aim: 0.2 },
    { metric: "Recall@20", group: "warm", atLeast: 0.3, aim: null },
  ],
  maxTrainingSeconds: 20,
  maxPeakBytes: 1e9,
};

function measured(all: number, warm: number, trainingSeconds = 12.34): Measured {
  const rows = [row("all", "model", all), row("all", "popularity", 0.05), row("warm", "model", warm)];
  const counts = { nInteractions: 1234, nProducts: 56 };
  return { set: SET, result: { rows, ...counts, trainingSeconds, peakBytes: 345_600_000 } };
}

describe("the tables of quality", () => {
  it("say per bar what is reached, whether that is enough, and what needs no model", () => {
    expect(barsTable([measured(0.15, 0.29)])).toEqual([
      "| data set | protocol | metric | reached | at least | aim | passed | popularity | recent popularity | co-purchase |",
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
      "| shop | `--exclude seen --positives '>=4'` | Recall@20 | .1500 | .1000 | .2000 | yes | .0500 | – | – |",
      "| | | Recall@20, warm shoppers | .2900 | .3000 | | **no** | – | – | – |",
    ]);
  });

  it("say what a training took, and when that is too much", () => {
    expect(costTable([measured(0.15, 0.3, 20.5)])[2]).toBe(
      "| shop | 1,234 | 56 | 20.5 s | 20 s **exceeded** | 346 MB | 1000 MB |",
    );
  });

  it.each([
    ["everything at its bar", measured(0.1, 0.3), true],
    ["a metric below its bar", measured(0.0999, 0.3), false],
    ["the warm shoppers below theirs", measured(0.2, 0.2999), false],
    ["a training that is too slow", measured(0.2, 0.3, 20.1), false],
  ])("%s", (_case, one, passes) => {
    expect(isPassed(one)).toBe(passes);
  });
});

describe("the options of quality", () => {
  it("name the data by option before variable, and all sets where none is named", () => {
    expect(readQualityOptions(["--data", "here"], "there")).toMatchObject({ data: "here", readme: false });
    expect(readQualityOptions([], "there").data).toBe("there");
    expect(readQualityOptions([], undefined)).toMatchObject({ data: null, only: QUALITY_SETS.map(({ name }) => name) });
  });

  it("refuse a set that does not exist with the ones that do", () => {
    expect(() => readQualityOptions(["--only", "ml-100k,ml-1m"], undefined)).toThrow(
      /gowalla are required, found ml-1m/,
    );
  });
});

describe("a section of the README", () => {
  it("is replaced between its marks, and nothing else is", () => {
    const text = "a\n<!-- quality -->\nold\n<!-- /quality -->\nb\n";
    expect(replaceSection(text, "quality", "new")).toBe("a\n<!-- quality -->\nnew\n<!-- /quality -->\nb\n");
  });

  it("without marks is refused", () => {
    expect(() => replaceSection("a", "quality", "new")).toThrow(/<!-- quality --> and <!-- \/quality --> are required/);
  });
});
