import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { RecommenderError } from "../../src/domain/errors.js";
import { collectingIntake, openGraph } from "./openGraph.js";

const ROUTER = "the-secret-of-the-router";
const PRODUCTION = { NODE_ENV: "production", DATABASE_URL: "postgresql://db/shop", ROUTER_SECRET: ROUTER };
const JSON_TYPE = { "content-type": "application/json" };
const view = { user_id: "u", product_id: "x", action_type: "view", timestamp: "2026-05-01T12:00:00Z" };

type Graph = Awaited<ReturnType<typeof openGraph>>;

function post({ server }: Graph, payload: unknown, headers: Record<string, string> = JSON_TYPE) {
  const body = typeof payload === "string" ? payload : JSON.stringify(payload);
  return server.inject({ method: "POST", url: "/interactions", payload: body, headers });
}

describe("POST /interactions", () => {
  it("answers what became of the events, and how many were rejected", async () => {
    const rejected = [{ index: 1, reason: "bad_timestamp", message: "Cannot take timestamp: …" }];
    const recordBody = async () => ({ accepted: 1, duplicates: 2, rejected, nRejected: 3 });
    const graph = await openGraph({ intake: { ...collectingIntake(), recordBody } });
    const answer = await post(graph, [view]);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.json()).toEqual({ accepted: 1, duplicates: 2, rejected, rejected_count: 3 });
  });

  it.each([
    ["application/json", "json"],
    ["application/json; charset=utf-8", "json"],
    ["application/x-ndjson", "ndjson"],
    ["Application/X-NDJSON", "ndjson"],
  ])("hands over the bytes of %s as %s", async (type, expected) => {
    const seen: unknown[] = [];
    const recordBody = async (body: Buffer, format: string) => {
      seen.push(body.toString(), format);
      return { accepted: 0, duplicates: 0, rejected: [], nRejected: 0 };
    };
    const graph = await openGraph({ intake: { ...collectingIntake(), recordBody } });
    await post(graph, "🫖\n", { "content-type": type });
    expect(seen).toEqual(["🫖\n", expected]);
  });

  it.each([
    ["text/plain", { "content-type": "text/plain" }],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["nothing said", {}],
  ])("refuses a body of another type: %s", async (_name, headers) => {
    const answer = await post(await openGraph(), "[]", headers as Record<string, string>);
    expect([answer.statusCode, answer.json().error.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
  });

  it("without a body is refused", async () => {
    const answer = await (await openGraph()).server.inject({ method: "POST", url: "/interactions" });
    expect([answer.statusCode, answer.json().error.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
  });

  it("takes five megabytes and refuses more, whatever the sender says of the length", async () => {
    const graph = await openGraph();
    const events = (nBytes: number) => `[${" ".repeat(nBytes - 2)}]`;
    expect((await post(graph, events(5 * 1_048_576))).statusCode).toBe(200);
    const refused = await post(graph, events(5 * 1_048_576 + 1));
    expect([refused.statusCode, refused.json().error.code]).toEqual([413, "BODY_TOO_LARGE"]);
  });

  it("refuses a body that cannot be read, with the reason", async () => {
    const message = "Cannot read the events: a JSON array is required, found an object";
    const recordBody = () => Promise.reject(new RecommenderError("INVALID_INPUT", message));
    const graph = await openGraph({ intake: { ...collectingIntake(), recordBody } });
    const answer = await post(graph, "{}");
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: { code: "BAD_USER_INPUT", message } }]);
    expect(graph.logged.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("that cannot be kept says so with an id, and the cause stays in the log", async () => {
    const cause = new Error("connect ECONNREFUSED db.internal");
    const recordBody = () => Promise.reject(cause);
    const graph = await openGraph({ intake: { ...collectingIntake(), recordBody } });
    const answer = await post(graph, [view]);
    expect([answer.statusCode, answer.json().error.code]).toEqual([503, "INTERACTIONS_UNAVAILABLE"]);
    expect(answer.headers["retry-after"]).toBe("1");
    expect(answer.body).not.toContain("db.internal");
    expect(graph.logged.find((line) => line.level === "error")?.facts.err).toBe(cause);
  });

  it("asks senders to come back while too many bodies are held, and takes them again after", async () => {
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const recordBody = async () => {
      await gate;
      return { accepted: 0, duplicates: 0, rejected: [], nRejected: 0 };
    };
    const graph = await openGraph({ intake: { ...collectingIntake(), recordBody } });
    const address = await graph.server.listen();
    const body = `[${" ".repeat(5 * 1_048_576 - 2)}]`;
    const send = () => fetch(`${address}/interactions`, { method: "POST", headers: JSON_TYPE, body });
    const first = Array.from({ length: 17 }, send);
    const refused = await Promise.race(first);
    expect([refused.status, (await refused.json()).error.code]).toEqual([503, "INTERACTIONS_BUSY"]);
    letGo();
    expect((await Promise.all(first)).map(({ status }) => status).sort()).toEqual([...Array(16).fill(200), 503]);
    expect((await send()).status).toBe(200);
  });

  it("forgets the bytes of a sender that went away", async () => {
    const graph = await openGraph();
    const { port } = new URL(await graph.server.listen());
    for (let nSenders = 0; nSenders < 20; nSenders++) {
      const socket = connect(Number(port), "127.0.0.1");
      await once(socket, "connect");
      const head = `POST /interactions HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 5242880\r\n\r\n[`;
      await new Promise((sent) => socket.write(head, sent));
      // An answer to somebody else means that the server has seen what came before.
      await fetch(`http://127.0.0.1:${port}/livez`);
      socket.destroy();
      await fetch(`http://127.0.0.1:${port}/livez`);
    }
    const answer = await fetch(`http://127.0.0.1:${port}/interactions`, {
      method: "POST",
      headers: JSON_TYPE,
      body: "[]",
    });
    expect(answer.status).toBe(200);
  });
});

describe("who may send events", () => {
  const behindRouter = (headers: Record<string, string>) => ({
    ...JSON_TYPE,
    "router-authorization": ROUTER,
    ...headers,
  });

  it.each([
    ["a shopper for themselves", { "x-user-id": "u" }, [view], 200],
    ["a shopper whose id is a number", { "x-user-id": "42" }, [{ ...view, user_id: 42 }], 200],
    ["a shopper for a visit", { "x-user-id": "u" }, [{ ...view, user_id: "", session_id: "s" }], 200],
    ["a shopper for another", { "x-user-id": "u" }, [view, { ...view, user_id: "v" }], 403],
    ["a shopper for what is no id", { "x-user-id": "u" }, [{ ...view, user_id: { toString: 1 } }], 403],
    ["a stranger for a shopper", {}, [view], 403],
    ["a service with the scope", { "x-user-scopes": "interactions:write" }, [view, { ...view, user_id: "v" }], 200],
  ])("%s", async (_name, headers, events, status) => {
    const intake = collectingIntake();
    const graph = await openGraph({ env: PRODUCTION, intake });
    const answer = await post(graph, events, behindRouter(headers as Record<string, string>));
    expect(answer.statusCode).toBe(status);
    expect(intake.events).toHaveLength(status === 200 ? events.length : 0);
    if (status === 403) expect(answer.json().error.code).toBe("FORBIDDEN");
  });

  it("nobody without an identity in production", async () => {
    const answer = await post(await openGraph({ env: PRODUCTION }), [view]);
    expect([answer.statusCode, answer.json().error.code]).toEqual([401, "UNAUTHENTICATED"]);
  });
});
