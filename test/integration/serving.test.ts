import { expect, test } from "vitest";
import type { Database } from "../../src/store/database.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { fillTwoCircles, idsOf, listsFor, openReplica, train } from "./shop.js";

const database = await createTestDatabase();
await fillTwoCircles(database);
await train(database);

const record = `mutation ($events: [InteractionInput!]!) { recordInteractions(events: $events) { accepted duplicates rejected { reason } } }`;

test("a shopper gets what their circle buys, with the reason and the product that carried it", async () => {
  const { server } = await openReplica(database);
  const [tea, garden] = await listsFor(server, ["s0", "s1"], 1);
  expect(tea).toMatchObject({ source: "PERSONALIZED", modelVersion: expect.any(String) });
  expect(idsOf(tea)).toEqual(["teapot"]);
  expect(idsOf(garden)).toEqual(["spade"]);
  expect(tea.edges[0].reason).toBe("BECAUSE_YOU_BOUGHT");
  expect(["teacup", "saucer", "strainer", "sugar bowl"]).toContain(tea.edges[0].because?.id);
});

test("a purchase recorded a moment ago changes the next list, without a training, and counts once", async () => {
  const { server } = await openReplica(database);
  const [before] = await listsFor(server, ["newcomer"]);
  expect(before.source).toBe("FALLBACK_TRENDING");

  const event = { userId: "newcomer", productId: "rake", action: "PURCHASE", timestamp: "2026-03-01T10:00:00Z" };
  const send = async () =>
    (
      await server.inject({
        method: "POST",
        url: "/graphql",
        payload: { query: record, variables: { events: [event] } },
      })
    ).json();
  expect((await send()).data.recordInteractions).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
  expect((await send()).data.recordInteractions).toEqual({ accepted: 0, duplicates: 1, rejected: [] });

  const [after] = await listsFor(server, ["newcomer"]);
  expect(after.source).toBe("PERSONALIZED");
  expect(idsOf(after)).not.toContain("rake");
  for (const id of idsOf(after)) expect(["spade", "hose", "gloves", "seeds"]).toContain(id);
});

test("1 and 500 shoppers cost the same statements, and a scorer call per 128 lists", async () => {
  const statements: string[] = [];
  const { server, scorerCalls } = await openReplica(counting(database, statements));
  const costOf = async (userIds: string[]) => {
    statements.length = 0;
    scorerCalls.length = 0;
    await listsFor(server, userIds);
    return { statements: [...statements], scorerCalls: scorerCalls.length };
  };
  const one = await costOf(["s0"]);
  const many = await costOf(Array.from({ length: 500 }, (_, i) => `s${i}`));
  expect(one.statements).toEqual(["shopper-histories"]);
  expect(many.statements).toEqual(one.statements);
  expect([one.scorerCalls, many.scorerCalls]).toEqual([1, Math.ceil(500 / 128)]);
});

test("a product that is hidden is gone after the next refresh, and comes back when it is shown", async () => {
  const { server, state } = await openReplica(database);
  const show = async (isAvailable: boolean) => {
    const touched = "changed_xid = pg_current_xact_id()::text::bigint";
    await database.pool.query(`UPDATE products SET is_available = $1, ${touched} WHERE product_id = 'teapot'`, [
      isAvailable,
    ]);
    await state.refresh();
    return idsOf((await listsFor(server, ["s0"], 10))[0]);
  };
  expect(await show(false)).not.toContain("teapot");
  expect(await show(true)).toContain("teapot");
});

test("a setting acts on the next list", async () => {
  const { server, state } = await openReplica(database);
  await database.pool.query(`INSERT INTO settings (parameter_name, value) VALUES ('exclude.purchased', 'false')`);
  await state.refresh();
  expect(idsOf((await listsFor(server, ["s0"], 10))[0]).length).toBe(10);
  await database.pool.query("DELETE FROM settings");
});

test("a new model is taken over; a damaged one is refused once and the last good one goes on serving", async () => {
  const { server, state, events } = await openReplica(database);
  const good = state.modelVersion;
  const { version } = await train(database);
  await database.pool.query(
    "UPDATE model_chunks SET bytes = set_byte(bytes, 200, 1 - get_byte(bytes, 200) % 2) WHERE version = $1",
    [version],
  );
  await state.refresh();
  await state.refresh();
  expect(events.filter(({ kind }) => kind === "modelRefused")).toEqual([
    { kind: "modelRefused", version: String(version), error: expect.objectContaining({ code: "MODEL_DAMAGED" }) },
  ]);
  expect((await listsFor(server, ["s0"]))[0].modelVersion).toBe(good);

  const next = await train(database);
  await state.refresh();
  expect((await listsFor(server, ["s0"]))[0].modelVersion).toBe(String(next.version));

  // A replica that starts while the active model is damaged serves the newest that is whole.
  await database.pool.query("DELETE FROM model_chunks WHERE version = $1", [next.version]);
  const late = await openReplica(database);
  expect(late.state.modelVersion).toBe(good);
});

test("without its database a replica answers from the ladder and says so, and personal lists return with it", async () => {
  const away = { isAway: false };
  const { server, state } = await openReplica(interruptible(database, away));
  away.isAway = true;
  const [list] = await listsFor(server, ["s0"]);
  expect(list.source).toBe("FALLBACK_TRENDING");
  expect(list.edges.length).toBe(3);
  await expect(state.refresh()).rejects.toThrow("away");
  away.isAway = false;
  expect((await listsFor(server, ["s0"]))[0].source).toBe("PERSONALIZED");
});

/** The same database, writing down the name of every statement of its pool. */
function counting(real: Database, statements: string[]): Database {
  return withQuery(real, (statement) => {
    statements.push(typeof statement === "string" ? statement : (statement as { name: string }).name);
  });
}

function interruptible(real: Database, switchBoard: { readonly isAway: boolean }): Database {
  return withQuery(real, () => {
    if (switchBoard.isAway) throw new Error("the database is away");
  });
}

function withQuery(real: Database, before: (statement: unknown) => void): Database {
  const query = async (statement: never, values?: never) => {
    before(statement);
    return real.pool.query(statement, values);
  };
  const pool = new Proxy(real.pool, {
    get: (target, key) => (key === "query" ? query : Reflect.get(target, key, target)),
  });
  const prisma = new Proxy(real.prisma, {
    get: (target, key) => {
      before("prisma");
      return Reflect.get(target, key, target);
    },
  });
  return { ...real, pool, prisma };
}
