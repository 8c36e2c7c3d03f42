import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { forgetRejects } from "../../src/ingest/forgetRejects.js";
import { Rejection } from "../../src/ingest/rejection.js";
import { RejectsFile } from "../../src/ingest/rejectsFile.js";

async function rejects(rows: readonly (string | Record<string, unknown>)[]): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "rejects-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "rejects.ndjson");
  const rejected = rows.map((row, i) => ({ line: i + 2, rejection: new Rejection("bad_number", "found x"), row }));
  const written = new RejectsFile(file);
  await written.write("user_interactions.csv", rejected as Parameters<RejectsFile["write"]>[1]);
  await written.close();
  return file;
}

test("rows that speak of a shopper leave the file of rejects, whatever their shape", async () => {
  const file = await rejects([
    { user_id: "ann", product_id: "p1" },
    { user_id: "bob", product_id: "ann" },
    "ann,p1,x",
    "bob,p1,x",
    "joann,p1,x",
    '{"user_id":"ann","prod',
    "old,p2,x",
  ]);
  await forgetRejects(file, ["ann", "old"]);
  const lines = readFileSync(file, "utf8").trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).line)).toEqual([3, 5, 6]);
  expect(readdirSync(path.dirname(file))).toEqual(["rejects.ndjson"]);
});

test("an id in any script is found, as it is and as JSON writes it", async () => {
  const file = await rejects(["жанна,p1", '{"user_id":"\\u0436\\u0430\\u043d\\u043d\\u0430"', "жаннат,p1"]);
  await forgetRejects(file, ["жанна"]);
  expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(1);
});

test("without rejected rows there is nothing to forget", async () => {
  const file = path.join(tmpdir(), "no-such-folder", "rejects.ndjson");
  await forgetRejects(file, ["ann"]);
  expect(existsSync(file)).toBe(false);
});
