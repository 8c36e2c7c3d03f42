import { describe, expect, it } from "vitest";
import { describeComparison } from "../../src/commands/describeComparison.js";
import { DEFAULT_SETTINGS, type SignalName } from "../../src/domain/setting.js";
import { decodeModel, encodeModel } from "../../src/model/artifact.js";
import { decodeHeldOutLists, encodeHeldOutLists } from "../../src/model/heldOutLists.js";
import { compareModels, type ServedRival } from "../../src/training/gate.js";
import { type TrainedModel, trainModel } from "../../src/training/trainModel.js";
import { EVERY_MATRIX, openSabotagedFitter } from "../worlds/sabotage.js";
import { deed, Shop, twoCircles } from "../worlds/shop.js";
import { candidateOf, optionsFor, RETURN_DAY, returningShoppers, servedOf, until } from "./gateWorld.js";

function train(shop: Shop, { served, broken }: { served?: ServedRival; broken?: readonly SignalName[] } = {}) {
  const data = { table: shop.table(), products: shop.products, segments: new Map() };
  return trainModel(data, {
    settings: DEFAULT_SETTINGS,
    backend: null,
    openFitter: openSabotagedFitter(broken ?? []),
    loadServed: async () => served ?? null,
  });
}

/** The model as the store gives it back: through bytes. */
function rivalOf({ model, heldOut }: TrainedModel, keepsLists = true): ServedRival {
  const lists = heldOut === null ? null : decodeHeldOutLists(encodeHeldOutLists(heldOut), model.productIds.length);
  return { version: 7, model: decodeModel(encodeModel(model)), heldOut: keepsLists ? lists : null };
}

describe("a training compared with the model that serves", async () => {
  const shop = twoCircles();
  const first = await train(shop);

  it("activates the first model of a shop", () => {
    expect(first.comparison).toMatchObject({ kind: "no model", served: null, isAccepted: true, nLists: 20 });
  });

  it.each([
    ["its stored lists", true],
    ["its recipe fitted again", false],
  ])("finds a retraining on unchanged data exactly as good, by %s", async (_how, keepsLists) => {
    const again = await train(shop, { served: rivalOf(first, keepsLists) });
    const { candidate, served, isAccepted, kind } = again.comparison ?? {};
    expect({ ...candidate, version: 7 }).toEqual(served);
    expect({ isAccepted, kind }).toEqual({ isAccepted: true, kind: "recipe refitted" });
  });

  it("learns the same bytes whatever it is compared with", async () => {
    const alone = await trainModel(
      { table: shop.table(), products: shop.products, segments: new Map() },
      { settings: DEFAULT_SETTINGS, backend: null },
    );
    expect(Buffer.compare(encodeModel(alone.model), encodeModel(first.model))).toBe(0);
    expect(alone.comparison).toBeNull();
  });

  it("refuses a model whose signals are broken, with both numbers", async () => {
    const broken = await train(shop, { served: rivalOf(first), broken: EVERY_MATRIX });
    const { candidate, served, isAccepted } = broken.comparison ?? {};
    expect(candidate?.ndcg).toBeLessThan(0.99 * (served?.ndcg ?? 0));
    expect(isAccepted).toBe(false);
  });

  it("says that nothing can be compared where no shopper has two choices", async () => {
    const strangers = new Shop([], [deed("u", "x"), deed("v", "y")]);
    expect(await train(strangers)).toMatchObject({ heldOut: null, comparison: null });
  });
});

describe("the comparison", async () => {
  const shop = returningShoppers(6400);
  const beforeReturn = until(shop, RETURN_DAY - 1);
  const good = await candidateOf(shop);
  const bad = await candidateOf(shop, ["collaborative"]);

  it("asks the served model itself where 500 answers are newer than what it knows", async () => {
    const served = await servedOf(beforeReturn);
    const comparison = await compareModels(good, served, optionsFor(good));
    expect(comparison).toMatchObject({ kind: "newer events", isAccepted: true, served: { version: 7 } });
    expect(comparison.nLists).toBeGreaterThanOrEqual(500);
    expect(comparison.served?.ndcg).toBeGreaterThan(0.3);
  });

  it("refuses a broken candidate and takes a sound one for a broken model, on newer events", async () => {
    const sound = await servedOf(beforeReturn);
    const broken = await servedOf(beforeReturn, ["collaborative"]);
    expect(await compareModels(bad, sound, optionsFor(bad))).toMatchObject({
      kind: "newer events",
      isAccepted: false,
    });
    expect(await compareModels(good, broken, optionsFor(good))).toMatchObject({
      kind: "newer events",
      isAccepted: true,
    });
  });

  it("knows the served model's products by their ids, however it numbers them", async () => {
    const renumbered = new Shop([], [deed("somebody", "a product that sorts first", { day: 0 })]);
    Object.assign(renumbered, { rows: [...renumbered.rows, ...beforeReturn.rows] });
    const plain = await compareModels(good, await servedOf(beforeReturn), optionsFor(good));
    const other = await compareModels(good, await servedOf(renumbered), optionsFor(good));
    expect(other.served?.ndcg).toBeCloseTo(plain.served?.ndcg ?? 0, 2);
  });

  it("fits the recipe again where the served model knows more than the candidate before its refit", async () => {
    const newest = await servedOf(until(shop, RETURN_DAY + 0.56));
    const newestMs = Date.parse(newest.model?.facts.newestInteraction ?? "");
    expect(good.questions.filter(({ chosenFromMs }) => chosenFromMs > newestMs).length).toBeGreaterThan(500);
    expect(good.twin.input.log.newestMs).toBeLessThan(newestMs);
    const comparison = await compareModels(good, newest, optionsFor(good));
    expect(comparison.kind).toBe("recipe refitted");
    expect(comparison.candidate?.ndcg).toBe(comparison.served?.ndcg);
  });

  it("requires what training.minImprovement says, and not more", async () => {
    const served = await servedOf(shop);
    const accepts = async (minImprovement: number) =>
      (await compareModels(good, served, optionsFor(good, minImprovement))).isAccepted;
    expect([await accepts(-0.01), await accepts(0), await accepts(0.001)]).toEqual([true, true, false]);
  });

  it("reports a first model that loses to the most popular products, and activates it", async () => {
    const sound = await compareModels(good, null, optionsFor(good));
    const lost = await compareModels(bad, null, optionsFor(bad));
    expect(sound).toMatchObject({ isAccepted: true, losesToPopularity: false });
    expect(lost).toMatchObject({ isAccepted: true, losesToPopularity: true, popularity: sound.popularity });
    expect(describeComparison(3, lost).join("\n")).toMatch(
      /version 3 accepted: the first model.*\nWARNING: .*0\.2988 against 0\.4274/,
    );
  });

  it("is told in one line with both numbers and what was required", async () => {
    const refused = await compareModels(bad, await servedOf(beforeReturn), optionsFor(bad));
    expect(describeComparison(8, refused)[0]).toMatch(
      /^version 8 REFUSED, version 7 stays active, NDCG@20 0\.2988 on 565 held-out lists; version 7 has 0\.3767 .*; at least 0\.3729 is required/,
    );
  });

  it("takes anything readable for a model that cannot be read", async () => {
    const comparison = await compareModels(bad, { version: 7, model: null, heldOut: null }, optionsFor(bad));
    expect(comparison).toMatchObject({ kind: "unreadable model", served: null, isAccepted: true });
  });
});
