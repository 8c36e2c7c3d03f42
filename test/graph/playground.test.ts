import { Script } from "node:vm";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openGraph } from "./openGraph.js";

const BROWSER = { accept: "text/html,application/xhtml+xml", "accept-encoding": "gzip, br" };
const examples = [
  { title: "Similar products", query: "query ($id: ID!) { __typename }", variables: { id: "</script><b>" } },
  { title: "Trending", query: "{ trendingProducts { nodes { id } } }" },
];

describe("the playground", () => {
  it("opens with the examples, and a product id cannot break out of the page", async () => {
    const graph = await openGraph({ examples });
    const answer = await graph.server.inject({ url: "/graphql", headers: BROWSER });
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(answer.headers["content-encoding"]).toBe("gzip");
    const html = gunzipSync(answer.rawPayload).toString();
    expect(html).toContain("# Similar products\\nquery ($id: ID!)");
    expect(html).toContain("# Trending\\n{ trendingProducts");
    expect(html).not.toContain("</script><b>");
    expect(html).toContain("u003c/script>");
    const end = html.indexOf("</script");
    expect(html.lastIndexOf("</script")).toBe(end);
    expect(() => new Script(html.slice(html.indexOf("<script>") + 8, end))).not.toThrow();
  });

  it("loads nothing from anywhere: no address in the page's elements, and a policy that would refuse it", async () => {
    const graph = await openGraph({ examples });
    const answer = await graph.server.inject({ url: "/graphql", headers: { accept: "text/html" } });
    const policy = String(answer.headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    const beforeScript = answer.body.slice(0, answer.body.indexOf("<script>"));
    expect(answer.body).not.toMatch(/<script[^>]+src=/);
    expect(beforeScript).not.toMatch(/(href|src)="?https?:|url\(["']?https?:|@import/);
  });

  it("is not shown to a client that queries, nor in production", async () => {
    const graph = await openGraph({ examples });
    const search = `query=${encodeURIComponent("{ __typename }")}`;
    const headers = { accept: "application/json", "apollo-require-preflight": "1" };
    const client = await graph.server.inject({ url: `/graphql?${search}`, headers });
    expect(client.json()).toEqual({ data: { __typename: "Query" } });
    const secret = "the first router secret";
    const production = await openGraph({ examples, env: { NODE_ENV: "production", ROUTER_SECRET: secret } });
    const page = await production.server.inject({
      url: "/graphql",
      headers: { ...BROWSER, "router-authorization": secret },
    });
    expect(page.statusCode).toBe(400);
    expect(page.body).not.toContain("<html");
  });
});
