import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { MemoryShop } from "../../src/evaluation/memoryShop.js";
import { trainForEvaluation } from "../../src/evaluation/trainForEvaluation.js";
import { importShop } from "../../src/ingest/importShop.js";
import { loadBackend } from "../../src/scorer/backend.js";
import { createBulkWriter } from "../../src/store/bulkWriter.js";
import { createModelStore } from "../../src/store/modelStore.js";
import { startCommand } from "../tools/command.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { openReplica, train } from "./shop.js";

const SAMPLE_SHOP = path.resolve(import.meta.dirname, "../../data/online-retail");
const folder = mkdtempSync(path.join(tmpdir(), "evaluate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same order for both shops; both see the same clock. */
const order = {
  folder: SAMPLE_SHOP,
  shiftToNow: false,
  nowMs: Date.now(),
  onProgress: () => {},
  rejectsPath: path.join(folder, "rejects.ndjson"),
};
const database = await createTestDatabase();
await importShop({ ...order, writer: createBulkWriter(database) });
const { version } = await train(database);

test("the sample shop gives the same model bytes through the database and in an evaluation", {
  timeout: 300_000,
}, async () => {
  const shop = new MemoryShop(order.nowMs);
  await importShop({ ...order, writer: shop });
  const backend = await loadBackend({ choice: "wasm", nativeDir: null });
  const evaluated = await trainForEvaluation(shop, { settings: DEFAULT_SETTINGS, backend });
  const served = await createModelStore(database).loadArtifact(version);
  expect(Buffer.compare(evaluated, served)).toBe(0);
});

test("200 shoppers get the same ids and scores over _entities and from `recommend --users`", async () => {
  const { rows } = await database.pool.query<{ user_id: string }>(
    "SELECT user_id FROM interactions WHERE user_id IS NOT NULL GROUP BY 1 ORDER BY md5(user_id) LIMIT 199",
  );
  const userIds = [...rows.map((row) => row.user_id), "nobody knows this shopper"];
  const users = path.join(folder, "users.txt");
  const out = path.join(folder, "lists.ndjson");
  writeFileSync(users, `${userIds.join("\n")}\n`);
  const environment = { DATABASE_URL: database.url, TF_BACKEND: "wasm" };
  const { code, stderr } = await startCommand(["recommend", "--users", users, "--out", out], environment).ended;
  expect(code, stderr).toBe(0);
  const lines = readFileSync(out, "utf8").trim().split("\n");

  const { server } = await openReplica(database);
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User {
    id recommendations(first: 20) { edges { score node { id } } } } } }`;
  const variables = { r: userIds.map((id) => ({ __typename: "User", id })) };
  const answer = await server.inject({ method: "POST", url: "/graphql", payload: { query, variables } });
  const asked = answer.json().data._entities.map((user: AskedUser) => ({
    user_id: user.id,
    recommendations: user.recommendations.edges.map((edge) => edge.node.id),
    scores: user.recommendations.edges.map((edge) => edge.score),
  }));
  expect(lines.map((line) => JSON.parse(line))).toEqual(asked);
  expect(asked.length).toBe(200);
  for (const { recommendations } of asked) expect(recommendations.length).toBe(20);
});

interface AskedUser {
  readonly id: string;
  readonly recommendations: { readonly edges: readonly { score: number; node: { id: string } }[] };
}
