import { describe, expect, it } from "vitest";
import { RecommenderError } from "../../src/domain/errors.js";
import { collectingProducts, openGraph } from "./openGraph.js";

const ROUTER = "the-secret-of-the-router";
const PRODUCTION = { NODE_ENV: "production", DATABASE_URL: "postgresql://db/shop", ROUTER_SECRET: ROUTER };
const JSON_TYPE = { "content-type": "application/json" };
const update = { product_id: "cup", version: 1, stock: 0 };

type Graph = Awaited<ReturnType<typeof openGraph>>;

function post({ server }: Graph, payload: unknown, headers: Record<string, string> = JSON_TYPE) {
  return server.inject({ method: "POST", url: "/products", payload: JSON.stringify(payload), headers });
}

describe("POST /products", () => {
  it("answers what became of the messages, and how many were rejected", async () => {
    const rejected = [{ index: 1, reason: "missing_version", message: "Cannot take the product: …" }];
    const products = { updateBody: async () => ({ accepted: 1, rejected, nRejected: 3 }) };
    const answer = await post(await openGraph({ products }), [update]);
    expect([answer.statusCode, answer.json()]).toEqual([200, { accepted: 1, rejected, rejected_count: 3 }]);
  });

  it.each(["INVALID_INPUT", "MESSAGE_REFUSED"] as const)("refuses what will never be taken (%s)", async (code) => {
    const message = "Cannot read the products: a JSON array is required, found an object";
    const products = { updateBody: () => Promise.reject(new RecommenderError(code, message)) };
    const answer = await post(await openGraph({ products }), {});
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: { code: "BAD_USER_INPUT", message } }]);
  });

  it("that cannot be kept says so with an id, and the cause stays in the log", async () => {
    const cause = new Error("connect ECONNREFUSED db.internal");
    const graph = await openGraph({ products: { updateBody: () => Promise.reject(cause) } });
    const answer = await post(graph, [update]);
    expect([answer.statusCode, answer.json().error.code]).toEqual([503, "PRODUCTS_UNAVAILABLE"]);
    expect(answer.headers["retry-after"]).toBe("1");
    expect(answer.body).not.toContain("db.internal");
    expect(graph.logged.find((line) => line.level === "error")?.facts.err).toBe(cause);
  });

  it("without a body is refused", async () => {
    const answer = await (await openGraph()).server.inject({ method: "POST", url: "/products" });
    expect([answer.statusCode, answer.json().error.message]).toEqual([
      415,
      "Cannot take the products: a body of type application/json or application/x-ndjson is required",
    ]);
  });

  it.each([
    ["a shopper", { "x-user-id": "u" }, 403],
    ["a stranger", {}, 403],
    ["a service that writes for all", { "x-user-scopes": "interactions:write" }, 200],
    ["an administrator", { "x-user-scopes": "recommendations:admin" }, 200],
  ])("in production: %s", async (_name, headers, status) => {
    const products = collectingProducts();
    const graph = await openGraph({ env: PRODUCTION, products });
    const identity = { "router-authorization": ROUTER, ...(headers as Record<string, string>) };
    const answer = await post(graph, [update], { ...JSON_TYPE, ...identity });
    expect(answer.statusCode).toBe(status);
    expect(products.bodies).toHaveLength(status === 200 ? 1 : 0);
  });

  it("shares its bound of bytes held with the events", async () => {
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const products = { updateBody: () => gate.then(() => ({ accepted: 0, rejected: [], nRejected: 0 })) };
    const address = await (await openGraph({ products })).server.listen();
    const body = `[${" ".repeat(5 * 1_048_576 - 2)}]`;
    const send = (path: string) => fetch(`${address}${path}`, { method: "POST", headers: JSON_TYPE, body });
    const held = Array.from({ length: 16 }, () => send("/products"));
    // All are announced before one is taken: the seventeenth finds no room, whichever it is.
    const refused = await Promise.race([...held, send("/products")]);
    expect([refused.status, (await refused.json()).error.code]).toEqual([503, "PRODUCTS_BUSY"]);
    letGo();
    await Promise.all(held);
    expect((await send("/interactions")).status).toBe(200);
  });
});
