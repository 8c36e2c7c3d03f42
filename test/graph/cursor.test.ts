import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCursorCodec } from "../../src/graph/cursor.js";
import { deed, product, Shop, twoCircles } from "../worlds/shop.js";
import { cannedEngine } from "./cannedEngine.js";
import { entitiesQuery, products, users } from "./entities.js";
import { type OpenGraph, openGraph } from "./openGraph.js";

const PAGE = "{ pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor rank node { id } } }";

interface Page {
  readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
  readonly edges: readonly { cursor: string; rank: number; node: { id: string } }[];
}

const idsOf = (page: Page) => page.edges.map((edge) => edge.node.id);
const afterArgument = (after: string | null) => (after === null ? "" : `, after: "${after}"`);

async function ask(
  graph: OpenGraph,
  entity: object,
  field: string,
): Promise<{ page: Page; error: string | undefined }> {
  const onType = (entity as { __typename: string }).__typename;
  const query =
    onType === "Product" ? entitiesQuery(`page: ${field} ${PAGE}`) : entitiesQuery(null, `page: ${field} ${PAGE}`);
  const { data, errors } = await graph.query(query, { representations: [entity] });
  if (errors) expect(errors[0].extensions).toEqual({ code: "BAD_USER_INPUT" });
  return { page: data._entities[0].page, error: errors?.[0].message };
}

const personal = (graph: OpenGraph, userId: string, first: number, after: string | null = null, more = "") =>
  ask(graph, users(userId)[0], `recommendations(first: ${first}${afterArgument(after)}${more})`);
const similar = (graph: OpenGraph, productId: string, first: number, after: string | null = null, more = "") =>
  ask(graph, products(productId)[0], `similarProducts(first: ${first}${afterArgument(after)}${more})`);

describe("paging", () => {
  it("comes to an end at 300 products, none twice, ranks without a gap", async () => {
    const graph = await openGraph();
    const seen: string[] = [];
    let after: string | null = null;
    for (let n = 0; n < 20; n++) {
      const { page }: { page: Page } = await personal(graph, "u", 29, after);
      expect(page.pageInfo.hasPreviousPage).toBe(n > 0);
      expect(page.edges.map((edge) => edge.rank)).toEqual(page.edges.map((_, i) => seen.length + i + 1));
      seen.push(...idsOf(page));
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(seen).toHaveLength(300);
    expect(new Set(seen).size).toBe(300);
    const { page: beyond } = await personal(graph, "u", 29, after);
    expect(beyond).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
    });
  });

  it("may continue after any product of a page, and with another first", async () => {
    const graph = await openGraph();
    const { page } = await similar(graph, "x", 5);
    expect(page.pageInfo.startCursor).toBe(page.edges[0].cursor);
    expect(page.pageInfo.endCursor).toBe(page.edges[4].cursor);
    const { page: next } = await similar(graph, "x", 3, page.edges[1].cursor);
    expect(idsOf(next)).toEqual(["p2", "p3", "p4"]);
  });

  it("goes on across a purchase: no error, nothing again, and the bought product does not come", async () => {
    const shop = new Shop(
      Array.from({ length: 12 }, (_, i) => product(`p${i}`, { name: `thing ${i}` })),
      Array.from({ length: 12 }, (_, i) => deed(`other ${i}`, `p${i}`, { day: i })),
    );
    const model = await shop.train();
    const before = await openGraph({ engine: await shop.recommender({ model }) });
    const { page } = await personal(before, "u", 4);
    const rest = (await personal(before, "u", 8, page.pageInfo.endCursor)).page;
    const bought = idsOf(rest)[0];
    const later = new Shop(shop.products, [deed("u", bought, { day: 20 })]);
    const after = await openGraph({ engine: await later.recommender({ model, stored: shop.stored() }) });
    const { page: next, error } = await personal(after, "u", 12, page.pageInfo.endCursor);
    expect(error).toBeUndefined();
    expect(idsOf(next).filter((id) => idsOf(page).includes(id))).toEqual([]);
    expect(idsOf(next)).not.toContain(bought);
    expect(idsOf(next)).toHaveLength(7);
  });

  it("goes on across a model swap and a restart with the same secret", async () => {
    const first = await openGraph({ engine: cannedEngine(400, "7") });
    const { page } = await personal(first, "u", 10);
    await first.server.close();
    const restarted = await openGraph({ engine: cannedEngine(400, "8") });
    const { page: next, error } = await personal(restarted, "u", 10, page.pageInfo.endCursor);
    expect(error).toBeUndefined();
    expect(idsOf(next)).toEqual(Array.from({ length: 10 }, (_, i) => `p${10 + i}`));
  });

  it("works on a real ranking", async () => {
    const graph = await openGraph({ engine: await twoCircles().recommender() });
    const { page } = await similar(graph, "teapot", 2);
    const { page: next } = await similar(graph, "teapot", 2, page.pageInfo.endCursor);
    expect([...idsOf(page), ...idsOf(next)].sort()).toEqual(["saucer", "strainer", "sugar bowl", "teacup"]);
  });
});

describe("a cursor", () => {
  const ANOTHER = "Cannot continue the list: a cursor of this very list is required as after, found one of another";

  it("of another shopper or product is refused", async () => {
    const graph = await openGraph();
    const { page } = await personal(graph, "u", 3);
    const { error } = await personal(graph, "v", 3, page.pageInfo.endCursor);
    expect(error).toBe(`${ANOTHER} shopper or product`);
    const { page: ofX } = await similar(graph, "x", 3);
    expect((await similar(graph, "y", 3, ofX.pageInfo.endCursor)).error).toBe(`${ANOTHER} shopper or product`);
  });

  it("of another field is refused", async () => {
    const graph = await openGraph();
    const { page } = await similar(graph, "x", 3);
    const field = `recommendations(first: 3, after: "${page.pageInfo.endCursor}")`;
    expect((await ask(graph, products("x")[0], field)).error).toBe(`${ANOTHER} field`);
    expect((await personal(graph, "x", 3, page.pageInfo.endCursor)).error).toBe(`${ANOTHER} field`);
  });

  it("of another filter, strategy or context is refused; the order within a filter does not matter", async () => {
    const graph = await openGraph();
    const { page } = await similar(graph, "x", 3, null, ', filter: { excludeProductIds: ["a", "b"] }');
    const next = (more: string) => similar(graph, "x", 3, page.pageInfo.endCursor, more);
    expect((await next(', filter: { excludeProductIds: ["b", "a"] }')).error).toBeUndefined();
    expect((await next("")).error).toBe(`${ANOTHER} filter, strategy or context`);
    const exclude = 'filter: { excludeProductIds: ["a", "b"] }';
    expect((await next(`, strategy: CONTENT, ${exclude}`)).error).toBe(`${ANOTHER} filter, strategy or context`);
    const { page: plain } = await personal(graph, "u", 3);
    const withContext = ', context: { cartProductIds: ["x"] }';
    const { error } = await personal(graph, "u", 3, plain.pageInfo.endCursor, withContext);
    expect(error).toBe(`${ANOTHER} filter, strategy or context`);
  });

  it("of a service with another secret is refused", async () => {
    const { page } = await personal(await openGraph({ cursorSecret: "another secret" }), "u", 3);
    const { error } = await personal(await openGraph(), "u", 3, page.pageInfo.endCursor);
    expect(error).toBe("Cannot continue the list: a cursor made by this shop is required as after, found another");
  });

  it("that is garbled, whichever way, is refused", async () => {
    const graph = await openGraph();
    const { page } = await personal(graph, "u", 3);
    const good = page.pageInfo.endCursor;
    const garbled = [
      "",
      "x",
      good.slice(1),
      good.slice(0, -1),
      `${good}A`,
      `${good}=`,
      `${good} `,
      good.repeat(40),
      "🫖",
    ];
    for (const text of garbled) {
      const { error } = await personal(graph, "u", 3, text);
      expect([text, error]).toEqual([
        text,
        expect.stringMatching(/^Cannot continue the list: .* is required as after, found/),
      ]);
    }
  });

  it("opens to exactly what was sealed, and no changed byte passes", () => {
    const codec = createCursorCodec("secret");
    const scope = { field: "User.recommendations", subjectId: "u", argumentsKey: "AUTO" } as const;
    const hash = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(
        fc.array(hash, { minLength: 1, maxLength: 300 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (shown, at, flip) => {
          const cursor = codec.sealerFor(scope)(Uint32Array.from(shown));
          expect(Array.from(codec.open(cursor, scope))).toEqual(shown);
          const bytes = Buffer.from(cursor, "base64url");
          bytes[at % bytes.length] ^= flip;
          expect(() => codec.open(bytes.toString("base64url"), scope)).toThrow("is required as after");
        },
      ),
      { numRuns: 60 },
    );
  });

  it("names no shopper: it holds no readable id, and the hash of an id depends on the secret", () => {
    const scope = { field: "User.recommendations", subjectId: "maria@example.com", argumentsKey: "AUTO" } as const;
    const bytesWith = (secret: string) =>
      Buffer.from(createCursorCodec(secret).sealerFor(scope)(Uint32Array.of(1)), "base64url");
    expect(bytesWith("a").toString("latin1")).not.toContain("maria");
    expect(bytesWith("a").subarray(2, 10)).not.toEqual(bytesWith("b").subarray(2, 10));
  });
});

describe("a list's id", () => {
  const listIds = async (graph: OpenGraph) => {
    const query = entitiesQuery("similarProducts { listId }", "recommendations { listId again: listId }");
    const { data } = await graph.query(query, { representations: [...products("x", "y"), ...users("u")] });
    // biome-ignore lint/suspicious/noExplicitAny: an answer
    return data._entities.map((entity: any) => entity.similarProducts ?? entity.recommendations);
  };

  it("is the same for the same public list, on every replica, and another for every other list", async () => {
    const one = await listIds(await openGraph());
    const replica = await listIds(await openGraph());
    const newModel = await listIds(await openGraph({ engine: cannedEngine(400, "8") }));
    expect(replica.slice(0, 2)).toEqual(one.slice(0, 2));
    expect(one[0].listId).not.toBe(one[1].listId);
    expect(newModel[0].listId).not.toBe(one[0].listId);
  });

  it("of a shopper's list is new every time and says nothing", async () => {
    const graph = await openGraph();
    const [, , first] = await listIds(graph);
    const [, , second] = await listIds(graph);
    expect(first.again).toBe(first.listId);
    expect(second.listId).not.toBe(first.listId);
  });
});
