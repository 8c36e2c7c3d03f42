import { writeFileSync } from "node:fs";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS, type SettingValues } from "../../src/domain/setting.js";
import { describeEvaluation } from "../../src/evaluation/describeEvaluation.js";
import { type EvaluationOrder, evaluate } from "../../src/evaluation/evaluate.js";
import { readPositives } from "../../src/evaluation/positives.js";
import { loadBackend, type TensorBackend } from "../../src/scorer/backend.js";
import { NOW_MS, rejectsPathOf, shopFolder } from "../ingest/shopFolder.js";
import { fixture } from "./fixtureShop.js";

let backend: TensorBackend;
beforeAll(async () => {
  backend = await loadBackend({ choice: "wasm", nativeDir: null });
});

function run(folder: string, more: Partial<EvaluationOrder> = {}, settings: Partial<SettingValues> = {}) {
  return evaluate({
    folder,
    settings: { ...DEFAULT_SETTINGS, ...settings },
    k: 20,
    isPositive: readPositives("all"),
    candidates: null,
    backend,
    nowMs: NOW_MS,
    rejectsPath: rejectsPathOf(folder),
    clock: () => 0,
    onProgress: () => {},
    ...more,
  });
}

/** The fixture's shop with a test of its own choosing. */
async function shopWithTest(rows: string): Promise<string> {
  const header = "user_id,product_id,timestamp,action_type,value\n";
  const folder = await shopFolder({ "test_interactions.csv": header + rows });
  for (const file of ["user_interactions.csv", "products.csv"]) {
    await copyFile(path.join(fixture("shop"), file), path.join(folder, file));
  }
  return folder;
}

/** user → products of the fixture's learning part. */
async function learned(): Promise<Map<string, Set<string>>> {
  const rows = (await readFile(path.join(fixture("shop"), "user_interactions.csv"), "utf8"))
    .trim()
    .split("\n")
    .slice(1);
  const byUser = new Map<string, Set<string>>();
  for (const [userId, productId] of rows.map((row) => row.split(","))) {
    byUser.set(userId, (byUser.get(userId) ?? new Set()).add(productId));
  }
  return byUser;
}

describe("an evaluation", () => {
  it("lists for every test user, the cold ones too, and prints each ranker for all, warm and cold", async () => {
    const { evaluation, cases, lines } = await run(fixture("shop"));
    expect(cases.map(({ userId }) => userId)).toContain("u90");
    for (const { recommendations, scores } of lines) {
      expect(recommendations.length).toBe(20);
      expect(scores.length).toBe(20);
    }
    const rankers = ["model", "popularity", "recent popularity", "co-purchase"];
    expect(evaluation.rankings[0].rows.map(({ group, ranker }) => `${group} ${ranker}`)).toEqual(
      ["all", "warm", "cold"].flatMap((group) => rankers.map((ranker) => `${group} ${ranker}`)),
    );
    const text = describeEvaluation(evaluation, 1e9).join("\n");
    expect(text).toMatch(/^warm co-purchase +0\.\d{5}/m);
    expect(text).toMatch(/^collaborative +alpha/m);
    expect(text).toMatch(/^memory +1000 MB/m);
  });

  it("leaves out what was asked for, from the lists and from the test alike", async () => {
    const known = await learned();
    const repeats = async (settings: Partial<SettingValues>) => {
      const { cases, lines } = await run(fixture("shop"), {}, settings);
      const isKnown = (c: number, productId: string) => known.get(cases[c].userId ?? "")?.has(productId) ?? false;
      return {
        listed: lines.flatMap((line, c) => line.recommendations.filter((id) => isKnown(c, id))).length,
        wanted: cases.flatMap(({ wanted }, c) => [...wanted].filter((id) => isKnown(c, id))).length,
      };
    };
    expect(await repeats({ "exclude.seen": true })).toEqual({ listed: 0, wanted: 0 });
    const none = await repeats({ "exclude.purchased": false });
    const purchased = await repeats({});
    expect(none.listed).toBeGreaterThan(purchased.listed);
    expect(none.wanted).toBeGreaterThan(purchased.wanted);
    expect(purchased.listed).toBeGreaterThan(0);
  });

  it("does not open the test before the model is fixed", async () => {
    const folder = await shopWithTest("nobody,p1,2026-05-10T10:00:00Z,purchase,\n");
    let isReplaced = false;
    const replaceTest = (stage: string) => {
      if (stage !== "fitting to everything") return;
      const rows = "user_id,product_id,timestamp,action_type,value\nlate,p2,2026-05-10T10:00:00Z,purchase,\n";
      writeFileSync(path.join(folder, "test_interactions.csv"), rows);
      isReplaced = true;
    };
    const { cases } = await run(folder, { onProgress: replaceTest });
    expect(isReplaced).toBe(true);
    expect(cases.map(({ userId }) => userId)).toEqual(["late"]);
  });

  it("ranks candidates alone and then together with all others", async () => {
    const candidates = new Set(["p1", "p2", "p3", "not of this shop"]);
    const { evaluation, lines } = await run(fixture("shop"), { candidates }, { "exclude.purchased": false });
    for (const { recommendations } of lines) expect([...recommendations].sort()).toEqual(["p1", "p2", "p3"]);
    const [only, all] = evaluation.rankings;
    expect([only.universe, all.universe]).toEqual([3, 31]);
    expect(only.rows[0].byName["coverage@20"]).toBe(1);
    expect(all.rows[0].byName["coverage@20"]).toBeGreaterThan(0.75);
    expect(evaluation.unknownCandidates).toEqual(["not of this shop"]);
    expect(describeEvaluation(evaluation, 1e9)).toContain(
      'candidates left out, since the shop has no such product: 1 ("not of this shop")',
    );
  });

  it("answers sessions from what they looked at, repeats included unless what was seen is left out", async () => {
    const repeated = async (settings: Partial<SettingValues>) => {
      const { cases, lines } = await run(fixture("sessions"), {}, settings);
      return cases.filter(({ session }, c) => lines[c].recommendations.some((id) => session.includes(id))).length;
    };
    expect(await repeated({ "exclude.purchased": false })).toBeGreaterThan(0);
    expect(await repeated({ "exclude.seen": true })).toBe(0);
  });

  it("gives the same twice", async () => {
    expect(await run(fixture("shop"))).toEqual(await run(fixture("shop")));
  });
});

describe("an evaluation refuses", () => {
  const header = "user_id,product_id,timestamp,action_type\n";

  it("a folder without a test, naming the file", async () => {
    const folder = await shopFolder({ "user_interactions.csv": header });
    await expect(run(folder)).rejects.toThrow(
      /test_interactions\.csv.* or test_sessions\.csv.* is required, found user_in/,
    );
  });

  it("a folder without interactions to learn from", async () => {
    const folder = await shopFolder({ "test_interactions.csv": header, "products.csv": "product_id\np\n" });
    await expect(run(folder)).rejects.toThrow(/user_interactions\.csv.* is required, found products\.csv/);
  });

  it("a test without its columns", async () => {
    const folder = await shopWithTest("");
    await writeFile(path.join(folder, "test_interactions.csv"), "who,what\na,b\n");
    await expect(run(folder)).rejects.toThrow(/test_interactions\.csv: columns user_id, product_id/);
  });

  it("a test in which nothing is left to score", async () => {
    const folder = await shopWithTest("u1,p1,2026-05-10T10:00:00Z,rating,3\n");
    const strict = run(folder, { isPositive: readPositives(">=4") });
    await expect(strict).rejects.toThrow(/found none in 1 cases and 0 rejected rows; see --positives and --exclude/);
  });

  it("a test of which no row can be taken, saying how many", async () => {
    const folder = await shopWithTest("u1,p1,2999-01-01T00:00:00Z,purchase,\n");
    await expect(run(folder)).rejects.toThrow(/found none in 0 cases and 1 rejected rows/);
  });

  it("candidates that the shop does not have, before it trains", async () => {
    const stages: string[] = [];
    const onProgress = (stage: string) => stages.push(stage);
    const evaluating = run(fixture("shop"), { candidates: new Set(["item", "x"]), onProgress });
    await expect(evaluating).rejects.toThrow(/found none of the 2 named ones \("item", "x"\)/);
    expect(stages.filter((stage) => !stage.startsWith("reading "))).toEqual([]);
  });

  it("a test row from the future, which it counts", async () => {
    const future = "u1,p1,2999-01-01T00:00:00Z,purchase,\n";
    const folder = await shopWithTest(`${future}u90,p1,2026-05-10T10:00:00Z,purchase,\n`);
    expect((await run(folder)).evaluation.test).toEqual({ kind: "users", nRejected: 1, nLists: 1 });
  });

  it.each(["4", ">=", ">= four", "=>4", ""])("--positives '%s'", (text) => {
    expect(() => readPositives(text)).toThrow(/all, '>=N' or '>N' is required/);
  });
});
