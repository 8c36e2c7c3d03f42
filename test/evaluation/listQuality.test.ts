import { expect, test } from "vitest";
import { interactionWeight } from "../../src/domain/interactionWeight.js";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { collectChoices, isChosen } from "../../src/evaluation/choices.js";
import { CoPurchase } from "../../src/evaluation/coPurchase.js";
import { measureQuality } from "../../src/evaluation/listQuality.js";
import { deed, Shop } from "../worlds/shop.js";

/** Ann and Bob choose a and b, Cid chooses a and c, Dan chooses c; nobody chooses d. */
const table = new Shop(
  [],
  [
    ...["a", "b"].flatMap((product) => [deed("ann", product), deed("bob", product)]),
    deed("ann", "a", { day: 1 }),
    ...["a", "c"].map((product) => deed("cid", product)),
    deed("dan", "c"),
    deed("dan", "b", { action: "dislike" }),
  ],
).table();
const [A, B, C, D] = [0, 1, 2, 3];
const productIndex = Int32Array.from(table.products.texts, (id) => ["a", "b", "c", "d"].indexOf(id));
const choices = collectChoices(table, productIndex, 4, isChosen(table, interactionWeight(DEFAULT_SETTINGS)));

test("novelty is the mean self-information; what nobody chose counts as chosen once", () => {
  expect(measureQuality([[A]], choices).novelty).toBeCloseTo(Math.log2(4 / 3), 12);
  expect(measureQuality([[B, C], [D]], choices).novelty).toBeCloseTo((1 + 2) / 2, 12);
});

test("diversity is one less the mean cosine of the shoppers of each pair", () => {
  const ab = 2 / Math.sqrt(3 * 2);
  const ac = 1 / Math.sqrt(3 * 2);
  expect(measureQuality([[A, B, C]], choices).diversity).toBeCloseTo(1 - (ab + ac + 0) / 3, 12);
  expect(measureQuality([[B, C]], choices).diversity).toBeCloseTo(1, 12);
  expect(measureQuality([[A, D], [A]], choices).diversity).toBeCloseTo(1, 12);
});

test("lists that cannot be measured say so", () => {
  expect(measureQuality([[]], choices)).toEqual({ novelty: null, diversity: null });
  expect(measureQuality([[A]], choices).diversity).toBeNull();
});

test("co-purchase counts common shoppers and settles ties by rank", () => {
  const coPurchase = new CoPurchase(choices, Int32Array.of(3, 2, 1, 0));
  expect(coPurchase.best([A], 5, () => true)).toEqual([B, C]);
  expect(coPurchase.best([B, C], 5, () => true)).toEqual([A]);
  expect(coPurchase.best([A], 5, (product) => product !== B)).toEqual([C]);
  expect(coPurchase.best([D], 5, () => true)).toEqual([]);
});
