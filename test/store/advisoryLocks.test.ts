import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { LOCK } from "../../src/store/advisoryLocks.js";

test("every lock has a number of its own, and the store takes none that is not named", () => {
  const numbers = Object.values(LOCK);
  expect(new Set(numbers).size).toBe(numbers.length);
  const folder = path.resolve(import.meta.dirname, "../../src/store");
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && file !== "advisoryLocks.ts");
  const strays = files.filter((file) => /\b722_?\d{3}\b/.test(readFileSync(path.join(folder, file), "utf8")));
  expect(strays).toEqual([]);
});
