import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { RecommenderError } from "../../src/domain/errors.js";
import { findTable, listFolder } from "../../src/ingest/findTable.js";
import { readTable } from "../../src/ingest/readTable.js";
import type { RejectedRow, TableRow } from "../../src/ingest/tableRow.js";
import { shopFolder } from "./shopFolder.js";

/** Read the one table of a folder whole; what came before an error is kept beside it. */
async function read(files: Record<string, string | Uint8Array>, required = ["a", "b"]) {
  const folder = await shopFolder(files);
  const table = findTable(folder, await listFolder(folder), "products");
  if (table === null) throw new Error("no table");
  const rows: TableRow[] = [];
  const rejected: RejectedRow[] = [];
  const offsets: number[] = [];
  let error: unknown = null;
  try {
    for await (const batch of readTable(table, required)) {
      rows.push(...batch.rows);
      rejected.push(...batch.rejected);
      offsets.push(batch.fileOffsetBytes);
    }
  } catch (caught) {
    error = caught;
  }
  return { rows, rejected, offsets, error };
}

const csv = (text: string | Uint8Array, required?: string[]) => read({ "products.csv": text }, required);
const fieldsOf = (rows: readonly TableRow[]) => rows.map((row) => row.fields);
const reasonsOf = (rejected: readonly RejectedRow[]) => rejected.map((one) => [one.line, one.rejection.reason]);

describe("CSV", () => {
  it("a file whose lines end in CR alone is refused by name", async () => {
    const { error } = await csv("product_id,name\rp1,Cup\rp2,Pot\r");
    expect(String(error)).toContain("lines that end in LF or CRLF are required, found CR alone");
  });

  it("columns come in any order, beside others, after a byte order mark and with CRLF", async () => {
    const { rows } = await csv('\ufeff"b", x ,a\r\n2,9,1\r\n4,9,3');
    expect(fieldsOf(rows)).toEqual([
      { a: "1", b: "2", x: "9" },
      { a: "3", b: "4", x: "9" },
    ]);
    expect(rows.map((row) => row.line)).toEqual([2, 3]);
  });

  it("quoted fields hold commas, quotes and lines, a stray quote is a character, blank lines are nothing", async () => {
    const { rows, rejected } = await csv('a,b\n"1,""x""\ny",2\n\n12" PLATE,4\n');
    expect(fieldsOf(rows)).toEqual([
      { a: '1,"x"\ny', b: "2" },
      { a: '12" PLATE', b: "4" },
    ]);
    expect(rows.map((row) => row.line)).toEqual([3, 5]);
    expect(rejected).toEqual([]);
  });

  it("a missing required column is one error with what is required and found", async () => {
    const { error } = await csv("b,c\n1,2\n");
    expect(error).toMatchObject({ code: "INVALID_IMPORT" });
    expect(String(error)).toContain('Cannot import products.csv: columns a, b are required, found "b, c"');
  });

  it("a column required as one of two is met by either", async () => {
    expect((await csv("b\n1\n", ["a or b"])).error).toBeNull();
    expect(String((await csv("c\n1\n", ["a or b"])).error)).toContain("columns a or b are required");
  });

  it("two columns of one name are refused", async () => {
    expect(String((await csv("a,b,a\n1,2,3\n")).error)).toContain("each column once is required");
  });

  it.each(["", "\n\r\n"])("an empty file (%j) is refused, for it has no header", async (text) => {
    expect(String((await csv(text)).error)).toContain("products.csv: it is empty: a header is required");
    expect(String((await read({ "products.csv.gz": gzipSync(text) })).error)).toContain("a header is required");
  });

  it("a header alone is a file without rows", async () => {
    expect(await csv("a,b\n")).toMatchObject({ rows: [], rejected: [], error: null });
    expect(await csv("a,b")).toMatchObject({ rows: [], rejected: [], error: null });
  });

  it("rows with too many or too few fields are rejected with their line, and the rest is read", async () => {
    const { rows, rejected } = await csv("a,b\n1\n1,2\n1,2,3\n5,6\n");
    expect(reasonsOf(rejected)).toEqual([
      [2, "wrong_column_count"],
      [4, "wrong_column_count"],
    ]);
    expect(rejected[0].row).toEqual(["1"]);
    expect(rows).toHaveLength(2);
  });

  it("a file that ends mid-row loses that row only", async () => {
    const { rows, rejected } = await csv("a,b\n1,2\n3");
    expect(rows).toHaveLength(1);
    expect(reasonsOf(rejected)).toEqual([[3, "unfinished_row"]]);
    expect(reasonsOf((await csv("a,b\n1,2\n3\n")).rejected)).toEqual([[3, "wrong_column_count"]]);
  });

  it("a file that ends inside quotes is one reject that says which lines are lost", async () => {
    const { rows, rejected } = await csv('a,b\n1,2\n3,"four\n5,6\n');
    expect(rows).toHaveLength(1);
    expect(reasonsOf(rejected)).toEqual([[3, "unfinished_row"]]);
    expect(rejected[0].rejection.message).toContain("(lines 3 to 4 are lost)");
    expect(rejected[0].row).toBe('3,"four\n5,6\n');
    const last = await csv('a,b\n1,2\n3,"four');
    expect(last.rejected[0].rejection.message).toContain("(line 3 is lost)");
    expect(last.rejected[0].row).toBe('3,"four');
  });

  it("a quote that is never closed does not fill the memory", async () => {
    const { rows, error } = await csv(`a,b\n1,2\n3,"${"x".repeat(17 * 1024 * 1024)}`);
    expect(rows).toHaveLength(1);
    expect(String(error)).toContain("rows of at most 16 MB are required, found a longer one from line 3 on");
  });

  it("rows that are not UTF-8 are rejected, the others are read", async () => {
    const { rows, rejected } = await csv(Buffer.from("a,b\ncaf\xe9,1\ncafe,2\n", "latin1"));
    expect(reasonsOf(rejected)).toEqual([[2, "not_utf8"]]);
    expect(fieldsOf(rows)).toEqual([{ a: "cafe", b: "2" }]);
  });

  it("characters that span two reads of the disk are whole", async () => {
    const n = 60_000;
    const { rows, rejected, offsets } = await csv(`a,b\n${"é,🎁\n".repeat(n)}`);
    expect(rejected).toEqual([]);
    expect(rows).toHaveLength(n);
    expect(rows.every(({ fields }) => fields.a === "é" && fields.b === "🎁")).toBe(true);
    expect(offsets.length).toBeGreaterThan(5);
  });
});

describe("gzip", () => {
  const text = `a,b\n${Array.from({ length: 50_000 }, (_, i) => `${i},${(i * 2654435761) % 1e9}\n`).join("")}`;

  it("a packed file reads like the plain one, and its offset is that of the packed bytes", async () => {
    const packed = gzipSync(text);
    const { rows, offsets, error } = await read({ "products.csv.gz": packed });
    expect(error).toBeNull();
    expect(rows).toHaveLength(50_000);
    expect(offsets.at(-1)).toBe(packed.length);
  });

  it("a truncated file gives every row before the cut, then an error that names it", async () => {
    const packed = gzipSync(text);
    const { rows, error } = await read({ "products.csv.gz": packed.subarray(0, packed.length - 4_000) });
    expect(rows.length).toBeGreaterThan(48_000);
    expect(rows.at(-1)?.line).toBe(rows.length + 1);
    expect(error).toBeInstanceOf(RecommenderError);
    expect(error).toMatchObject({ code: "INVALID_IMPORT" });
    expect(String(error)).toContain("Cannot read products.csv.gz: a complete gzip file is required");
  });

  it("a file that only pretends to be packed is refused", async () => {
    expect(String((await read({ "products.csv.gz": text })).error)).toContain("incorrect header check");
    expect(String((await read({ "products.csv.gz": "" })).error)).toMatch(/products.csv.gz/);
  });
});

describe("NDJSON", () => {
  const ndjson = (text: string | Uint8Array) => read({ "products.ndjson": text });

  it("every line is a row, also without a last line end, blank lines are nothing", async () => {
    const { rows } = await ndjson('\ufeff{"a":1}\r\n\n{"a":"é","tags":["x"]}');
    expect(fieldsOf(rows)).toEqual([{ a: 1 }, { a: "é", tags: ["x"] }]);
    expect(rows.map((row) => row.line)).toEqual([1, 3]);
  });

  it("bad lines are rejected with their line, and reading goes on", async () => {
    const bad = Buffer.concat([
      Buffer.from('{"a":\n[1]\n{"a":"'),
      Buffer.from([0xe9]),
      Buffer.from('"}\n{"a":2}\n{"a"'),
    ]);
    const { rows, rejected } = await ndjson(bad);
    expect(fieldsOf(rows)).toEqual([{ a: 2 }]);
    expect(reasonsOf(rejected)).toEqual([
      [1, "bad_json"],
      [2, "not_an_object"],
      [3, "not_utf8"],
      [5, "unfinished_row"],
    ]);
  });

  it("lines that span two reads of the disk are whole, packed or not", async () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => JSON.stringify({ a: i, b: "é".repeat(40) })).join("\n");
    for (const [name, content] of [
      ["products.ndjson", lines] as const,
      ["products.ndjson.gz", gzipSync(lines)] as const,
    ]) {
      const { rows, rejected } = await read({ [name]: content });
      expect(rejected).toEqual([]);
      expect(rows.map(({ fields }) => fields.a)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
    }
  });

  it("an empty file has no rows, and a line that never ends is refused", async () => {
    expect(await ndjson("")).toMatchObject({ rows: [], rejected: [], error: null });
    expect(String((await ndjson("x".repeat(17 * 1024 * 1024))).error)).toContain("lines of at most 16 MB are required");
  });
});
