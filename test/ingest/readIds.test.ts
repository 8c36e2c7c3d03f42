import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readIds } from "../../src/ingest/readIds.js";
import { shopFolder } from "./shopFolder.js";

async function idsIn(name: string, content: string | Uint8Array): Promise<readonly string[]> {
  return readIds(path.join(await shopFolder({ [name]: content }), name), "user_id");
}

test("one id a line, each once, in the order of the file", async () => {
  expect(await idsIn("users.txt", "bob\r\n\nann, the second\nbob\n007")).toEqual(["bob", "ann, the second", "007"]);
});

test("a table's column, wherever it stands", async () => {
  expect(await idsIn("users.csv", '\ufeffname,"user_id"\nBob,b\n"Ann, the second",a\n')).toEqual(["b", "a"]);
  expect(await idsIn("users.csv", "user_id\nb\na\nb\n")).toEqual(["b", "a"]);
  expect(await idsIn("users.ndjson", '{"user_id": 7}\n{"user_id": "a"}\n')).toEqual(["7", "a"]);
});

test("packed like any other file", async () => {
  expect(await idsIn("users.csv.gz", gzipSync("user_id\nb\n"))).toEqual(["b"]);
  expect(await idsIn("users.txt.gz", gzipSync("b\na\n"))).toEqual(["b", "a"]);
});

test("a file without ids, a line that holds none, and a file that is not there are refused", async () => {
  await expect(idsIn("users.txt", "\n")).rejects.toThrow("users.txt: at least one user_id is required, found none");
  await expect(idsIn("users.txt", `a\n${"x".repeat(300)}\n`)).rejects.toThrow(/users\.txt, line 2: .*longer than 256/);
  await expect(idsIn("users.csv", "user_id,name\n,Bob\n")).rejects.toThrow(/users\.csv, line 2: .*found nothing/);
  await expect(readIds("/nowhere/users.txt", "user_id")).rejects.toThrow(
    "Cannot read /nowhere/users.txt: a readable file is required",
  );
});

test("what is no UTF-8 is refused by its line, in a list and in a table", async () => {
  const latin = (text: string) => Buffer.from(text, "latin1");
  const required = /UTF-8 is required, found bytes that are none/;
  await expect(idsIn("users.txt", latin("ann\nzo\xe9\n"))).rejects.toThrow(/users\.txt, line 2: UTF-8 is required/);
  await expect(idsIn("users.txt", Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x0a, 0x00]))).rejects.toThrow(required);
  await expect(idsIn("users.csv", latin("user_id,name\na,zo\xe9\n"))).rejects.toThrow(/line 2: .*UTF-8 is required/);
  await expect(idsIn("users.ndjson", latin('{"user_id":"zo\xe9"}\n'))).rejects.toThrow(required);
});
