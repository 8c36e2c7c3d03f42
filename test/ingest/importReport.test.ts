import { describe, expect, it } from "vitest";
import { describeImport, describeRejects } from "../../src/ingest/describeImport.js";
import { createImportProgress } from "../../src/ingest/importProgress.js";
import type { ImportSummary } from "../../src/ingest/importShop.js";

const SUMMARY: ImportSummary = {
  products: { rows: 3_659, changed: 3_600 },
  users: null,
  interactions: { rows: 330_160, accepted: 326_259, duplicates: 3_901, newestMs: 0 },
  shiftDays: 5_432,
  events: [],
  rejected: [],
  rejectsPath: null,
  rejectsProblem: null,
};

describe("the line for a person", () => {
  it("says what was read, what came in and by how much times were moved", () => {
    expect(describeImport({ folder: "/data/online-retail/", shiftToNow: true }, SUMMARY)).toBe(
      "online-retail: 330,160 rows → 326,259 interactions, 3,901 duplicates, 3,659 products (3,600 new or changed); times moved by 5,432 days (whole weeks)",
    );
    const users = { ...SUMMARY, interactions: null, users: { rows: 1, changed: 0 } };
    expect(describeImport({ folder: "shop", shiftToNow: false }, users)).toBe(
      "shop: 3,659 products (3,600 new or changed), 1 user (0 new or changed)",
    );
  });

  it("lists rejects by file and reason, and where they are; nothing when there are none", () => {
    expect(describeRejects(SUMMARY)).toEqual([]);
    const rejected = [{ file: "users.csv", reason: "bad_text", count: 1_200 }] as const;
    expect(describeRejects({ ...SUMMARY, rejected, rejectsPath: "out/rejects.ndjson" })).toEqual([
      "1,200 rows of users.csv: bad_text",
      "rows and reasons are in out/rejects.ndjson",
    ]);
  });
});

/** Enough of a stream for a progress display: it keeps what is written. */
function screen(isTTY: boolean) {
  const written: string[] = [];
  const output = { isTTY, columns: 120, write: (text: string) => written.push(text) > 0, on: () => {}, once: () => {} };
  return { output: output as unknown as NodeJS.WriteStream, written };
}

describe("progress", () => {
  it("outside a terminal is one plain line a tenth and the whole count at the end of each file", () => {
    const { output, written } = screen(false);
    const progress = createImportProgress(output);
    for (let rows = 0; rows <= 1_000; rows++)
      progress.update({ file: "a.csv", readBytes: rows, totalBytes: 1_000, rows });
    progress.update({ file: "a.csv", readBytes: 1_000, totalBytes: 1_000, rows: 1_001 });
    expect(written).toHaveLength(9);
    progress.update({ file: "b.csv", readBytes: 5, totalBytes: 5, rows: 1 });
    progress.stop();
    progress.stop();
    expect(written).toHaveLength(11);
    expect(written[9]).toBe("import     … a.csv 100 %, 1,001 rows\n");
    expect(written[10]).toBe("import     … b.csv 100 %, 1 rows\n");
  });

  it("on a terminal is a bar with rows and rows per second", () => {
    const { output, written } = screen(true);
    const progress = createImportProgress(output);
    progress.update({ file: "a.csv", readBytes: 5, totalBytes: 10, rows: 1_234 });
    progress.update({ file: "b.csv", readBytes: 10, totalBytes: 10, rows: 9 });
    progress.stop();
    expect(written.join("")).toMatch(/a\.csv/);
    expect(written.join("")).toMatch(/rows\/s/);
  });

  it.each([true, false])("ends quietly when nothing was read (terminal: %s)", (isTTY) => {
    const { output } = screen(isTTY);
    const progress = createImportProgress(output);
    expect(() => progress.stop()).not.toThrow();
    progress.update({ file: "empty.ndjson", readBytes: 0, totalBytes: 0, rows: 0 });
    expect(() => progress.stop()).not.toThrow();
  });
});
