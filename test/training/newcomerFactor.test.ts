import { describe, expect, it } from "vitest";
import { SIGNAL_NAMES, type SignalName } from "../../src/domain/setting.js";
import type { GateLists } from "../../src/scorer/gateLists.js";
import type { GateParameters } from "../../src/scorer/gates.js";
import { createReferenceScorer } from "../../src/scorer/reference.js";
import { createRecommender } from "../../src/serving/recommender.js";
import { prepareServedModel } from "../../src/serving/servedModel.js";
import { servingRules } from "../../src/serving/servingRules.js";
import { HELD_OUT_REQUEST, type HeldOutQuestion } from "../../src/training/heldOut.js";
import { askOfNewcomers, newcomerFactor } from "../../src/training/newcomerFactor.js";
import { chooseSlice } from "../../src/training/slice/chooseSlice.js";
import { chooseNewcomers, hideNewcomers } from "../../src/training/slice/hideNewcomers.js";
import { signalInput } from "../signals/signalInput.js";
import { busyShop } from "../worlds/busyShop.js";
import { gateLists, type ListRow } from "../worlds/gateLists.js";
import { product, userRequest } from "../worlds/shop.js";

const at = (name: SignalName) => SIGNAL_NAMES.indexOf(name);

describe("products that play the newcomer", () => {
  const ids = Array.from({ length: 2000 }, (_, n) => `p${n}`);
  const described = ids.map((id) => product(id, { name: id }));

  it("are about one in twenty, told by their own ids alone", () => {
    const all = chooseNewcomers(described, ids);
    const nAll = all.reduce((sum, flag) => sum + flag, 0);
    expect(nAll).toBeGreaterThan(60);
    expect(nAll).toBeLessThan(140);
    const odd = ids.filter((_, n) => n % 2 === 1);
    const ofOdd = chooseNewcomers(
      odd.map((id) => product(id, { name: id })),
      odd,
    );
    expect([...ofOdd]).toEqual([...all].filter((_, n) => n % 2 === 1));
  });

  it("are none where nothing is described: nobody could tell one newcomer from another", () => {
    const bare = ids.map((id) => product(id));
    expect(chooseNewcomers(bare, ids).includes(1)).toBe(false);
  });

  it("leave no trace in what is visible, and stay the right answers that they are", () => {
    const { log, productIds } = signalInput(busyShop());
    const slice = chooseSlice(log, { excludesPurchased: false, excludesSeen: false, maxCases: 8000 });
    if (slice === null) throw new Error("the world can be parted");
    const isNewcomer = Uint8Array.from(productIds, (_, p) => Number(p % 3 === 0));
    const hidden = hideNewcomers(slice, log, isNewcomer);
    for (let row = 0; row < log.product.length; row++) {
      expect(hidden.isHidden[row]).toBe(slice.isHidden[row] | isNewcomer[log.product[row]]);
    }
    const visible = hidden.cases.flatMap((one) => [...one.visible]);
    expect(visible.some((row) => isNewcomer[log.product[row]] === 1)).toBe(false);
    expect(visible.length).toBeGreaterThan(0);
    expect(hidden.cases.map((one) => one.targets)).toEqual(slice.cases.map((one) => one.targets));
    expect(hidden.counts.nNewcomers).toBe(isNewcomer.reduce((sum, flag) => sum + flag, 0));
  });

  it("are asked for alone by those who chose them", () => {
    const question = (...targets: number[]) =>
      ({ request: HELD_OUT_REQUEST, targets: Int32Array.from(targets) }) as unknown as HeldOutQuestion;
    const asked = askOfNewcomers([question(0, 1), question(2), question(3, 4, 1)], Uint8Array.of(0, 1, 0, 0, 1));
    expect(asked.map(({ targets }) => [...targets])).toEqual([[1], [4, 1]]);
  });
});

describe("what answers are worth for newcomers", () => {
  const BEGIN = SIGNAL_NAMES.map(
    (_, s) => ({ [at("content")]: 0.6, [at("inherited")]: 0.2, [at("latent")]: 0.2 })[s] ?? 0,
  );
  /** Lists of eight: what is inherited knows which was chosen, content prefers another. */
  const misled = (nLists: number): GateLists =>
    gateLists(
      Array.from({ length: nLists }, (_, l) =>
        Array.from({ length: 8 }, (_, n): ListRow => {
          const target = Number(n === l % 8);
          const content = n === (l + 3) % 8 ? 1.5 : ((l * 7 + n * 3) % 10) / 10;
          return { answers: { inherited: target === 1 ? 1.5 : 0.2, content, latent: 0.5 }, target };
        }),
      ),
    );
  const best = ({ start, value }: GateLists, gates: readonly number[]) => {
    let sum = 0;
    for (let l = 0; l + 1 < start.length; l++) {
      const scores = Array.from({ length: start[l + 1] - start[l] }, (_, n) =>
        gates.reduce((score, gate, s) => score + gate * value[(start[l] + n) * gates.length + s], 0),
      );
      sum += Math.max(...scores);
    }
    return sum;
  };

  it("is more from the signal that knows which newcomer is whose, less from the one that does not", () => {
    const factor = newcomerFactor(misled(300), BEGIN) ?? [];
    expect(factor[at("inherited")]).toBeGreaterThan(3 * factor[at("content")]);
  });

  it("does not lift newcomers above products that shoppers know: the best of a list scores what it did", () => {
    const lists = misled(300);
    const factor = newcomerFactor(lists, BEGIN) ?? [];
    const gates = BEGIN.map((gate, s) => gate * factor[s]);
    expect(best(lists, gates) / best(lists, BEGIN)).toBeCloseTo(1, 5);
    expect(factor[at("trending")]).toBe(1);
  });

  it("is what it is for any product where there are too few lists to tell", () => {
    expect(newcomerFactor(misled(99), BEGIN)).toBeNull();
  });
});

describe("a list where answers for newcomers have a factor", () => {
  const shop = busyShop();
  const factor = SIGNAL_NAMES.map((name) => (name === "content" ? 0.5 : 1));
  /** Described like a product that is loved, and chosen by nobody. */
  const likeTea = (productId: string) => ({ ...shop.products[0], productId });
  const listWith = async (newcomerFactor: GateParameters["newcomerFactor"], arrives: "before" | "after") => {
    const stocked = Object.assign(busyShop(), { products: [...shop.products, likeTea("new")] });
    const model = await (arrives === "before" ? stocked : shop).train();
    const gates = { ...model.gates, newcomerFactor };
    const served = prepareServedModel({ ...model, gates }, "1", stocked.stored(), createReferenceScorer(gates));
    await served.late.place();
    const rules = servingRules(stocked.settings);
    const engine = createRecommender({ histories: stocked.histories(), state: () => ({ served, rules }) });
    const request = userRequest("shopper-0", { first: 50 });
    return (await engine.recommend([request]))[0].products;
  };
  const contentOf = (products: Awaited<ReturnType<typeof listWith>>, isNew: boolean) =>
    products
      .filter(({ productId }) => (productId === "new") === isNew)
      .map(({ productId, terms }) => [productId, terms[at("content")].value] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));

  it.each(["before", "after"] as const)(
    "halves them, and nobody else's, for one that came %s training",
    async (when) => {
      const plain = await listWith({}, when);
      const halved = await listWith({ user: factor }, when);
      const [[, whole]] = contentOf(plain, true);
      expect(whole).toBeGreaterThan(0);
      expect(contentOf(halved, true)[0][1]).toBeCloseTo(whole / 2, 6);
      expect(contentOf(halved, false)).toEqual(contentOf(plain, false));
    },
  );

  it("leaves placements without one as they are", async () => {
    expect(contentOf(await listWith({ session: factor }, "before"), true)).toEqual(
      contentOf(await listWith({}, "before"), true),
    );
  });
});
