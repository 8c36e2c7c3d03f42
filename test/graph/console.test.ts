import { describe, expect, it } from "vitest";
import { openGraph } from "./openGraph.js";

const PRODUCTION = { NODE_ENV: "production", ROUTER_SECRET: "the first router secret" };

describe("/console", () => {
  it("is sent to anybody, in production too, and a browser may load nothing from elsewhere", async () => {
    const { server } = await openGraph({ env: PRODUCTION });
    const page = await server.inject("/console");
    expect([page.statusCode, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    const policy = String(page.headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe/);
    expect(page.headers["x-content-type-options"]).toBe("nosniff");
  });

  it("opens nothing by itself: what it asks is refused without a token", async () => {
    const { query } = await openGraph({ env: PRODUCTION });
    expect((await query("{ recommendationOverview { countedSince } }")).status).toBe(401);
    const { query: ask } = await openGraph();
    const refused = await ask(
      '{ recommendationOverview { countedSince } recommendationProducts(search: "x") { id } recommendationShoppers { id } }',
    );
    expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(["FORBIDDEN", "FORBIDDEN", "FORBIDDEN"]);
  });

  it("has its files checked once and kept for ever, the page asked for again by its content", async () => {
    const { server } = await openGraph();
    const page = await server.inject("/console");
    expect(page.headers["cache-control"]).toBe("no-cache");
    const again = await server.inject({ url: "/console", headers: { "if-none-match": String(page.headers.etag) } });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
    const [, script] = /src="([^"]+)"/.exec(page.body) ?? [];
    const loaded = await server.inject({ url: `/${script}`, headers: { "accept-encoding": "gzip" } });
    expect([loaded.statusCode, loaded.headers["content-encoding"]]).toEqual([200, "gzip"]);
    expect(loaded.headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect(loaded.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  });

  it("is at one address: with a slash it leads there", async () => {
    const { server } = await openGraph();
    const answer = await server.inject("/console/");
    expect([answer.statusCode, answer.headers.location]).toEqual([302, "../console"]);
  });

  it.each(["..%2fmain.js", "..%2f..%2fpackage.json", "%2e%2e", "index.html%00", "main.js.map", "nothing"])(
    "sends no file that is not its own: %s",
    async (name) => {
      const { server } = await openGraph();
      expect((await server.inject(`/console/${name}`)).statusCode).toBeGreaterThanOrEqual(400);
    },
  );
});
