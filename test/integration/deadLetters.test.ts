import { expect, test } from "vitest";
import { decodeChunk } from "../../src/ingest/decodeChunk.js";
import { createStreamWriter } from "../../src/store/streamWriter.js";
import { event, message, OPTIONS } from "../ingest/streams.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { openReplica } from "./shop.js";
import { askAs } from "./steer.js";

const LETTERS = `query ($first: Int, $after: Int, $reason: String) {
  recommendationDeadLetters(first: $first, after: $after, reason: $reason) { id topic offset reason message payload bytes }
  recommendationDeadLetterCounts { reason letters } }`;
const REPLAY = "mutation ($ids: [Int!]!) { replayRecommendationDeadLetters(ids: $ids) { id isBroughtIn why } }";

/** A replica over a shop with two events that came too early, by a clock that was right, and one that is none. */
async function openWithLetters() {
  const database = await createTestDatabase();
  const early = [1, 2].map((n) => message(event(n, { timestamp: OPTIONS.nowMs + 3_600_000 }), { offset: BigInt(n) }));
  const sent = [...early, message("no event", { offset: 3n })];
  await createStreamWriter(database).write({ ...decodeChunk("interactions", sent, OPTIONS), position: null });
  const { server } = await openReplica(database);
  const read = async (variables: object = {}) => (await askAs(server, LETTERS, variables)).data;
  const idsOf = async (variables: object = {}) =>
    (await read(variables)).recommendationDeadLetters.map(({ id }: { id: number }) => id);
  const replay = async (ids: readonly number[]) =>
    (await askAs(server, REPLAY, { ids })).data.replayRecommendationDeadLetters;
  return { server, database, read, idsOf, replay };
}

test("an administrator reads what waits and why, oldest first, page by page and by reason", async () => {
  const { read, idsOf } = await openWithLetters();
  const { recommendationDeadLetters: letters, recommendationDeadLetterCounts: counts } = await read();
  expect(counts).toEqual([
    { reason: "future_timestamp", letters: 2 },
    { reason: "bad_json", letters: 1 },
  ]);
  expect(letters[0]).toMatchObject({ topic: "user-interactions", offset: "1", reason: "future_timestamp" });
  expect(letters[2]).toMatchObject({ offset: "3", reason: "bad_json", payload: "no event", bytes: 8 });
  const [first, second, third] = await idsOf();
  expect(await idsOf({ first: 1, after: first })).toEqual([second]);
  expect(await idsOf({ reason: "bad_json" })).toEqual([third]);
});

test("a reason that cannot be one is the caller's mistake, and no failure of ours", async () => {
  const { server } = await openWithLetters();
  for (const reason of ["", "a\0b", "x".repeat(300)]) {
    const { errors } = await askAs(server, LETTERS, { reason });
    expect(errors[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT" }, path: ["recommendationDeadLetters"] });
  }
});

test("what can be taken by now is brought in once; what cannot goes on waiting, with the reason", async () => {
  const { database, idsOf, replay } = await openWithLetters();
  const [first, second, third] = await idsOf();
  expect(await replay([third, first, first])).toEqual([
    { id: first, isBroughtIn: true, why: null },
    { id: third, isBroughtIn: false, why: expect.stringContaining("JSON") },
  ]);
  expect(await replay([first, 999_999])).toEqual([]);
  expect(await idsOf()).toEqual([second, third]);
  const { rows } = await database.pool.query("SELECT count(*)::int AS n FROM interactions");
  expect(rows).toEqual([{ n: 1 }]);
});

test("nobody but an administrator reads or replays, and not more than a hundred at once", async () => {
  const { server, idsOf } = await openWithLetters();
  const ids = await idsOf();
  for (const query of [LETTERS, REPLAY]) {
    const { errors } = await askAs(server, query, { ids }, "a wrong token");
    for (const { extensions } of errors) expect(extensions.code).toBe("FORBIDDEN");
  }
  const { errors } = await askAs(server, REPLAY, { ids: Array.from({ length: 101 }, (_, i) => i) });
  expect(errors[0].message).toBe("Cannot replay dead letters: at most 100 ids are required, found 101");
  expect(await idsOf()).toEqual(ids);
});
