import { readFile } from "node:fs/promises";
import path from "node:path";
import { MemoryHistories } from "../../src/evaluation/memoryHistories.js";
import { MemoryShop } from "../../src/evaluation/memoryShop.js";
import { readPositives } from "../../src/evaluation/positives.js";
import { findTestFile, readTestSet, type TestCase, type TestProtocol } from "../../src/evaluation/testSet.js";
import { importFolder, NOW_MS } from "../ingest/shopFolder.js";

const FIXTURES = path.resolve(import.meta.dirname, "fixtures");

export function fixture(name: string): string {
  return path.join(FIXTURES, name);
}

/** A folder's shop and test, as an evaluation has them after training. */
export async function openFolder(folder: string, excluded: TestProtocol["excluded"] = "seen", positives = "all") {
  const shop = new MemoryShop(NOW_MS);
  await importFolder(folder, shop);
  const histories = new MemoryHistories(shop);
  const protocol = { isPositive: readPositives(positives), excluded, histories, nowMs: NOW_MS };
  const test = await readTestSet(await findTestFile(folder), protocol);
  return { shop, histories, test };
}

/** Lists of a file, in the order of the cases; an empty one where the file has none. */
export async function readLists(file: string, cases: readonly TestCase[]): Promise<(readonly string[])[]> {
  const lists = new Map<string, readonly string[]>();
  for (const line of (await readFile(file, "utf8")).trim().split("\n")) {
    const { user_id, session, recommendations } = JSON.parse(line);
    lists.set(user_id ?? session, recommendations);
  }
  return cases.map(({ userId, session }) => lists.get(userId ?? session.join(" ")) ?? []);
}
