import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { requireWritable } from "../../src/evaluation/writeLists.js";
import { shopFolder } from "../ingest/shopFolder.js";

test("a file that is there or can be made is taken, before any work", async () => {
  const folder = await shopFolder({ "lists.ndjson": "" });
  await requireWritable(path.join(folder, "lists.ndjson"));
  await requireWritable(path.join(folder, "new.ndjson"));
});

test.each([
  ["a folder", (folder: string) => folder, /a writable file is required, found a folder/],
  ["what would be a folder", (folder: string) => path.join(folder, "out/"), /found a folder/],
  ["a file in no folder", (folder: string) => path.join(folder, "nowhere", "out"), /found ENOENT/],
  ["a file below a file", (folder: string) => path.join(folder, "file", "out"), /a writable file is required, found E/],
])("%s is refused before any work", async (_, fileIn, message) => {
  const folder = await shopFolder({});
  writeFileSync(path.join(folder, "file"), "");
  await expect(requireWritable(fileIn(folder))).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: expect.stringMatching(message),
  });
});
