import { expect, test } from "vitest";
import { NEW_PRODUCT, type StoredProduct } from "../../src/domain/product.js";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { LiveState, type LiveStateOptions } from "../../src/serving/liveState.js";
import { merchandisingRule } from "../worlds/merchandisingRule.js";

function stored(productId: string, more: Partial<StoredProduct> = {}): StoredProduct {
  const kept = { productNo: productId.length, isStub: false, isDeleted: false, addedAtMs: 0 };
  return { ...NEW_PRODUCT, productId, tags: ["a", "b"], ...kept, ...more };
}

/** A replica without a model that is told these products at each refresh. */
function replica(tellings: readonly StoredProduct[][], more: Partial<LiveStateOptions> = {}): LiveState {
  const left = [...tellings];
  const load = async () => ({ products: left.shift() ?? [], position: "0" });
  return new LiveState({
    models: { activeModel: async () => null } as never,
    catalogue: { loadProducts: load, loadChanges: load },
    trends: { loadFresh: async () => ({ productNo: new Int32Array(0), score: new Float64Array(0), newestMs: 0 }) },
    erased: { newest: async () => null, among: async () => new Set() },
    settings: { load: async () => DEFAULT_SETTINGS },
    merchandising: { load: async () => [] },
    createScorer: () => ({ score: async () => ({}) as never, dispose: () => {} }) as never,
    onEvent: () => {},
    clock: () => 0,
    ...more,
  });
}

/** Such a replica after its refreshes, and how often it placed late products. */
async function replicaTold(tellings: readonly StoredProduct[][]) {
  const state = replica(tellings);
  const { served } = state.current();
  let nPlacings = 0;
  served.late.place = async () => {
    nPlacings++;
  };
  for (const _ of tellings) await state.refresh();
  return { catalogue: served.catalogue, nPlacings: () => nPlacings };
}

test("products that are told again as they are held cost nothing", async () => {
  const products = [stored("cup"), stored("teapot")];
  const { nPlacings, catalogue } = await replicaTold([products, structuredClone(products), structuredClone(products)]);
  expect(nPlacings()).toBe(1);
  const newest = catalogue.newestFirst();
  expect(catalogue.apply(structuredClone(products))).toBe(0);
  expect(catalogue.newestFirst()).toBe(newest);
});

test.each([
  ["a tag", { tags: ["a", "c"] }],
  ["a tag less", { tags: ["a"] }],
  ["a price", { price: 2 }],
  ["availability", { isAvailable: false }],
  ["age", { addedAtMs: 5 }],
])("a product that differs in %s is taken over", async (_, more) => {
  const { nPlacings, catalogue } = await replicaTold([[stored("cup")], [stored("cup", more)]]);
  expect(nPlacings()).toBe(2);
  expect(catalogue.storedProduct(catalogue.indexOf("cup"))).toMatchObject(more);
});

test("a rule acts from the start of its window and no longer at its end, whatever the store does meanwhile", async () => {
  const window = { startsAt: "2026-11-27T00:00:00+01:00", endsAt: "2026-11-28T00:00:00Z" };
  const rule = merchandisingRule({ ruleId: "friday", action: "exclude", tags: ["a"], ...window });
  let nowMs = 0;
  const state = replica([[stored("cup")]], { merchandising: { load: async () => [rule] }, clock: () => nowMs });
  await state.refresh();
  const isActing = (time: string) => {
    nowMs = Date.parse(time);
    return state.current().rules.merchandising.length === 1;
  };
  expect(isActing("2026-11-26T22:59:59.999Z")).toBe(false);
  expect(isActing("2026-11-26T23:00:00Z")).toBe(true);
  expect(isActing("2026-11-27T23:59:59.999Z")).toBe(true);
  expect(isActing("2026-11-28T00:00:00Z")).toBe(false);
});

test("without rules the answer path reads the very object that the settings made", async () => {
  const state = replica([[]]);
  await state.refresh();
  expect(state.current().rules).toBe(state.current().rules);
  expect(state.current().rules.merchandising).toEqual([]);
});
