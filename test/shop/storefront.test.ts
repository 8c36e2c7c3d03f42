import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { seriousFaults } from "../tools/axe.js";
import { describeInChromium, openChromium } from "../tools/chromium.js";
import { describeWithPackages, ROOT } from "../tools/installedPackages.js";
import { PATIENCE } from "../tools/patience.js";
import { openWholeShop, SHOP_PACKAGES, type WholeShop } from "./wholeShop.js";

/** Pictures of each run, to be looked at; those in docs/ were chosen from them. */
const PICTURES = path.join(ROOT, ".screenshots");
const FIRST_START_MS = 600_000;
const STORY_MS = 180_000;
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 375, height: 812 };

describeInChromium(describeWithPackages(...SHOP_PACKAGES))("the storefront, in a browser, over the whole shop", () => {
  let shop: WholeShop;
  let browser: Browser;

  beforeAll(async () => {
    shop = await openWholeShop();
    browser = await openChromium();
    mkdirSync(PICTURES, { recursive: true });
  }, FIRST_START_MS);

  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  /** Somebody who has never been here, on a page without an uncaught error. */
  async function visitor(viewport: BrowserContextOptions["viewport"] = DESKTOP): Promise<Page> {
    const context = await browser.newContext({ viewport, baseURL: shop.url.storefront, reducedMotion: "reduce" });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const errors: Error[] = [];
    page.on("pageerror", (error) => errors.push(error));
    onTestFinished(async () => {
      await context.close();
      expect(errors).toEqual([]);
    });
    return page;
  }

  it("a stranger gets what sells, after three clicks what suits the visit, buys, logs in and gets personal lists with reasons", {
    timeout: STORY_MS,
  }, async () => {
    const page = await visitor();
    await page.goto("/");
    const trending = shelf(page, "Trending now");
    await cards(trending).first().waitFor();
    expect(await shelf(page, "Picked for this visit").count()).toBe(0);

    const looked: string[] = [];
    for (const place of [0, 1, 2]) {
      await page.goto("/");
      await cards(trending).nth(place).getByRole("link").click();
      const view = page.waitForResponse((response) => isRecording(response.request().postData()));
      await view;
      looked.push((await page.getByRole("heading", { level: 1 }).innerText()).trim());
    }
    await page.goto("/");
    const visit = shelf(page, "Picked for this visit");
    const because = visit.locator(".card-reason").filter({ hasText: /^Because you looked at / });
    await because.first().waitFor();
    for (const reason of await because.allInnerTexts())
      expect(looked).toContain(reason.replace("Because you looked at ", ""));
    await picture(page, "home-of-a-visit");

    await cards(visit)
      .first()
      .getByRole("button", { name: /^Add .* to the cart$/ })
      .click();
    const bought = await cards(visit).first().getAttribute("data-product");
    await page.getByRole("link", { name: /^Cart 1 piece/ }).click();
    await cards(shelf(page, "Goes with your cart")).first().waitFor();
    await picture(page, "cart");
    await page.getByRole("button", { name: "Place order" }).click();
    await page.getByText(/Your order \d+ is placed/).waitFor();

    await page.getByRole("link", { name: "Log in" }).click();
    await page.locator(".shopper").first().click();
    const personal = shelf(page, "Recommended for you");
    const reasons = personal.locator(".card-reason").filter({ hasText: /^Because you (bought|looked at) \S/ });
    await reasons.first().waitFor();
    await cards(shelf(page, "Buy it again")).first().waitFor();
    // The catalogue tells of an order a moment after it took it, and it is the shopper's own since the log-in.
    await personal.locator(`[data-product="${bought}"]`).waitFor({ state: "detached" });
    await picture(page, "home-of-a-shopper");

    await page.getByRole("button", { name: "Show more" }).click();
    await expect.poll(() => cards(personal).count(), PATIENCE).toBe(24);
    const ids = await cards(personal).evaluateAll((all) => all.map((card) => card.getAttribute("data-product")));
    expect(new Set(ids).size).toBe(24);

    await setAvailable(ids[20] as string, false);
    onTestFinished(() => setAvailable(ids[20] as string, true));
    await personal.locator(`[data-product="${ids[20]}"]`).waitFor({ state: "detached" });
    await expect.poll(() => cards(personal).count(), PATIENCE).toBe(24);
  });

  it("a click into the cart changes the list of the visit that is on the page", { timeout: STORY_MS }, async () => {
    const page = await visitor();
    await page.goto("/");
    await cards(shelf(page, "Trending now")).nth(4).getByRole("button").click();
    await cards(shelf(page, "Picked for this visit")).first().waitFor();
    await page.getByRole("status").getByText("Added to your cart").waitFor();
  });

  it("a product that the shop takes away disappears from every list while the page is open, and comes back", {
    timeout: STORY_MS,
  }, async () => {
    const page = await visitor();
    await page.goto("/");
    const card = cards(shelf(page, "Trending now")).first();
    const id = (await card.getAttribute("data-product")) as string;
    const shown = page.locator(`[data-product="${id}"]`);
    await setAvailable(id, false);
    await expect.poll(() => shown.count(), { timeout: 60_000 }).toBe(0);
    expect(await cards(shelf(page, "Trending now")).count()).toBeGreaterThan(6);
    await setAvailable(id, true);
    await shown.first().waitFor({ timeout: 60_000 });
  });

  it("a page outlives the engine: the lists vanish, the products stay, and the lists come back with it", {
    timeout: STORY_MS,
  }, async () => {
    const page = await visitor();
    await page.goto("/");
    await cards(shelf(page, "Trending now")).first().getByRole("link").click();
    await cards(shelf(page, "Similar products")).first().waitFor();
    const name = await page.getByRole("heading", { level: 1 }).innerText();
    await shop.stopEngine();
    await expect.poll(() => page.locator(".shelf").count(), { timeout: 60_000 }).toBe(0);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe(name);
    expect(await page.locator(".product-price").innerText()).toMatch(/^£\d/);
    await page.getByRole("button", { name: "Add to cart" }).click();
    await picture(page, "product-without-the-engine");

    await page.goto("/");
    await page.getByRole("link", { name: /^Stationery/ }).click();
    await page.getByRole("region", { name: "Products" }).locator(".card:not(.skeleton)").first().waitFor();

    await shop.startEngine();
    await page.goto("/");
    await cards(shelf(page, "Trending now")).first().waitFor();
  });

  it("whoever comes back with a token that the shop does not know any more is a stranger, and sees what sells", {
    timeout: STORY_MS,
  }, async () => {
    const page = await visitor();
    const account = { userId: "15288", name: "Somebody", token: "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxNTI4OCJ9." };
    await page.addInitScript(`localStorage.setItem("visit", '${JSON.stringify({ sessionId: "old", account })}')`);
    await page.goto("/");
    await page.getByRole("heading", { level: 1, name: "Small gifts" }).waitFor();
    await cards(shelf(page, "Trending now")).first().waitFor();
  });

  it("what an earlier version of the shop has left in the browser opens no blank page", {
    timeout: STORY_MS,
  }, async () => {
    const page = await visitor();
    await page.addInitScript(`localStorage.setItem("cart", "{}"); localStorage.setItem("visit", "7")`);
    await page.goto("/");
    await cards(shelf(page, "Trending now")).first().waitFor();
  });

  it("what nobody answers has words and a way on", { timeout: STORY_MS }, async () => {
    const page = await visitor();
    await page.goto("/shop?q=perpetuum");
    await page.getByRole("heading", { name: "Nothing found" }).waitFor();
    await page.goto(`/shop?q=${"perpetuum".repeat(100)}`);
    await page.getByRole("heading", { name: "Nothing found" }).waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(DESKTOP.width);
    await page.goto("/product/50%25");
    await page.getByText("There is no product with the number 50%.").waitFor();
    await page.goto("/product/moon");
    await page.getByRole("heading", { name: "We do not have this" }).waitFor();
    await page.goto("/nowhere");
    await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
    await page.route("**/graphql", (route) => route.abort());
    await page.goto("/shop?q=lantern");
    await page.getByRole("alert").getByText("The shop does not answer").waitFor();
    await page.unroute("**/graphql");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("region", { name: "Products" }).locator(".card:not(.skeleton)").first().waitFor();
  });

  it.each([
    ["desktop", DESKTOP],
    ["phone", PHONE],
  ])("on a %s every page fits its width and keeps nobody out", { timeout: STORY_MS }, async (device, viewport) => {
    const page = await visitor(viewport);
    await page.goto("/");
    await cards(shelf(page, "Trending now")).first().getByRole("button").click();
    await cards(shelf(page, "Picked for this visit")).first().waitFor();
    const productPath = await cards(shelf(page, "Trending now")).first().getByRole("link").getAttribute("href");
    for (const address of ["/", productPath as string, "/cart", "/shop?category=Bags", "/account"]) {
      await page.goto(address);
      await page.waitForLoadState("networkidle");
      const width = await page.evaluate("document.documentElement.scrollWidth");
      expect(width, `width of ${address}`).toBe(viewport.width);
      expect(await seriousFaults(page), `faults of ${address}`).toEqual([]);
      await picture(page, `${device}${address === "/" ? "-home" : address.replace(/[^a-z]+/gi, "-")}`);
    }
  });

  it("the list of a page without a graph is what the HTTP door answers", { timeout: STORY_MS }, async () => {
    const page = await visitor();
    await page.goto("/plain/17850");
    const lines = page.getByRole("main").getByRole("listitem");
    await lines.first().waitFor();
    const answer = await fetch(`${shop.url.engine}/api/recommend/17850`);
    const { recommendations } = (await answer.json()) as { recommendations: [string, number][] };
    expect(await lines.allInnerTexts()).toEqual(recommendations.map((rec) => `Product: ${rec[0]}, Score: ${rec[1]}`));
  });

  async function setAvailable(id: string, available: boolean): Promise<void> {
    const change = "mutation ($id: ID!, $change: ProductChange!) { updateProduct(id: $id, change: $change) { id } }";
    await shop.ask(change, { id, change: { available } });
  }

  async function picture(page: Page, name: string): Promise<void> {
    await page.waitForLoadState("networkidle");
    await page.screenshot({ path: path.join(PICTURES, `storefront-${name}.png`) });
  }
});

function shelf(page: Page, title: string): Locator {
  return page.getByRole("region", { name: title, exact: true });
}

function cards(list: Locator): Locator {
  return list.locator(".card:not(.skeleton)");
}

function isRecording(body: string | null): boolean {
  return body?.includes("recordInteractions") ?? false;
}
