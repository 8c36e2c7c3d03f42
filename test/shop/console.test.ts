import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { decodeChunk } from "../../src/ingest/decodeChunk.js";
import { createBulkWriter } from "../../src/store/bulkWriter.js";
import { createStreamWriter } from "../../src/store/streamWriter.js";
import { event, message, OPTIONS } from "../ingest/streams.js";
import { fillTwoCircles, train } from "../integration/shop.js";
import { catalogueProduct } from "../store/interactions.js";
import { seriousFaults } from "../tools/axe.js";
import { describeInChromium, openChromium } from "../tools/chromium.js";
import { startCommand } from "../tools/command.js";
import { PATIENCE } from "../tools/patience.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const VIEWS = ["overview", "settings", "models", "explore", "rules", "letters", "history"];
/** Pictures of each run, to be looked at. */
const PICTURES = path.resolve(import.meta.dirname, "../../.screenshots");

const database = await createTestDatabase();

/** Two circles of taste, and one product that came after the training: only its description speaks for it. */
async function fillShop(): Promise<void> {
  await fillTwoCircles(database);
  await train(database);
  await createBulkWriter(database).writeProducts([
    catalogueProduct("gold teapot", { name: "The teapot of gold", category: "Tea", tags: [] }),
  ]);
}

describeInChromium()("the console in a browser", () => {
  let browser: Browser;
  let link: string;
  let kill = () => {};

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    await fillShop();
    const service = startCommand(["serve"], { DATABASE_URL: database.url }, (end) => {
      kill = end;
    });
    link = (await service.line(/^Console: /)).replace("Console: ", "");
    browser = await openChromium();
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    kill();
  });

  /** A page of a person of its own; a script error or a refusal by the page's policy fails the test. */
  async function open(address: string, viewport = WIDE): Promise<Page> {
    // Without motion, since a colour on its way to another has no contrast that anybody sees.
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", ({ message }) => faults.push(message));
    page.on("console", (said) => {
      if (said.text().includes("Content Security Policy")) faults.push(said.text());
    });
    onTestFinished(() => expect(faults).toEqual([]));
    await page.goto(address);
    return page;
  }

  async function show(page: Page, view: string): Promise<void> {
    // Whoever leaves the link before the page has read its token is asked for one.
    await page.getByRole("navigation", { name: "Views" }).waitFor();
    await page.goto(link.replace(/#.*/, `#/${view}`));
    await page.locator(`nav a[href="#/${view}"][aria-current]`).waitFor();
    await page.getByText("Loading…").first().waitFor({ state: "detached" });
  }

  /** Where the engine lists the teapot of gold to anybody, beside the teapot. */
  async function placeOfGold(): Promise<number> {
    const query = `{ _entities(representations: [{__typename: "Product", id: "teapot"}]) {
      ... on Product { recommendations(first: 10) { nodes { id } } } } }`;
    const answer = await fetch(link.replace(/console#.*/, "graphql"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    const { data } = (await answer.json()) as {
      data: { _entities: [{ recommendations: { nodes: { id: string }[] } }] };
    };
    return data._entities[0].recommendations.nodes.findIndex(({ id }) => id === "gold teapot") + 1;
  }

  async function previewBesideTeapot(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Product", exact: true }).click();
    await page.getByRole("combobox", { name: "Find a product" }).fill("the teapot");
    await page.getByRole("option", { name: /^The teapot teapot$/ }).click();
  }

  it("opens by the printed link, and the token leaves the address", async () => {
    const page = await open(link);
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.getByText("Version 1", { exact: true }).first().waitFor();
    await page.getByRole("row", { name: /Most popular/ }).waitFor();
    expect(page.url()).not.toContain("token");
    await page.reload();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.screenshot({ path: path.join(PICTURES, "console-overview.png") });
  });

  it("tells a wrong token, and takes the right one", async () => {
    const [address, token] = link.split("#token=");
    const page = await open(`${address}#token=wrong`);
    await page.getByRole("alert").getByText("This token does not open the console").waitFor();
    await page.getByLabel("Token").fill("wrong again");
    await page.getByRole("button", { name: "Open the console" }).click();
    await page.getByRole("alert").getByText("lacks the scope recommendations:admin").waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByLabel("Token").fill(`Bearer ${token}`);
    await page.getByRole("button", { name: "Open the console" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Token").waitFor();
  });

  it("a slider shows what lists would become, changes them when it is applied, and is undone in the history", async () => {
    expect(await placeOfGold()).toBe(5);
    const page = await open(link);
    await show(page, "settings");
    await previewBesideTeapot(page);
    await page.getByRole("region", { name: "As it is" }).getByText("gold teapot").waitFor();
    for (const name of ["weight.content", "weight.inherited"]) {
      const slider = page.getByRole("slider", { name, exact: true });
      await slider.focus();
      await page.keyboard.press("Home");
    }
    const goldAsItWouldBe = page.getByRole("region", { name: "As it would be" }).getByRole("listitem").nth(9);
    await goldAsItWouldBe.getByText("gold teapot").waitFor();
    await goldAsItWouldBe.getByText("down by").waitFor();
    await page.getByText("NDCG@20", { exact: true }).waitFor();
    expect(await placeOfGold()).toBe(5);
    await page.getByLabel("Reason, for the history").fill("descriptions have too much say");
    await page.screenshot({ path: path.join(PICTURES, "console-settings.png") });
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("Applied as version 1").waitFor();
    await vi.waitFor(async () => expect(await placeOfGold()).toBe(10), PATIENCE);

    await page.getByRole("link", { name: "Undo it in the history" }).click();
    await page.getByText("“descriptions have too much say”").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("that is version 2 now").waitFor();
    await vi.waitFor(async () => expect(await placeOfGold()).toBe(5), PATIENCE);
  });

  it("of two who change settings at once the second is told, and keeps what they moved", async () => {
    const [first, second] = [await open(link), await open(link)];
    for (const page of [first, second]) await show(page, "settings");
    for (const [page, value] of [
      [first, "0.4"],
      [second, "0.6"],
    ] as const) {
      await page.getByRole("slider", { name: "diversity.strength" }).fill(value);
    }
    await first.getByRole("button", { name: "Apply" }).click();
    await first.getByText(/Applied as version/).waitFor();
    await second.getByRole("button", { name: "Apply" }).click();
    await second.getByRole("alert").getByText("Somebody else has changed the settings").waitFor();
    await second.getByText("0.4 → 0.6").waitFor();
    await second.getByRole("button", { name: "Apply" }).click();
    await second.getByText(/Applied as version/).waitFor();
  });

  it("a training is asked for, watched and ends well", { timeout: 240_000 }, async () => {
    const page = await open(link);
    await show(page, "models");
    await page.getByLabel("Reason for a training").fill("a new season");
    await page.getByRole("button", { name: "Train now" }).click();
    await page.getByText("Training 2 is asked for.").waitFor();
    const run = page.getByRole("row", { name: /a new season/ });
    await run.getByText(/Succeeded|Refused/).waitFor({ timeout: 200_000 });
    await page.getByRole("region", { name: "All versions" }).getByRole("rowheader", { name: "2" }).waitFor();
  });

  it("says why a product is in a list, and why another is not", async () => {
    const page = await open(link);
    await show(page, "explore");
    await previewBesideTeapot(page);
    const list = page.getByRole("listitem").filter({ has: page.getByRole("img") });
    await list.first().getByRole("button").click();
    await page.locator(".explanation").getByText("at place 1").waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole("combobox", { name: "Why not this product?" }).fill("teapot");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowDown");
    await page.getByRole("option", { name: /^The teapot teapot$/ }).click();
    await page.getByText("The list stands beside this very product.").waitFor();
  });

  it("dead letters are shown with their reason, and brought in again", async () => {
    const messages = [message(event(1, { timestamp: OPTIONS.nowMs + 3_600_000 })), message("no event", { offset: 1n })];
    const chunk = decodeChunk("interactions", messages, OPTIONS);
    await createStreamWriter(database).write({ ...chunk, position: null });
    const page = await open(link);
    await show(page, "letters");
    await page.getByText("The message").first().click();
    await page.getByText('"event_id":"e1"').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Bring these 2 in again" }).click();
    await page.getByText("1 brought in, 1 still refused").waitFor();
    await page.getByRole("button", { name: "bad_json" }).click();
    await page.getByRole("heading", { name: "The oldest: bad_json" }).waitFor();
  });

  it("a rule is tried, kept, ended and deleted", async () => {
    const page = await open(link);
    await show(page, "rules");
    await page.getByRole("button", { name: "Add a rule" }).click();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByLabel("Name").fill("no garden in winter");
    await page.getByLabel("What it does").selectOption("EXCLUDE");
    await page.getByLabel("Categories, by comma").fill("garden");
    await page.getByLabel("Trending").check();
    await page.getByRole("button", { name: "Try it without keeping" }).click();
    await page.getByText("It would be about 5 products").waitFor();
    await page.getByLabel("Price at least").fill("cheap");
    await page.getByRole("button", { name: "Keep the rule" }).click();
    await page.getByRole("alert").getByText("A number is required, found “cheap”.").waitFor();
    await page.getByLabel("Price at least").fill("");
    await page.getByRole("button", { name: "Keep the rule" }).click();
    await page.getByRole("heading", { name: "no garden in winter" }).waitFor();
    await page.getByText("In Trending").waitFor();
    await page.getByRole("button", { name: "End now: no garden in winter" }).click();
    await page.getByText("not in force").waitFor();
    await page.getByRole("button", { name: "Delete: no garden in winter" }).click();
    await page.getByText("There is no rule").waitFor();
  });

  it.each(VIEWS)("%s keeps nobody out, in light and dark, and fits a phone", async (view) => {
    const page = await open(link);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await show(page, view);
      expect(await seriousFaults(page)).toEqual([]);
    }
    await page.setViewportSize(PHONE);
    await page.screenshot({ path: path.join(PICTURES, `console-${view}-phone.png`) });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await seriousFaults(page)).toEqual([]);
  });
});
