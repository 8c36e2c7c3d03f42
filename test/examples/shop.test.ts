import { beforeAll, expect, it, vi } from "vitest";
import { describeWithPackages } from "../tools/installedPackages.js";
import { PATIENCE } from "../tools/patience.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { type OpenShop, openShop } from "./openShop.js";

const PAGE = `{
  product(id: "teapot") {
    name price image available
    similarProducts(first: 4) { source edges { reason node { id name price } because { name } } }
  }
  trendingProducts(first: 10) { nodes { id name } }
}`;

const ownLists = "me { id name recommendations(first: 3) { source nodes { id name } } orders(first: 1) { id total } }";

describeWithPackages("examples/catalog", "examples/gateway")("catalogue, engine and gateway as one shop", async () => {
  const database = await createTestDatabase();
  let shop: OpenShop;

  beforeAll(async () => {
    shop = await openShop(database);
  });

  const idsIn = (lists: readonly { nodes: readonly { id: string }[] }[]) =>
    lists.flatMap(({ nodes }) => nodes.map(({ id }) => id));

  async function purchases(orderId: string) {
    const { rows } = await database.pool.query(
      "SELECT user_id, session_id, product_id, quantity, interactions.price FROM interactions JOIN products USING (product_no) WHERE order_id = $1 ORDER BY product_id",
      [orderId],
    );
    return rows;
  }

  it("a page has names and prices from the catalogue, and the ranking from the engine", async () => {
    const { data, errors } = await shop.ask(PAGE);
    expect(errors).toBeUndefined();
    expect(data.product).toMatchObject({
      name: "The Teapot",
      price: 2.5,
      image: "/images/teapot.svg",
      available: true,
    });
    const { source, edges } = data.product.similarProducts;
    expect(source).toBe("ITEM_TO_ITEM");
    expect(edges).toHaveLength(4);
    for (const { node, because } of edges) {
      expect(["The Teacup", "The Saucer", "The Strainer", "The Sugar Bowl"]).toContain(node.name);
      expect(because.name).toBe("The Teapot");
    }
    expect(data.trendingProducts.nodes.length).toBeGreaterThan(5);
  });

  it("who has logged in sees their own lists and orders, and nobody else's", async () => {
    const token = await shop.logIn("s0");
    const { data, errors } = await shop.ask(`{ ${ownLists} }`, token);
    expect(errors).toBeUndefined();
    expect(data.me.id).toBe("s0");
    expect(data.me.recommendations.source).toBe("PERSONALIZED");
    expect(data.me.recommendations.nodes[0]).toEqual({ id: "teapot", name: "The Teapot" });
    expect(data.me.orders).toHaveLength(1);
    const others = await shop.ask("{ sampleShoppers(first: 40) { id recommendations(first: 1) { source } } }", token);
    const shown = others.data.sampleShoppers.filter((user: { recommendations: object | null }) => user.recommendations);
    expect(shown.map(({ id }: { id: string }) => id)).toEqual(["s0"]);
    expect(new Set(others.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(["FORBIDDEN"]));
  });

  it("a stranger is nobody, whatever headers and tokens they make up", async () => {
    const madeUp: Record<string, string>[] = [{}, { "x-user-id": "s0", "x-user-scopes": "recommendations:admin" }];
    for (const headers of madeUp) {
      const { data } = await shop.ask(
        `{ ${ownLists} sampleShoppers(first: 40) { recommendations { source } } }`,
        headers,
      );
      expect(data.me).toBeNull();
      for (const { recommendations } of data.sampleShoppers) expect(recommendations).toBeNull();
    }
    const forged = await shop.ask(`{ ${ownLists} product(id: "teapot") { name similarProducts { source } } }`, {
      authorization: "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJzMCJ9.",
    });
    expect(forged.data).toMatchObject({ me: null, product: { name: "The Teapot", similarProducts: null } });
  });

  it("a product that the shop takes away leaves every list, and comes back", async () => {
    const change = (available: boolean) =>
      shop.ask(`mutation { updateProduct(id: "teacup", change: {available: ${available}}) { available } }`);
    const listed = async () => {
      const { data } = await shop.ask(PAGE);
      const similar = { nodes: data.product.similarProducts.edges.map(({ node }: { node: object }) => node) };
      return idsIn([data.trendingProducts, similar]);
    };
    expect(await listed()).toContain("teacup");
    expect((await change(false)).data.updateProduct.available).toBe(false);
    await vi.waitUntil(async () => !(await listed()).includes("teacup"), PATIENCE);
    await change(true);
    await vi.waitUntil(async () => (await listed()).includes("teacup"), PATIENCE);
  });

  it("a change of stock to nothing is as good as taking the product away", async () => {
    const setStock = (stock: number) =>
      shop.ask(`mutation { updateProduct(id: "saucer", change: {stock: ${stock}}) { available } }`);
    expect((await setStock(0)).data.updateProduct.available).toBe(false);
    const isSold = async () => {
      const { rows } = await database.pool.query("SELECT is_available FROM products WHERE product_id = 'saucer'");
      return rows[0].is_available;
    };
    await vi.waitUntil(async () => !(await isSold()), PATIENCE);
    await setStock(5);
    await vi.waitUntil(isSold, PATIENCE);
  });

  it("an order is one purchase a product in the engine, however often it is sent", async () => {
    const token = await shop.logIn("s1");
    const order = `mutation { placeOrder(idempotencyKey: "basket-1", items: [
      {productId: "spade", quantity: 2}, {productId: "rake"}, {productId: "spade"}]) { id total items { product { id } } } }`;
    const { stock } = (await shop.ask(`{ product(id: "spade") { stock } }`)).data.product;
    const first = await shop.ask(order, token);
    const again = await shop.ask(order, token);
    expect(first.data.placeOrder.total).toBe(10);
    expect(again.data.placeOrder).toEqual(first.data.placeOrder);
    const { id } = first.data.placeOrder;
    await vi.waitUntil(async () => (await purchases(id)).length === 2, PATIENCE);
    expect(await purchases(id)).toMatchObject([
      { user_id: "s1", product_id: "rake", quantity: 1, price: 2.5 },
      { user_id: "s1", product_id: "spade", quantity: 3, price: 2.5 },
    ]);
    expect((await shop.ask(`{ product(id: "spade") { stock } }`)).data.product.stock).toBe(stock - 3);
    const { data } = await shop.ask("{ me { orders(first: 1) { id } } }", token);
    expect(data.me.orders).toEqual([{ id }]);
  });

  it.each([
    ["more than there is", '[{productId: "rake"}, {productId: "hose", quantity: 9999}]', "OUT_OF_STOCK"],
    ["what the shop does not have", '[{productId: "rake"}, {productId: "moon"}]', "NOT_FOUND"],
    ["nothing", "[]", "BAD_USER_INPUT"],
    ["less than one piece", '[{productId: "rake", quantity: 0}]', "BAD_USER_INPUT"],
  ])("an order of %s takes nothing", async (_what, items, code) => {
    const stock = async () => (await shop.ask(`{ product(id: "rake") { stock } }`)).data.product.stock;
    const before = await stock();
    const refused = await shop.ask(`mutation { placeOrder(idempotencyKey: "bad", items: ${items}) { id } }`);
    expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
    expect(await stock()).toBe(before);
    expect(shop.catalog.complaints()).not.toContain("Cannot take the order");
  });

  it("what a visitor did becomes the shopper's own when they log in", async () => {
    const event = `{productId: "hose", action: ADD_TO_CART, sessionId: "visit-7", timestamp: "2026-03-01T12:00:00Z"}`;
    const recorded = await shop.ask(`mutation { recordInteractions(events: [${event}]) { accepted } }`);
    expect(recorded.data.recordInteractions.accepted).toBe(1);
    await shop.logIn("s2", "visit-7");
    const { rows } = await database.pool.query("SELECT user_id FROM interactions WHERE session_id = 'visit-7'");
    expect(rows).toEqual([{ user_id: "s2" }]);
  });

  it("without the engine a page keeps its products; what happens meanwhile reaches it when it is back", async () => {
    const token = await shop.logIn("s3");
    await shop.engine.end("SIGKILL");
    const { data, errors } = await shop.ask(PAGE, token);
    expect(data).toMatchObject({ product: { name: "The Teapot", similarProducts: null }, trendingProducts: null });
    expect(errors?.map(({ path }) => path?.join("."))).toContain("product.similarProducts");
    const order = await shop.ask(
      `mutation { placeOrder(idempotencyKey: "in-the-dark", items: [{productId: "rake"}]) { id } }`,
      token,
    );
    const { id } = order.data.placeOrder;
    // The message must be on the disk by now, not only in a process.
    await shop.catalog.end("SIGKILL");
    await shop.catalog.start();
    expect((await shop.ask("{ me { orders(first: 1) { id } } }", token)).data.me.orders).toEqual([{ id }]);
    await shop.engine.start();
    await vi.waitUntil(async () => (await purchases(id)).length === 1, PATIENCE);
    expect((await shop.ask(PAGE, token)).errors).toBeUndefined();
  });

  it("an engine that hangs is given up, and the page has its products", async () => {
    shop.engine.signal("SIGSTOP");
    const { data, errors } = await shop.ask(PAGE);
    shop.engine.signal("SIGCONT");
    expect(data).toMatchObject({ product: { name: "The Teapot", similarProducts: null }, trendingProducts: null });
    expect(errors?.length).toBeGreaterThan(0);
    await vi.waitUntil(async () => (await shop.ask(PAGE)).errors === undefined, PATIENCE);
  });

  it("each product and each shelf has a picture, what is neither has none", async () => {
    const { categories } = (await shop.ask("{ categories { name image productCount } }")).data;
    for (const image of ["/images/teapot.svg", ...categories.map((one: { image: string }) => one.image)]) {
      const answer = await fetch(shop.url.catalog + image);
      expect(answer.headers.get("content-type")).toContain("image/svg+xml");
      expect(await answer.text()).toMatch(/^<svg .*<\/svg>$/s);
    }
    expect((await fetch(`${shop.url.catalog}/images/moon.svg`)).status).toBe(404);
  });

  it("the catalogue is read in pages, by shelf and by words", async () => {
    const names: string[] = [];
    for (let after = "", isMore = true; isMore; ) {
      const { products } = (
        await shop.ask(
          `{ products(first: 4, search: "the", after: ${after === "" ? null : `"${after}"`}) { nodes { name } totalCount endCursor hasNextPage } }`,
        )
      ).data;
      expect(products.totalCount).toBe(10);
      names.push(...products.nodes.map(({ name }: { name: string }) => name));
      after = products.endCursor;
      isMore = products.hasNextPage;
    }
    expect(names).toEqual([...names].sort());
    expect(new Set(names).size).toBe(10);
  });
});
