import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ListRequest } from "../../src/domain/recommendation.js";
import { cannedEngine } from "./cannedEngine.js";
import { openGraph } from "./openGraph.js";

describe("GET /recommend/:userId", () => {
  it("answers pairs of product and score, also under /api", async () => {
    const graph = await openGraph();
    for (const url of ["/recommend/u?n=3", "/api/recommend/u?n=3"]) {
      const answer = await graph.server.inject(url);
      expect(answer.headers["cache-control"]).toBe("private, no-store");
      expect(answer.json()).toEqual({
        user_id: "u",
        recommendations: [
          ["p0", 0.5],
          ["p1", 0.5],
          ["p2", 0.5],
        ],
      });
    }
    expect((await graph.server.inject("/recommend/u")).json().recommendations).toHaveLength(10);
  });

  it("takes any id that can be one", async () => {
    const graph = await openGraph();
    for (const userId of ["a/b", "🫖", "a b+c", "%", "x".repeat(256)]) {
      const answer = await graph.server.inject(`/recommend/${encodeURIComponent(userId)}`);
      expect(answer.json().user_id).toBe(userId);
    }
  });

  it.each([
    ["n=0", "0"],
    ["n=-1", "-1"],
    ["n=101", "101"],
    ["n=ten", "ten"],
    ["n=1.5", "1.5"],
    ["n=", "nothing"],
    ["n=5&n=6", "5,6"],
    ["n=1e1", "1e1"],
  ])("refuses ?%s", async (search, found) => {
    const answer = await (await openGraph()).server.inject(`/recommend/u?${search}`);
    expect(answer.statusCode).toBe(400);
    const message = `Cannot list recommendations: n from 1 to 100 is required, found ${found}`;
    expect(answer.json()).toEqual({ error: { code: "BAD_USER_INPUT", message } });
  });

  it.each([
    ["with NUL", "a%00b", "BAD_USER_INPUT"],
    ["of 10 kB", "x".repeat(10_240), "BAD_USER_INPUT"],
    ["of 300 bytes", "x".repeat(300), "BAD_USER_INPUT"],
    ["with a broken escape", "%zz", "BAD_REQUEST"],
    ["that is not UTF-8", "%ff", "BAD_REQUEST"],
  ])("refuses an id %s", async (_name, id, code) => {
    const answer = await (await openGraph()).server.inject(`/recommend/${id}`);
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, code]);
    expect(answer.body.length).toBeLessThan(300);
  });

  it("answers an address that is not there with one line", async () => {
    const answer = await (await openGraph()).server.inject("/nowhere");
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({ error: { code: "NOT_FOUND", message: "There is nothing at this address" } });
  });
});

describe("the health checks", () => {
  it("tell a process that lives from one that should get requests", async () => {
    const reasons = ["product state unconfirmed for 6 s"];
    const graph = await openGraph({ readiness: () => ({ ready: false, reasons }) });
    expect((await graph.server.inject("/livez")).statusCode).toBe(200);
    const notReady = await graph.server.inject("/readyz");
    expect([notReady.statusCode, notReady.json()]).toEqual([503, { status: "not ready", reasons }]);
    expect((await (await openGraph()).server.inject("/readyz")).json()).toEqual({ status: "ready" });
  });
});

describe("a gateway that asks for a trace", () => {
  it("gets it, and everybody else gets none", async () => {
    const graph = await openGraph();
    const ask = async (headers: Record<string, string>) => {
      const payload = { query: "{ trendingProducts { listId } }" };
      return (await graph.server.inject({ method: "POST", url: "/graphql", payload, headers })).json();
    };
    expect((await ask({ "apollo-federation-include-trace": "ftv1" })).extensions.ftv1).toMatch(/^[A-Za-z0-9+/=]+$/);
    expect((await ask({})).extensions).toBeUndefined();
  });
});

describe("listening", () => {
  it("on a port in use is one clear error with the cure", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => new Promise<void>((resolve) => other.close(() => resolve())));
    const { port } = other.address() as AddressInfo;
    const graph = await openGraph({ env: { PORT: String(port) } });
    await expect(graph.server.listen()).rejects.toMatchObject({
      code: "PORT_IN_USE",
      message: `Cannot listen on 127.0.0.1:${port}: the port is in use; set PORT to another, or 0 for a free one`,
    });
  });

  it("on an address that is not this machine's is one clear error", async () => {
    const graph = await openGraph({ env: { HOST: "192.0.2.1" } });
    await expect(graph.server.listen()).rejects.toMatchObject({ code: "INVALID_CONFIG" });
  });
});

function deferred(): { readonly promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}

describe("closing", () => {
  /** A server whose engine waits until the test lets it go, with one request running. */
  async function openBusy() {
    const gate = deferred();
    const asked = deferred();
    const canned = cannedEngine();
    const engine = {
      async recommend(requests: readonly ListRequest[]) {
        asked.resolve();
        await gate.promise;
        return canned.recommend(requests);
      },
    };
    const graph = await openGraph({ engine });
    const address = await graph.server.listen();
    const running = fetch(`${address}/recommend/u?n=1`);
    await asked.promise;
    return { graph, address, running, letGo: gate.resolve };
  }

  it("answers what runs, takes no new connection and ends", async () => {
    const { graph, address, running, letGo } = await openBusy();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const closing = graph.server.close();
    const again = graph.server.close();
    await expect(fetch(`${address}/livez`)).rejects.toThrow("fetch failed");
    letGo();
    const answer = await running;
    expect([answer.status, answer.headers.get("connection")]).toEqual([200, "close"]);
    expect(await answer.json()).toEqual({ user_id: "u", recommendations: [["p0", 0.5]] });
    await Promise.all([closing, again]);
  });

  it("answers requests that were on their way, and tells them that it is not ready", async () => {
    const { graph, address, running, letGo } = await openBusy();
    const late = async (path: string) => {
      const socket = connect(Number(new URL(address).port), "127.0.0.1");
      await once(socket, "connect");
      await new Promise((sent) => socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n`, sent));
      const finish = async () => {
        socket.write("\r\n");
        const [bytes] = await once(socket, "data");
        return String(bytes);
      };
      return finish;
    };
    const [ready, alive] = [await late("/readyz"), await late("/livez")];
    // An answer from the server means that it has read what came before.
    await fetch(`${address}/livez`);
    const closing = graph.server.close();
    await expect(fetch(`${address}/livez`)).rejects.toThrow("fetch failed");
    expect(await ready()).toMatch(/^HTTP\/1\.1 503 [\s\S]*"reasons":\["stopping"\]/);
    expect(await alive()).toMatch(/^HTTP\/1\.1 200 /);
    letGo();
    await running;
    await closing;
  });

  it("does not wait for a connection that asks for nothing, as browsers open them", async () => {
    const graph = await openGraph();
    const { port } = new URL(await graph.server.listen());
    const idle = connect(Number(port), "127.0.0.1");
    await once(idle, "connect");
    const ended = once(idle, "close");
    await graph.server.close();
    await ended;
  });
});
