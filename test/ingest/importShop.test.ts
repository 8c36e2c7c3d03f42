import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Interaction } from "../../src/domain/interaction.js";
import { describeRejects } from "../../src/ingest/describeImport.js";
import type { ImportProgress } from "../../src/ingest/importProgress.js";
import { MemoryWriter } from "./memoryWriter.js";
import { importFolder, NOW_MS, rejectsPathOf, shopFolder } from "./shopFolder.js";

const DAY_MS = 86_400_000;
const PRODUCTS = "product_id,name,category,tags,price\np1,Teapot,,,2.5\np2,Cup,,,1\n";
const INTERACTIONS = [
  "user_id,product_id,timestamp,action_type,value",
  "u1,p1,2011-11-08T17:42:00Z,purchase,1",
  "u1,p2,2011-11-01T09:00:00Z,purchase,2",
  "u2,p2,,view,",
  "",
].join("\n");
const SHOP = { "products.csv": PRODUCTS, "user_interactions.csv": INTERACTIONS };

function rejectsOf(folder: string) {
  const lines = readFileSync(rejectsPathOf(folder), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

const keysOf = (writer: MemoryWriter) => [...writer.interactions.keys()].sort();

describe("a folder", () => {
  it("comes in as products, users, interactions, and the planner is told at the end", async () => {
    const folder = await shopFolder({ ...SHOP, "users.csv": "user_id,age\nu1,30\n", "notes.txt": "" });
    const writer = new MemoryWriter();
    const summary = await importFolder(folder, writer);
    expect(writer.calls).toEqual(["products 2", "users 1", "interactions 3", "analyze"]);
    expect(summary).toEqual({
      products: { rows: 2, changed: 2 },
      users: { rows: 1, changed: 1 },
      interactions: { rows: 3, accepted: 3, duplicates: 0, newestMs: Date.UTC(2011, 10, 8, 17, 42) },
      shiftDays: 0,
      events: [
        { action: "view", fate: "accepted", nEvents: 1 },
        { action: "purchase", fate: "accepted", nEvents: 2 },
      ],
      rejected: [],
      rejectsPath: null,
      rejectsProblem: null,
    });
    expect(existsSync(rejectsPathOf(folder))).toBe(false);
  });

  it("imported twice changes nothing", async () => {
    const folder = await shopFolder({ ...SHOP, "users.ndjson": '{"user_id":"u1","age":30}\n' });
    const writer = new MemoryWriter();
    await importFolder(folder, writer);
    const before = JSON.stringify([...writer.interactions, ...writer.products, ...writer.users]);
    const again = await importFolder(folder, writer);
    expect(again).toMatchObject({
      products: { changed: 0 },
      users: { changed: 0 },
      interactions: { accepted: 0, duplicates: 3 },
    });
    expect(again.events).toEqual([
      { action: "view", fate: "duplicate", nEvents: 1 },
      { action: "purchase", fate: "duplicate", nEvents: 2 },
    ]);
    expect(JSON.stringify([...writer.interactions, ...writer.products, ...writer.users])).toBe(before);
  });

  it("gives the same interactions as CSV in any column order, packed, and as NDJSON", async () => {
    const rows = INTERACTIONS.trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    const reversed = rows.map((row) => ["extra", ...row].reverse().join(",")).join("\r\n");
    const objects = rows
      .slice(1)
      .map((row) => JSON.stringify(Object.fromEntries(row.map((text, i) => [rows[0][i], text]))));
    const shapes = {
      "user_interactions.csv": INTERACTIONS,
      "user_interactions.csv.gz": gzipSync(reversed),
      "user_interactions.ndjson": objects.join("\n"),
      "user_interactions.ndjson.gz": gzipSync(objects.join("\n")),
    };
    const results = [];
    for (const [name, content] of Object.entries(shapes)) {
      const writer = new MemoryWriter();
      await importFolder(await shopFolder({ [name]: content }), writer);
      results.push(JSON.stringify([...writer.interactions.values()]));
    }
    expect(new Set(results).size).toBe(1);
    expect(JSON.parse(results[0])).toHaveLength(3);
  });

  it("with products alone, or interactions alone, is enough", async () => {
    const products = await importFolder(await shopFolder({ "products.csv": PRODUCTS }), new MemoryWriter());
    expect(products).toMatchObject({ products: { rows: 2 }, users: null, interactions: null });
    const files = { "user_interactions.csv": INTERACTIONS };
    expect(await importFolder(await shopFolder(files), new MemoryWriter())).toMatchObject({ products: null });
  });

  it.each([
    [
      "without a table",
      { "users.csv": "user_id\nu1\n" },
      /user_interactions\.csv\|\.csv\.gz\|.* or products.* is required, found users\.csv/,
    ],
    ["that is empty", {}, /found an empty folder/],
    [
      "with two files of one name",
      { ...SHOP, "products.ndjson": "" },
      /one file for products is required, found products\.csv and products\.ndjson/,
    ],
  ])("%s is refused before anything is written", async (_, files, message) => {
    const writer = new MemoryWriter();
    const importing = importFolder(await shopFolder(files as Record<string, string>), writer);
    await expect(importing).rejects.toMatchObject({ code: "INVALID_IMPORT", message: expect.stringMatching(message) });
    expect(writer.calls).toEqual([]);
  });

  it("that does not exist, or is a file, is refused by its name", async () => {
    const folder = await shopFolder(SHOP);
    const nowhere = importFolder(path.join(folder, "nowhere"), new MemoryWriter());
    await expect(nowhere).rejects.toThrow(/nowhere: a folder is required, found nothing/);
    const file = importFolder(path.join(folder, "products.csv"), new MemoryWriter());
    await expect(file).rejects.toThrow(/products\.csv: a folder is required, found a file/);
  });

  it("without a column for the shopper is one error", async () => {
    const folder = await shopFolder({ "user_interactions.csv": "product_id,timestamp,action_type\np,,view\n" });
    await expect(importFolder(folder, new MemoryWriter())).rejects.toThrow(/columns user_id or session_id, product_id/);
  });

  it("with one product on two rows keeps the later one", async () => {
    const writer = new MemoryWriter();
    await importFolder(await shopFolder({ "products.csv": "product_id,name\np,old\np,new\n" }), writer);
    expect(writer.products.get("p")?.name).toBe("new");
  });
});

describe("a file with a part of the catalogue", () => {
  const FULL = "product_id,name,tags,price,available\np1,Teapot,hot|tea,2.5,no\np2,Cup,,1,yes\n";

  it.each([
    ["products.csv", "product_id,price\np1,3\n"],
    ["products.ndjson", '{"product_id":"p1","price":3}\n'],
  ])("changes what %s names and nothing else", async (name, part) => {
    const writer = new MemoryWriter();
    await importFolder(await shopFolder({ "products.csv": FULL }), writer);
    const { products } = await importFolder(await shopFolder({ [name]: part }), writer);
    expect(products).toEqual({ rows: 1, changed: 1 });
    expect(writer.products.get("p1")).toMatchObject({
      name: "Teapot",
      tags: ["hot", "tea"],
      price: 3,
      isAvailable: false,
    });
  });

  it("clears what is named and empty", async () => {
    const writer = new MemoryWriter();
    await importFolder(await shopFolder({ "products.csv": FULL }), writer);
    await importFolder(await shopFolder({ "products.ndjson": '{"product_id":"p1","name":null}\n' }), writer);
    await importFolder(await shopFolder({ "products.csv": "product_id,tags\np1,\n" }), writer);
    expect(writer.products.get("p1")).toMatchObject({ name: null, tags: [], price: 2.5, isAvailable: false });
  });
});

describe("bad rows", () => {
  it("do not stop an import: they are counted by reason and written down", async () => {
    const bad = ["u1,,2011-11-08T17:42:00Z,purchase,1", "u1,p1,soon,purchase,1", "u1,p1,later,view,1", "u1,p1"];
    const folder = await shopFolder({ ...SHOP, "user_interactions.csv": `${INTERACTIONS}${bad.join("\n")}\n` });
    const writer = new MemoryWriter();
    const summary = await importFolder(folder, writer);
    expect(writer.interactions.size).toBe(3);
    expect(summary.interactions).toMatchObject({ rows: 7, accepted: 3 });
    expect(summary.events).toContainEqual({ action: "other", fate: "rejected", nEvents: 4 });
    const file = "user_interactions.csv";
    expect(summary.rejected).toEqual(
      expect.arrayContaining([
        { file, reason: "missing_product_id", count: 1 },
        { file, reason: "bad_timestamp", count: 2 },
        { file, reason: "wrong_column_count", count: 1 },
      ]),
    );
    expect(summary.rejectsPath).toBe(rejectsPathOf(folder));
    const soon = rejectsOf(folder).find((reject) => reject.line === 6);
    expect(soon).toMatchObject({ file, reason: "bad_timestamp", message: expect.stringContaining('found "soon"') });
    expect(JSON.parse(soon.row)).toMatchObject({ user_id: "u1", timestamp: "soon" });
  });

  it("are written down in at most 2 kB each", async () => {
    const folder = await shopFolder({ "products.csv": `product_id,name\n${"x".repeat(100_000)},Huge\n` });
    await importFolder(folder, new MemoryWriter());
    const [reject] = rejectsOf(folder);
    expect(reject.reason).toBe("bad_id");
    expect(reject.row.length).toBe(2_000);
    expect(reject.message.length).toBeLessThan(400);
  });

  it("a quote that is never closed is written down as it stands in the file", async () => {
    const lost = `p2,"Cup\np3,${"é".repeat(70_000)}\n`;
    const folder = await shopFolder({ "products.csv": `\ufeffproduct_id,name\r\np1,Teapot\r\n${lost}` });
    const writer = new MemoryWriter();
    await importFolder(folder, writer);
    expect([...writer.products.keys()]).toEqual(["p1"]);
    const [reject] = rejectsOf(folder);
    expect(reject).toMatchObject({ reason: "unfinished_row", line: 3, row: lost.slice(0, 2_000) });
  });

  it("a file that is no UTF-8 gives its good rows", async () => {
    const content = Buffer.from("product_id,name\np1,caf\xe9\np2,cup\n", "latin1");
    const writer = new MemoryWriter();
    const summary = await importFolder(await shopFolder({ "products.csv": content }), writer);
    expect([...writer.products.keys()]).toEqual(["p2"]);
    expect(summary.rejected).toEqual([{ file: "products.csv", reason: "not_utf8", count: 1 }]);
  });

  it.each([
    ["below a file", (folder: string) => path.join(folder, "products.csv", "rejects.ndjson")],
    ["where the system makes no folders", () => "/proc/recommender/rejects.ndjson"],
    ["that is a folder", (folder: string) => folder],
  ])("that cannot be kept, in a file %s, are counted all the same", async (_, rejectsPathIn) => {
    const folder = await shopFolder({ "products.csv": "product_id\na\0\np1\nb\0\n" });
    const rejectsPath = rejectsPathIn(folder);
    const writer = new MemoryWriter();
    const summary = await importFolder(folder, writer, { rejectsPath });
    expect([...writer.products.keys()]).toEqual(["p1"]);
    expect(summary.rejected).toEqual([{ file: "products.csv", reason: "bad_id", count: 2 }]);
    const [count, problem, ...more] = describeRejects(summary);
    expect(count).toBe("2 rows of products.csv: bad_id");
    expect(problem).toContain(`Cannot keep rejected rows in ${rejectsPath}: a writable file is required, found `);
    expect(more).toEqual([]);
  });
});

describe("large and damaged files", () => {
  it("a million identical rows are one interaction", async () => {
    const row = "u1,p1,2011-11-08T17:42:00Z,purchase\n";
    const header = "user_id,product_id,timestamp,action_type\n";
    const folder = await shopFolder({ "user_interactions.csv": header + row.repeat(1_000_000) });
    const writer = new MemoryWriter();
    const { interactions } = await importFolder(folder, writer);
    expect(interactions).toMatchObject({ rows: 1_000_000, accepted: 1, duplicates: 999_999 });
    expect(writer.calls.length).toBeGreaterThan(40);
  }, 60_000);

  it("everything before the damage of a packed file is imported, then the file is named", async () => {
    const rows = Array.from({ length: 45_000 }, (_, i) => {
      const noise = createHash("md5").update(`${i}`).digest("hex");
      return `${noise},p${i},2011-11-08T17:42:00Z,view,\n`;
    });
    const packed = gzipSync(`user_id,product_id,timestamp,action_type,value\n${rows.join("")}`);
    const folder = await shopFolder({ "user_interactions.csv.gz": packed.subarray(0, packed.length - 2_000) });
    const writer = new MemoryWriter();
    const message = await importFolder(folder, writer).catch((error) => error.message);
    expect(message).toMatch(/^Cannot read user_interactions\.csv\.gz: a complete gzip file is required/);
    const nTaken = writer.interactions.size.toLocaleString("en-US");
    expect(message).toContain(`; the ${nTaken} rows before it were taken, and importing the mended file again is safe`);
    expect(writer.interactions.size).toBeGreaterThan(44_800);
    expect(writer.calls.filter((call) => call.startsWith("interactions"))).toHaveLength(5);
    expect(writer.calls).not.toContain("analyze");
  });

  it("two writes run at a time, and the next chunk is read meanwhile", async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `u,p${i},,view\n`).join("");
    const folder = await shopFolder({ "user_interactions.csv": `user_id,product_id,timestamp,action_type\n${rows}` });
    const { promise: firstMayEnd, resolve: endFirst } = deferred();
    const writer = new MemoryWriter();
    const write = writer.writeInteractions.bind(writer);
    let nRunning = 0;
    let most = 0;
    writer.writeInteractions = async (interactions: readonly Interaction[]) => {
      most = Math.max(most, ++nRunning);
      if (writer.calls.length === 0) await firstMayEnd;
      nRunning--;
      return write(interactions);
    };
    let rowsWhileWriting = 0;
    const onProgress = (progress: ImportProgress) => {
      if (nRunning === 2) rowsWhileWriting = progress.rows;
      if (progress.rows > 25_000) endFirst();
    };
    await importFolder(folder, writer, { onProgress });
    expect(most).toBe(2);
    expect(rowsWhileWriting).toBeGreaterThan(25_000);
    expect(writer.interactions.size).toBe(60_000);
  });

  it("of two rows with one event id the first of the file stands, whichever chunk commits first", async () => {
    const header = "user_id,product_id,timestamp,action_type,event_id\n";
    const rows = Array.from({ length: 11_000 }, (_, i) => `u,p${i},,view,e${i}\n`).join("");
    const folder = await shopFolder({ "user_interactions.csv": `${header}${rows}u,later,,view,e3\n` });
    const { promise: secondIsWritten, resolve: endSecond } = deferred();
    const writer = new MemoryWriter();
    const write = writer.writeInteractions.bind(writer);
    let nStarted = 0;
    writer.writeInteractions = async (interactions: readonly Interaction[]) => {
      if (++nStarted === 1) await secondIsWritten;
      const written = await write(interactions);
      if (nStarted === 2) endSecond();
      return written;
    };
    const { interactions } = await importFolder(folder, writer);
    expect(nStarted).toBe(2);
    expect(interactions).toMatchObject({ rows: 11_001, accepted: 11_000, duplicates: 1 });
    const products = new Set([...writer.interactions.values()].map(({ productId }) => productId));
    expect([products.has("p3"), products.has("later")]).toEqual([true, false]);
  });

  it("a write that fails ends the import with its error, and no other is begun after it", async () => {
    const rows = Array.from({ length: 90_000 }, (_, i) => `u,p${i},,view\n`).join("");
    const folder = await shopFolder({ "user_interactions.csv": `user_id,product_id,timestamp,action_type\n${rows}` });
    const writer = new MemoryWriter();
    let nWrites = 0;
    writer.writeInteractions = async () => {
      nWrites++;
      throw new Error("connection lost");
    };
    await expect(importFolder(folder, writer)).rejects.toThrow("connection lost");
    expect(nWrites).toBeLessThanOrEqual(2); // the second was under way before the first had failed
  });
});

describe("moving times to now", () => {
  it("moves by whole weeks so that the newest time lies in the past seven days", async () => {
    const writer = new MemoryWriter();
    const { shiftDays, interactions } = await importFolder(await shopFolder(SHOP), writer, { shiftToNow: true });
    expect(shiftDays % 7).toBe(0);
    expect(interactions!.newestMs).toBe(Date.UTC(2011, 10, 8, 17, 42) + shiftDays * DAY_MS);
    expect(interactions!.newestMs).toBeLessThanOrEqual(NOW_MS);
    expect(interactions!.newestMs).toBeGreaterThan(NOW_MS - 7 * DAY_MS);
    expect([...writer.interactions.values()].map((one) => one.occurredAtMs).filter((ms) => ms === null)).toHaveLength(
      1,
    );
  });

  it("keeps the keys: moved, moved next week, or not moved, it is the same import", async () => {
    const folder = await shopFolder(SHOP);
    const moved = new MemoryWriter();
    await importFolder(folder, moved, { shiftToNow: true });
    const times = [...moved.interactions.values()].map((one) => one.occurredAtMs);
    const nextWeek = await importFolder(folder, moved, { shiftToNow: true, nowMs: NOW_MS + 7 * DAY_MS });
    expect(nextWeek.interactions).toMatchObject({ accepted: 0, duplicates: 3 });
    expect([...moved.interactions.values()].map((one) => one.occurredAtMs)).toEqual(times);
    const still = new MemoryWriter();
    await importFolder(folder, still);
    expect(keysOf(still)).toEqual(keysOf(moved));
  });

  it("a rejected row does not say when now is, and neither does one from the future", async () => {
    const header = "user_id,product_id,timestamp,action_type\n";
    const rejected = `${header},p1,2011-12-01T00:00:00Z,view\nu,p2,2999-01-01T00:00:00Z,view\nu,p1,2011-11-08T00:00:00Z,view\n`;
    const { shiftDays, rejected: rejectedRows } = await importFolder(
      await shopFolder({ "user_interactions.csv": rejected }),
      new MemoryWriter(),
      {
        shiftToNow: true,
      },
    );
    expect(shiftDays).toBe(7 * Math.floor((NOW_MS - Date.UTC(2011, 10, 8)) / (7 * DAY_MS)));
    const reasons = rejectedRows.map(({ reason, count }) => [reason, count]);
    expect(reasons.sort()).toEqual([
      ["future_timestamp", 1],
      ["missing_shopper", 1],
    ]);
  });

  it("a file without times is not moved", async () => {
    const files = { "user_interactions.csv": "user_id,product_id,timestamp,action_type\nu,p,,view\n" };
    const summary = await importFolder(await shopFolder(files), new MemoryWriter(), { shiftToNow: true });
    expect(summary).toMatchObject({ shiftDays: 0, interactions: { accepted: 1, newestMs: null } });
  });
});

it("the sample shop comes in whole: every row is good, and copies of a row count once", async () => {
  const sample = fileURLToPath(new URL("../../data/online-retail", import.meta.url));
  const rejectsPath = rejectsPathOf(await shopFolder({}));
  const summary = await importFolder(sample, new MemoryWriter(), { shiftToNow: true, rejectsPath });
  expect(summary).toMatchObject({
    products: { rows: 3_659, changed: 3_659 },
    interactions: { rows: 330_160, accepted: 326_259, duplicates: 3_901 },
    rejected: [],
    rejectsPath: null,
    rejectsProblem: null,
  });
}, 60_000);

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe("a shop that keeps its interactions for a time", () => {
  it("rejects rows from before it, after they were moved, and takes those without a time", async () => {
    const rows = ["a,p,2026-01-31T00:00:00Z,view", "b,p,2026-02-01T00:00:00Z,view", "c,p,,view"];
    const file = `user_id,product_id,timestamp,action_type\n${rows.join("\n")}\n`;
    const writer = new MemoryWriter();
    const summary = await importFolder(await shopFolder({ "user_interactions.csv": file }), writer, {
      oldestMs: Date.UTC(2026, 1, 1),
    });
    expect(summary.interactions).toMatchObject({ rows: 3, accepted: 2 });
    expect([...writer.interactions.values()].map(({ userId }) => userId)).toEqual(["b", "c"]);
    expect(summary.rejected).toMatchObject([{ reason: "too_old" }]);
    expect(summary.events).toContainEqual({ action: "other", fate: "too_old", nEvents: 1 });
  });
});
