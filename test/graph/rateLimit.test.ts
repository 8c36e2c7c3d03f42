import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { cannedEngine } from "./cannedEngine.js";
import { counted, openGraph } from "./openGraph.js";

const SECRET = "the first router secret";
const PRODUCTION = { NODE_ENV: "production", ROUTER_SECRET: SECRET };
const router = (more: Record<string, string> = {}) => ({ "router-authorization": SECRET, ...more });
const TRENDING = "{ trendingProducts(first: 1) { listId } }";

/** A server that allows so many requests, in what environment; returns what statuses callers get. */
async function limited(requestsPerMinute: number, env: Record<string, string> = {}) {
  const settings = { ...DEFAULT_SETTINGS, "limits.requestsPerMinute": requestsPerMinute };
  const engine = counted(cannedEngine());
  const graph = await openGraph({ engine, env, settings });
  const statusFor = async (headers: Record<string, string>) => (await graph.query(TRENDING, {}, headers)).status;
  const statusFrom = async (remoteAddress: string) =>
    (await graph.server.inject({ url: "/recommend/u?n=1", remoteAddress })).statusCode;
  return { graph, engine, statusFor, statusFrom };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the rate limit of a caller", () => {
  it("is none by default", async () => {
    const { engine, statusFrom } = await limited(DEFAULT_SETTINGS["limits.requestsPerMinute"]);
    for (let i = 0; i < 50; i++) expect(await statusFrom("192.0.2.1")).toBe(200);
    expect(engine.calls).toHaveLength(50);
  });

  it("refuses what goes beyond with 429, a code and when to come back, and reads nothing of it", async () => {
    const { graph, engine, statusFrom } = await limited(2);
    const broken = { method: "POST", payload: "{ not json", headers: { "content-type": "application/json" } } as const;
    expect([await statusFrom("127.0.0.1"), await statusFrom("127.0.0.1")]).toEqual([200, 200]);
    vi.setSystemTime(Date.now() + 20_500);
    const message = "Cannot answer: too many requests, the next one is answered in 40 s";
    for (const url of ["/graphql", "/interactions", "/recommend/u", "/nowhere"]) {
      const answer = await graph.server.inject({ ...broken, url });
      expect([url, answer.statusCode, answer.headers["retry-after"]]).toEqual([url, 429, "40"]);
      expect(answer.headers["cache-control"]).toBe("no-store");
      const problem = url === "/graphql" ? answer.json().errors[0].extensions : answer.json().error;
      expect([problem.code, answer.body.includes(message)]).toEqual(["RATE_LIMITED", true]);
    }
    expect(engine.calls).toHaveLength(2);
    expect(graph.logged.filter(({ level }) => level !== "debug")).toEqual([]);
  });

  it("ends with the minute that began with the first request", async () => {
    const { statusFrom } = await limited(1);
    expect([await statusFrom("192.0.2.1"), await statusFrom("192.0.2.1")]).toEqual([200, 429]);
    vi.setSystemTime(Date.now() + 60_000);
    expect([await statusFrom("192.0.2.1"), await statusFrom("192.0.2.1")]).toEqual([200, 429]);
  });

  it("does not count what monitors read", async () => {
    const { graph } = await limited(1);
    for (const url of ["/livez", "/readyz", "/metrics", "/livez"]) {
      expect((await graph.server.inject(url)).statusCode).toBe(200);
    }
  });

  it("holds for a shopper, and for an address where nobody is signed in", async () => {
    const { graph, statusFor, statusFrom } = await limited(1);
    expect([await statusFrom("192.0.2.1"), await statusFrom("192.0.2.2")]).toEqual([200, 200]);
    const spoofed = { url: "/recommend/u", remoteAddress: "192.0.2.1", headers: { "x-forwarded-for": "192.0.2.9" } };
    expect((await graph.server.inject(spoofed)).statusCode).toBe(429);
    const production = await limited(1, PRODUCTION);
    const as = (userId: string) => production.statusFor(router({ "x-user-id": userId }));
    expect([await as("u"), await as("v"), await as("u")]).toEqual([200, 200, 429]);
    expect(await statusFor({})).toBe(200);
  });

  it("tells visitors behind the router apart by the address that the router saw", async () => {
    const { statusFor } = await limited(1, PRODUCTION);
    const from = (forwardedFor: string) => statusFor(router({ "x-forwarded-for": forwardedFor }));
    expect([await from("192.0.2.1"), await from("192.0.2.2")]).toEqual([200, 200]);
    expect(await from("192.0.2.77, 192.0.2.1")).toBe(429);
    expect([await statusFor(router()), await statusFor(router())]).toEqual([200, 429]);
  });

  it("holds for those who try tokens or secrets, too", async () => {
    const { statusFor } = await limited(2, PRODUCTION);
    const wrong = { "router-authorization": "wrong" };
    expect([await statusFor(wrong), await statusFor({}), await statusFor(wrong)]).toEqual([401, 401, 429]);
  });

  it("acts at once when it is changed, in either direction", async () => {
    let requestsPerMinute = 0;
    const settings = {
      get "limits.requestsPerMinute"() {
        return requestsPerMinute;
      },
    };
    const graph = await openGraph({ settings });
    const statusAt = async (limit: number) => {
      requestsPerMinute = limit;
      return (await graph.query(TRENDING)).status;
    };
    expect([await statusAt(1), await statusAt(1)]).toEqual([200, 429]);
    expect([await statusAt(10), await statusAt(2), await statusAt(0)]).toEqual([200, 429, 200]);
  });
});
