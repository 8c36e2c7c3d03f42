import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { categoryOf } from "../../examples/catalog/src/shop/categoryOf.js";
import { freePort } from "../tools/freePort.js";
import { describeWithPackages } from "../tools/installedPackages.js";
import { PATIENCE } from "../tools/patience.js";
import { describeWithKafka, eventually, ownNames, type TestBroker } from "../tools/testKafka.js";
import { askAt, openCatalog, writeShopFiles } from "./openShop.js";

/** A catalogue on its own, whose engine is nowhere unless the environment says otherwise. */
async function openAlone(environment: Record<string, string> = {}) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "recommender-catalog-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const port = String(await freePort());
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const program = openCatalog({ PORT: port, DATA_DIR: dataDir, ENGINE_URL: nobody, ...environment });
  onTestFinished(() => program.end("SIGKILL"));
  const ask = (query: string, headers?: Record<string, string>) => askAt(`http://127.0.0.1:${port}`, query, headers);
  return { program, ask, stateFile: path.join(dataDir, "shop.json") };
}

/** What the shop's file holds once all products were told of, which is soon after the start. */
async function announcedFile(stateFile: string): Promise<string> {
  const read = () => readFileSync(stateFile, "utf8");
  await vi.waitUntil(() => JSON.parse(read()).announcedAt !== null, PATIENCE);
  return read();
}

const setPrice = (price: number) => `mutation { updateProduct(id: "teapot", change: {price: ${price}}) { price } }`;

it.each([
  ["CHOCOLATE HOT WATER BOTTLE", "Textiles"],
  ["HOT WATER BOTTLE TEA AND SYMPATHY", "Textiles"],
  ["RED WHITE SCARF  HOT WATER BOTTLE", "Textiles"],
  ["FAIRY CAKE DESIGN UMBRELLA", "Textiles"],
  ["IVORY RETRO KITCHEN WALL CLOCK", "Home decoration"],
  ["SET 6 SCHOOL MILK BOTTLES IN CRATE", "Kitchen & baking"],
  ["REGENCY CAKESTAND 3 TIER", "Kitchen & baking"],
  ["POLKADOT RAIN HAT", "Gifts"],
])("%s stands among %s", (name, category) => {
  expect(categoryOf(name)).toBe(category);
});

describeWithPackages("examples/catalog")("the catalogue alone", () => {
  beforeAll(() => writeShopFiles(["teapot", "spade"], [["s0", "teapot", new Date(Date.UTC(2026, 0, 5))]]));

  it("keeps what was changed and what has to be told over a kill", async () => {
    const { program, ask, stateFile } = await openAlone();
    await program.start();
    await ask(setPrice(3));
    await program.end("SIGKILL");
    await program.start();
    expect((await ask(`{ product(id: "teapot") { price } }`)).data.product.price).toBe(3);
    const { waiting } = JSON.parse(readFileSync(stateFile, "utf8"));
    expect(
      waiting.map(({ body }: { body: { product_id: string; price: number } }) => [body.product_id, body.price]),
    ).toEqual([
      ["teapot", 2.5],
      ["spade", 2.5],
      ["teapot", 3],
    ]);
  });

  it("tells each change with a later time than the one before, also when they come together", async () => {
    const { program, ask, stateFile } = await openAlone();
    await program.start();
    await Promise.all([1, 2, 3, 4, 5].map((price) => ask(setPrice(price))));
    const { waiting } = JSON.parse(readFileSync(stateFile, "utf8"));
    const times = waiting.map(({ body }: { body: { updated_at: string } }) => body.updated_at);
    expect(times).toEqual([...new Set(times)].sort());
    const { data } = await ask(`{ product(id: "teapot") { price } }`);
    expect(waiting.at(-1).body.price).toBe(data.product.price);
  });

  it("a state that is none is refused in words, and stays as it is", async () => {
    const { program, stateFile } = await openAlone();
    writeFileSync(stateFile, "{ half");
    await expect(program.start()).rejects.toThrow(/Cannot read the shop's state: .*shop\.json is required to be JSON/);
    expect(readFileSync(stateFile, "utf8")).toBe("{ half");
  });

  it("a port that is taken is told in one line", async () => {
    const port = String(await freePort());
    const { program } = await openAlone({ PORT: port });
    await program.start();
    const second = await openAlone({ PORT: port });
    await expect(second.program.start()).resolves.toBeUndefined();
    await eventually(second.program.complaints, (text) => text.includes("Cannot listen"), "a complaint");
    expect(second.program.complaints()).toMatch(
      new RegExp(`^Cannot listen on 127\\.0\\.0\\.1:${port}: .*EADDRINUSE`, "m"),
    );
  });

  it.each([
    ["a negative price", "price: -1"],
    ["a negative stock", "stock: -1"],
    ["a price without end", "price: 1e300"],
    ["an empty name", 'name: " "'],
    ["a name that the engine would refuse for ever", 'name: "tea\\u0000pot"'],
    ["a name of a page", `name: "${"tea".repeat(100)}"`],
  ])("%s is refused, and nobody is told", async (_what, change) => {
    const { program, ask, stateFile } = await openAlone();
    await program.start();
    const before = await announcedFile(stateFile);
    const { errors } = await ask(`mutation { updateProduct(id: "teapot", change: {${change}}) { id } }`);
    expect(errors?.[0].extensions.code).toBe("BAD_USER_INPUT");
    expect(readFileSync(stateFile, "utf8")).toBe(before);
  });

  it("an order whose key could be everybody's, or whose visit the engine would refuse, is none", async () => {
    const { program, ask, stateFile } = await openAlone();
    await program.start();
    const before = await announcedFile(stateFile);
    for (const how of [
      'idempotencyKey: ""',
      `idempotencyKey: "${"k".repeat(101)}"`,
      'idempotencyKey: "k", sessionId: "ü"',
    ]) {
      const { errors } = await ask(`mutation { placeOrder(${how}, items: [{productId: "teapot"}]) { id } }`);
      expect(errors?.[0].extensions.code, how).toBe("BAD_USER_INPUT");
    }
    expect(readFileSync(stateFile, "utf8")).toBe(before);
  });

  it("with an admin token, only who shows it changes products", async () => {
    const { program, ask } = await openAlone({ CATALOG_ADMIN_TOKEN: "a-secret-of-the-shop" });
    await program.start();
    for (const headers of [undefined, { "x-admin-token": "a-guess" }]) {
      expect((await ask(setPrice(9), headers)).errors?.[0].extensions.code).toBe("FORBIDDEN");
    }
    const changed = await ask(setPrice(9), { "x-admin-token": "a-secret-of-the-shop" });
    expect(changed.data.updateProduct.price).toBe(9);
  });

  describeWithKafka("with Kafka", (broker) => {
    it("messages are in the topics by key, also those from while there was no topic", async () => {
      const { topics } = ownNames();
      const { program, ask } = await openAlone({
        KAFKA_BROKERS: broker().address,
        KAFKA_TOPIC_INTERACTIONS: topics.interactions,
        KAFKA_TOPIC_PRODUCTS: topics.products,
      });
      await program.start();
      const placed = await ask(
        `mutation { placeOrder(idempotencyKey: "k", sessionId: "visit", items: [{productId: "spade", quantity: 2}]) { id } }`,
      );
      const messages = await collect(broker(), [topics.interactions, topics.products]);
      await eventually(
        () => messages,
        (all) => all.some(({ topic }) => topic === topics.interactions) && all.length >= 4,
        "four messages",
      );
      const { id } = placed.data.placeOrder;
      expect(messages.filter(({ topic }) => topic === topics.interactions)).toMatchObject([
        {
          key: "visit",
          body: {
            order_id: id,
            session_id: "visit",
            product_id: "spade",
            action_type: "purchase",
            quantity: 2,
            price: 2.5,
          },
        },
      ]);
      const ofSpade = messages.filter(({ topic, key }) => topic === topics.products && key === "spade");
      const [first, second] = ofSpade.map(({ body }) => body.stock as number);
      expect(first - second).toBe(2);
    });
  });
});

interface Collected {
  readonly topic: string;
  readonly key: string;
  readonly body: Record<string, unknown>;
}

/** Create the topics and gather all that comes. */
async function collect({ kafka }: TestBroker, topics: string[]): Promise<Collected[]> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: topics.map((topic) => ({ topic })), waitForLeaders: true });
  await admin.disconnect();
  const messages: Collected[] = [];
  const consumer = kafka.consumer({ groupId: `collect-${topics[0]}` });
  onTestFinished(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, message }) => {
      messages.push({ topic, key: String(message.key), body: JSON.parse(String(message.value)) });
    },
  });
  return messages;
}
