import { beforeEach, expect, onTestFinished, test } from "vitest";
import { openAdministration } from "../../src/commands/openAdministration.js";
import type { Administration } from "../../src/domain/administration.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { createSettingsSource } from "../../src/store/settingsSource.js";
import { ADMIN_TOKEN, openGraph } from "../graph/openGraph.js";
import { interaction } from "../store/interactions.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const database = await createTestDatabase();
const forgotten: (readonly string[])[] = [];
const { administration, desk } = openAdministration(
  database,
  createSettingsSource(database, () => {}),
  {
    forgetFiles: async (names) => {
      forgotten.push(names);
    },
    onEvent: () => {},
  },
);
const ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` };
const openDoors = () => openGraph({ admin: administration as Administration });

beforeEach(async () => {
  await database.pool.query("TRUNCATE interactions, interaction_receipts, users, shopper_aliases, shopper_tombstones");
  await createInteractionWriter(database).write([interaction({ userId: "guest" })]);
  onTestFinished(() => {
    forgotten.length = 0;
  });
});

const MERGE = `mutation ($user: ID, $session: ID) { mergeUsers(fromUserId: $user, fromSessionId: $session, into: "ann") {
  __typename ... on UsersMerged { userId movedInteractions } ... on InvalidInput { field message } } }`;
const ERASE = `mutation ($id: ID!) { eraseUser(userId: $id) {
  __typename ... on UserErased { erasedInteractions } ... on InvalidInput { field } } }`;
const EXPORT = `{ exportUser(userId: "ann") { ... on UserExport {
  userId isPersonalizationAllowed aliases { kind id } interactions { productId action } } } }`;

test("GraphQL merges, exports and erases for administrators", async () => {
  const { query } = await openDoors();
  const merged = await query(MERGE, { user: "guest" }, ADMIN);
  expect(merged.data.mergeUsers).toEqual({ __typename: "UsersMerged", userId: "ann", movedInteractions: 1 });
  expect((await query(EXPORT, {}, ADMIN)).data.exportUser).toEqual({
    userId: "ann",
    isPersonalizationAllowed: true,
    aliases: [{ kind: "user", id: "guest" }],
    interactions: [{ productId: "teapot", action: "purchase" }],
  });
  const erased = await query(ERASE, { id: "ann" }, ADMIN);
  expect(erased.data.eraseUser).toEqual({ __typename: "UserErased", erasedInteractions: 1 });
  expect(forgotten).toEqual([["ann", "guest"]]);
});

test("GraphQL answers what cannot be with what is required", async () => {
  const { query } = await openDoors();
  const both = await query(MERGE, { user: "guest", session: "visit" }, ADMIN);
  expect(both.data.mergeUsers).toMatchObject({ __typename: "InvalidInput", field: "from" });
  expect((await query(MERGE, { user: "ann" }, ADMIN)).data.mergeUsers).toMatchObject({ field: "into" });
  expect((await query(ERASE, { id: "" }, ADMIN)).data.eraseUser).toEqual({
    __typename: "InvalidInput",
    field: "userId",
  });
});

test("HTTP does the same", async () => {
  const { server } = await openDoors();
  const call = async (method: "POST" | "PUT" | "GET" | "DELETE", url: string, payload?: object) => {
    const answer = await server.inject({ method, url, payload, headers: ADMIN });
    return { status: answer.statusCode, body: answer.json() };
  };
  expect(await call("POST", "/users/ann/merge", { from_user_id: "guest" })).toEqual({
    status: 200,
    body: { user_id: "ann", moved_interactions: 1 },
  });
  expect(await call("POST", "/users/guest/merge", { from_user_id: "ann" })).toMatchObject({ status: 409 });
  expect(await call("POST", "/users/ann/merge", {})).toMatchObject({ status: 400 });
  for (const from_user_id of [{ id: "ann" }, 1.5, true, ["ann"]]) {
    expect(await call("POST", "/users/ann/merge", { from_user_id })).toMatchObject({ status: 400 });
  }
  expect(await call("POST", "/users/42/merge", { from_user_id: 42 })).toMatchObject({ status: 409 });
  expect(await call("PUT", "/users/ann/personalization", { allowed: false })).toMatchObject({
    body: { allowed: false },
  });
  expect(await call("PUT", "/users/ann/personalization", { allowed: "no" })).toMatchObject({ status: 400 });
  expect(await call("GET", "/users/ann/export")).toMatchObject({
    status: 200,
    body: { userId: "ann", isPersonalizationAllowed: false, interactions: [{ productId: "teapot" }] },
  });
  expect(await call("DELETE", "/users/ann")).toMatchObject({ status: 200, body: { erased_interactions: 1 } });
});

test("nobody but administrators may, but a shopper says for themselves whether lists are personal", async () => {
  const { query, server } = await openGraph({
    admin: administration as Administration,
    env: { NODE_ENV: "production", ROUTER_SECRET: "a-secret-of-the-router", DATABASE_URL: "postgres://host/shop" },
  });
  const ann = { "router-authorization": "a-secret-of-the-router", "x-user-id": "ann" };
  for (const [text, variables] of [
    [MERGE, { user: "guest" }],
    [ERASE, { id: "ann" }],
    [EXPORT, {}],
  ] as const) {
    expect((await query(text, variables, ann)).errors?.[0].extensions.code).toBe("FORBIDDEN");
  }
  for (const [method, url] of [
    ["POST", "/users/ann/merge"],
    ["DELETE", "/users/ann"],
    ["GET", "/users/ann/export"],
  ] as const) {
    expect((await server.inject({ method, url, headers: ann })).statusCode).toBe(403);
  }
  const SET = `mutation ($id: ID!) { setPersonalization(userId: $id, allowed: false) { ... on PersonalizationSet { allowed } } }`;
  expect((await query(SET, { id: "ann" }, ann)).data.setPersonalization).toEqual({ allowed: false });
  expect((await query(SET, { id: "bob" }, ann)).errors?.[0].extensions.code).toBe("FORBIDDEN");
  const ofBob = {
    method: "PUT",
    url: "/users/bob/personalization",
    payload: { allowed: false },
    headers: ann,
  } as const;
  expect((await server.inject(ofBob)).statusCode).toBe(403);
});

test("commands of the topic act once, are refused with reasons, and what is kept of them names nobody who was erased", async () => {
  const send = (commandId: string, type: string, body: Record<string, unknown>) =>
    desk.submit({ commandId, type, body, door: "kafka", issuedBy: null, issuedAtMs: null, isVerified: false });
  expect(await send("c1", "merge_users", { from_user_id: "guest", into_user_id: "ann" })).toMatchObject({
    status: "accepted",
    outcome: { movedInteractions: 1 },
  });
  expect(await send("c2", "merge_users", { into_user_id: "ann" })).toMatchObject({ status: "refused" });
  expect(await send("c3", "set_personalization", { user_id: "ann", allowed: false })).toMatchObject({
    status: "accepted",
  });
  expect(await send("c4", "set_personalization", { user_id: "ann" })).toMatchObject({
    status: "refused",
    outcome: { field: "allowed" },
  });
  expect(await send("c5", "erase_user", { user_id: "ann" })).toMatchObject({
    status: "accepted",
    outcome: { erasedInteractions: 1 },
  });
  const { rows } = await database.pool.query(
    "SELECT command_id, body::text || outcome::text AS text FROM admin_commands",
  );
  for (const { text } of rows) expect(text).not.toMatch(/ann|guest/);
  expect(rows).toHaveLength(5);
});
