import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import { resolvers } from "../../src/graph/resolvers.js";
import { entitiesQuery, products, users } from "./entities.js";
import { ADMIN_TOKEN, collectingIntake, openGraph } from "./openGraph.js";
import { AUDIENCE, ISSUER, openAccounts } from "./tokens.js";

const SECRET = "the first router secret";
const NEXT_SECRET = "the next router secret";
const PRODUCTION = { NODE_ENV: "production", ROUTER_SECRET: `${SECRET},${NEXT_SECRET}` };
const router = (more: Record<string, string> = {}) => ({ "router-authorization": SECRET, ...more });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const LISTS = entitiesQuery("similarProducts { nodes { id } }", "recommendations { nodes { id } }");
const both = { representations: [...products("x"), ...users("u")] };
const BREAKDOWN = "{ trendingProducts(first: 1) { nodes { id } edges { breakdown { signal contribution } } } }";
const RECORD = `mutation ($userId: ID) { recordInteractions(events: [{ userId: $userId, sessionId: "s", productId: "x", action: VIEW, timestamp: "2026-01-01T00:00:00Z" }]) { accepted } }`;
const UNAUTHENTICATED = {
  errors: [{ message: "Cannot answer: authentication is required", extensions: { code: "UNAUTHENTICATED" } }],
};

async function expectOwnListOnly(graph: Awaited<ReturnType<typeof openGraph>>, headers: Record<string, string>) {
  const { status, data, errors } = await graph.query(
    LISTS,
    { representations: [...products("x"), ...users("u", "v")] },
    headers,
  );
  expect(status).toBe(200);
  expect(data._entities[0].similarProducts.nodes).toHaveLength(10);
  expect(data._entities[1].recommendations.nodes).toHaveLength(10);
  expect(data._entities[2]).toEqual({ __typename: "User", id: "v", recommendations: null });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]).toMatchObject({ path: ["_entities", 2, "recommendations"], extensions: { code: "FORBIDDEN" } });
}

describe("in development", () => {
  it("anybody reads any shopper's list and records for any shopper", async () => {
    const graph = await openGraph();
    expect((await graph.query(LISTS, both)).errors).toBeUndefined();
    expect((await graph.query(RECORD, { userId: "anybody" })).data.recordInteractions.accepted).toBe(1);
    expect((await graph.server.inject("/recommend/u")).statusCode).toBe(200);
    expect((await graph.query("{ _service { sdl } __schema { queryType { name } } }")).errors).toBeUndefined();
  });

  it("a breakdown needs the admin token: FORBIDDEN on that field alone without it", async () => {
    const graph = await openGraph();
    const { data, errors } = await graph.query(BREAKDOWN);
    expect(data.trendingProducts).toEqual({ nodes: [{ id: "p0" }], edges: [{ breakdown: null }] });
    expect(errors?.[0].extensions.code).toBe("FORBIDDEN");
    expect((await graph.query(BREAKDOWN, {}, bearer(`${ADMIN_TOKEN}x`))).errors).toHaveLength(1);
    const allowed = await graph.query(BREAKDOWN, {}, bearer(ADMIN_TOKEN));
    expect(allowed.data.trendingProducts.edges[0].breakdown).toEqual([{ signal: "collaborative", contribution: 0.5 }]);
  });

  it("a wrong router secret is refused, because production would refuse it", async () => {
    const graph = await openGraph({ env: { ROUTER_SECRET: SECRET } });
    expect((await graph.query(LISTS, both, router())).status).toBe(200);
    expect((await graph.query(LISTS, both, { "router-authorization": "wrong" })).status).toBe(401);
  });
});

describe("in production with a router secret", () => {
  it("everything but what monitors read needs the secret, and says no more than that", async () => {
    const graph = await openGraph({ env: PRODUCTION });
    for (const headers of [{}, { "router-authorization": "wrong" }, { "x-user-id": "u" }, bearer(ADMIN_TOKEN)]) {
      const answer = await graph.query(LISTS, both, headers as Record<string, string>);
      expect([answer.status, JSON.parse(answer.text), answer.cacheControl]).toEqual([401, UNAUTHENTICATED, "no-store"]);
      const get = (url: string) => graph.server.inject({ url, headers });
      for (const url of ["/recommend/u", "/api/recommend/u", "/graphql", "/nowhere", "/livez/x"]) {
        expect([url, (await get(url)).statusCode]).toEqual([url, 401]);
      }
      expect((await get("/livez")).statusCode).toBe(200);
      expect((await get("/readyz?verbose")).statusCode).toBe(200);
      expect((await get("/metrics")).statusCode).toBe(200);
    }
  });

  it("a body is not even read for a stranger", async () => {
    const graph = await openGraph({ env: PRODUCTION });
    const headers = { "content-type": "application/json" };
    const answer = await graph.server.inject({ method: "POST", url: "/graphql", payload: "{ not json", headers });
    expect(answer.statusCode).toBe(401);
  });

  it("both secrets are good during a rotation, and an old one is not", async () => {
    const graph = await openGraph({ env: PRODUCTION });
    for (const secret of [SECRET, NEXT_SECRET]) {
      expect((await graph.query(LISTS, both, { "router-authorization": secret })).status).toBe(200);
    }
    const rotated = await openGraph({ env: { ...PRODUCTION, ROUTER_SECRET: NEXT_SECRET } });
    expect((await rotated.query(LISTS, both, router())).status).toBe(401);
  });

  it("a shopper reads their own list and no other, and everybody reads a product's", async () => {
    const graph = await openGraph({ env: PRODUCTION });
    await expectOwnListOnly(graph, router({ "x-user-id": "u" }));
    expect((await graph.query(LISTS, both, router())).data._entities[1].recommendations).toBeNull();
    const plain = (userId: string) =>
      graph.server.inject({ url: `/recommend/${userId}`, headers: router({ "x-user-id": "u" }) });
    expect((await plain("u")).statusCode).toBe(200);
    expect((await plain("v")).statusCode).toBe(403);
  });

  it("scopes open what they name and nothing else", async () => {
    const graph = await openGraph({ env: PRODUCTION });
    const withScopes = (scopes: string) => router({ "x-user-scopes": scopes });
    const reads = async (scopes: string) => (await graph.query(LISTS, both, withScopes(scopes))).errors === undefined;
    const writes = async (scopes: string) =>
      (await graph.query(RECORD, { userId: "v" }, withScopes(scopes))).errors === undefined;
    const sees = async (scopes: string) => (await graph.query(BREAKDOWN, {}, withScopes(scopes))).errors === undefined;
    expect([
      await reads("a recommendations:read:any"),
      await reads("recommendations:read recommendations:admin"),
    ]).toEqual([true, false]);
    expect([await writes("interactions:write"), await writes("recommendations:read:any")]).toEqual([true, false]);
    expect([await sees("recommendations:admin"), await sees("recommendations:read:any")]).toEqual([true, false]);
  });

  it("a shopper records their own interactions, a visitor those of a session, nobody another's", async () => {
    const intake = collectingIntake();
    const graph = await openGraph({ env: PRODUCTION, intake });
    const record = (userId: string | null, headers: Record<string, string>) =>
      graph.query(RECORD, { userId }, router(headers));
    expect((await record("u", { "x-user-id": "u" })).data.recordInteractions.accepted).toBe(1);
    expect((await record(null, {})).data.recordInteractions.accepted).toBe(1);
    expect(intake.events).toHaveLength(2);
    const { data, errors } = await record("v", { "x-user-id": "u" });
    expect([data, errors?.[0].extensions.code]).toEqual([null, "FORBIDDEN"]);
    expect(intake.events).toHaveLength(2);
  });

  it("the admin token of development opens nothing", async () => {
    const graph = await openGraph({ env: PRODUCTION });
    const { errors } = await graph.query(BREAKDOWN, {}, router(bearer(ADMIN_TOKEN)));
    expect(errors?.[0].extensions.code).toBe("FORBIDDEN");
  });

  it("a user id that no shopper can have is refused", async () => {
    const graph = await openGraph({ env: PRODUCTION });
    expect((await graph.query(LISTS, both, router({ "x-user-id": "x".repeat(300) }))).status).toBe(401);
  });
});

describe("the fields that are for everybody", () => {
  const PUBLIC = ["trendingProducts", "sessionRecommendations", "recordInteractions"];

  it("are named here; every other query and mutation is refused without the admin scope, before it asks for anything", async () => {
    const stranger = { canReadAnyUser: true, canWriteAnyUser: true, canReadSchema: true, isViaRouter: true };
    const caller = { ...stranger, userId: "u", isAdmin: false };
    const fields = Object.entries({ ...resolvers.Query, ...resolvers.Mutation });
    const guarded = fields.filter(([name]) => !PUBLIC.includes(name));
    expect(guarded.length).toBe(fields.length - PUBLIC.length);
    for (const [name, resolve] of guarded) {
      const ask = async () => (resolve as (...args: unknown[]) => unknown)({}, {}, { caller });
      await expect(ask(), name).rejects.toMatchObject({ extensions: { code: "FORBIDDEN" } });
    }
  });
});

describe("in production with tokens", () => {
  it("the token says who reads, and identity headers are not believed", async () => {
    const accounts = await openAccounts();
    const graph = await openGraph({ env: { NODE_ENV: "production", ...accounts.env } });
    const token = await accounts.sign({ sub: "u" });
    await expectOwnListOnly(graph, bearer(token));
    await expectOwnListOnly(graph, { ...bearer(token), "x-user-id": "v", "x-user-scopes": "recommendations:read:any" });
    const reader = await accounts.sign({ sub: "service", scope: "x recommendations:read:any" });
    expect((await graph.query(LISTS, both, bearer(reader))).errors).toBeUndefined();
  });

  it("a token that is not good in every respect is refused without a word why", async () => {
    const accounts = await openAccounts();
    const graph = await openGraph({ env: { NODE_ENV: "production", ...accounts.env } });
    const claims = { sub: "u", scope: "recommendations:read:any" };
    const stranger = await generateKeyPair("RS256");
    const good = () => new SignJWT(claims).setIssuer(ISSUER).setAudience(AUDIENCE).setExpirationTime("5m");
    const bad: Record<string, string> = {
      "alg none": new UnsecuredJWT(claims).setIssuer(ISSUER).setAudience(AUDIENCE).setExpirationTime("5m").encode(),
      "HS256 with the public key": await good()
        .setProtectedHeader({ alg: "HS256", kid: "test" })
        .sign(new TextEncoder().encode(accounts.publicKeyText)),
      "another audience": await accounts.sign(claims, { audience: "another service" }),
      "another issuer": await accounts.sign(claims, { issuer: "https://evil.example" }),
      expired: await accounts.sign(claims, { expiresIn: Math.floor(Date.now() / 1000) - 60 }),
      "not yet valid": await accounts.sign({ ...claims, nbf: Math.floor(Date.now() / 1000) + 600 }),
      "without an end": await new SignJWT(claims)
        .setProtectedHeader({ alg: "RS256", kid: "test" })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .sign(accounts.privateKey),
      "another's key": await good().setProtectedHeader({ alg: "RS256", kid: "test" }).sign(stranger.privateKey),
      "an unknown key": await accounts.sign(claims, { kid: "unknown" }),
      "a broken shopper": await accounts.sign({ sub: "a\0b" }),
      "an algorithm that is not agreed on": await accounts.sign(claims, { algorithm: "RS512" }),
      garbage: "x.y.z",
      "of 100 kB": await accounts.sign({ ...claims, padding: "x".repeat(75_000) }, { kid: "unknown" }),
    };
    for (const [name, token] of Object.entries(bad)) {
      const answer = await graph.query(LISTS, both, bearer(token));
      expect([name, answer.status, JSON.parse(answer.text)]).toEqual([name, 401, UNAUTHENTICATED]);
    }
    expect((await graph.query(LISTS, both)).status).toBe(401);
  });

  it("a token of 100 kB is refused before anybody looks at it, with a code", async () => {
    const accounts = await openAccounts();
    const graph = await openGraph({ env: { NODE_ENV: "production", ...accounts.env } });
    const address = await graph.server.listen();
    const answer = await fetch(`${address}/recommend/u`, { headers: bearer("x".repeat(100_000)) });
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([431, "no-store"]);
    const message = "Cannot answer: headers of at most 16384 bytes are required";
    expect(await answer.json()).toEqual({ error: { code: "HEADERS_TOO_LARGE", message } });
    expect((await fetch(`${address}/livez`)).status).toBe(200);
  });

  it("clocks may differ by half a minute", async () => {
    const accounts = await openAccounts();
    const graph = await openGraph({ env: { NODE_ENV: "production", ...accounts.env } });
    const token = await accounts.sign({ sub: "u" }, { expiresIn: Math.floor(Date.now() / 1000) - 10 });
    expect((await graph.query(LISTS, both, bearer(token))).status).toBe(200);
  });

  it("keys that cannot be fetched are our trouble, not the shopper's: 503, in the log, no sign-out", async () => {
    const accounts = await openAccounts();
    const graph = await openGraph({ env: { NODE_ENV: "production", ...accounts.env } });
    const token = await accounts.sign({ sub: "u" });
    await accounts.close();
    const { status, errors } = await graph.query(LISTS, both, bearer(token));
    expect([status, errors?.[0].extensions.code]).toEqual([503, "AUTHENTICATION_UNAVAILABLE"]);
    expect(graph.logged.filter((line) => line.level === "error")).toHaveLength(1);
  });
});

describe("the schema in production", () => {
  const SCHEMA_QUERIES = [
    "{ __schema { queryType { name } } }",
    '{ __type(name: "Product") { name } }',
    "{ _service { sdl } }",
    "query { ...hidden } fragment hidden on Query { ... on Query { _service { sdl } } }",
  ];

  it("is shown to the router", async () => {
    const graph = await openGraph({ env: PRODUCTION });
    for (const query of SCHEMA_QUERIES) expect((await graph.query(query, {}, router())).errors).toBeUndefined();
  });

  it("is not shown to a shopper with a token, whichever way they ask", async () => {
    const accounts = await openAccounts();
    const graph = await openGraph({ env: { ...PRODUCTION, ...accounts.env } });
    const token = await accounts.sign({ sub: "u" });
    for (const query of SCHEMA_QUERIES) {
      const { status, data, errors } = await graph.query(query, {}, bearer(token));
      expect([query, status, data, errors?.[0].extensions.code]).toEqual([query, 403, undefined, "FORBIDDEN"]);
    }
    const trending = await graph.query(
      "{ __typename trendingProducts { nodes { __typename id } } }",
      {},
      bearer(token),
    );
    expect(trending.errors).toBeUndefined();
  });
});
