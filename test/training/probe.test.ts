import { beforeAll, describe, expect, it } from "vitest";
import { HAND_GATES } from "../../src/scorer/gates.js";
import type { ServedSignal } from "../../src/serving/servedSignals.js";
import { servingRules } from "../../src/serving/servingRules.js";
import { packMatrix } from "../../src/signals/packedMatrix.js";
import { arrangeShop } from "../../src/training/arrangeShop.js";
import { NOTHING_FITTED } from "../../src/training/fitSignals.js";
import { withinTuningWork } from "../../src/training/ground.js";
import { type HeldOutQuestion, questionOf } from "../../src/training/heldOut.js";
import { Probe } from "../../src/training/probe.js";
import { serveTwin } from "../../src/training/twin.js";
import { deed, Shop } from "../worlds/shop.js";

const ALONE = { view: { horizon: 0, weightPower: 1 }, rival: null, minGain: 0.005, proposer: null };

/** Everyone bought tea and is asked what next; all but every tenth will say a cup. */
class World {
  readonly shop = new Shop(
    [],
    Array.from({ length: 500 }, (_, n) => [
      deed(`u${n}`, "tea", { day: n }),
      deed(`u${n}`, n % 10 ? "cup" : "jug", { day: n + 1 }),
    ]).flat(),
  );
  private readonly arranged = arrangeShop(
    { table: this.shop.table(), products: [], segments: new Map() },
    this.shop.settings,
  );
  private readonly questions = this.arranged.shopperIds.map((_, shopper) => {
    const { log } = this.arranged.input;
    const [first, last] = [log.start[shopper], log.start[shopper] + 1];
    const one = { shopper, visible: Int32Array.of(first), targets: Int32Array.of(log.product[last]), chosenFromMs: 0 };
    return questionOf(one, log, this.arranged.input.segments);
  });

  probe(): Probe {
    const twin = {
      shop: this.arranged,
      input: this.arranged.input,
      fitted: NOTHING_FITTED,
      parameters: new Map(),
      gates: HAND_GATES,
    };
    return new Probe(serveTwin(twin), this.questions, servingRules(this.shop.settings));
  }

  get productIds(): readonly string[] {
    return this.arranged.productIds;
  }

  /** A signal that answers those who know `from` with these products. */
  rows(from: string, answers: Readonly<Record<string, number>>): ServedSignal {
    const at = (id: string) => this.productIds.indexOf(id);
    const n = this.productIds.length;
    const rowStart = Int32Array.from({ length: n + 1 }, (_, row) => (row > at(from) ? Object.keys(answers).length : 0));
    const col = Int32Array.from(Object.keys(answers), at);
    const matrix = { nRows: n, nCols: n, rowStart, col, value: Float32Array.from(Object.values(answers)) };
    return { kind: "rows", packed: packMatrix(matrix), horizon: 0 };
  }

  /** A signal that answers everyone with these products, best first. */
  signal(...productIds: string[]): ServedSignal {
    const order = Int32Array.from(productIds, (id) => this.arranged.productIds.indexOf(id));
    return { kind: "prior", order, scaled: new Float32Array(this.arranged.productIds.length) };
  }
}

describe("a probe", () => {
  let world: World;
  beforeAll(() => {
    world = new World();
  });

  it("asks every question where there is no rival, and takes the mean", () => {
    const { ndcg, perQuestion } = world.probe().judge(world.signal("cup"), ALONE);
    expect(perQuestion).toHaveLength(500);
    expect(ndcg).toBeCloseTo(0.9, 12);
  });

  it("stops after a hundred when a rival is clearly better, and not before", () => {
    const probe = world.probe();
    const rival = probe.judge(world.signal("cup"), ALONE);
    expect(probe.judge(world.signal("jug"), { ...ALONE, rival }).perQuestion).toHaveLength(100);
  });

  it("stops when a signal is as good as its rival but no better: that is not worth a change", () => {
    const probe = world.probe();
    const rival = probe.judge(world.signal("cup"), ALONE);
    expect(probe.judge(world.signal("cup"), { ...ALONE, rival }).perQuestion).toHaveLength(100);
  });

  it("asks a better signal to the end, with the same result as without a rival", () => {
    const probe = world.probe();
    const rival = probe.judge(world.signal("cup"), ALONE);
    const alone = probe.judge(world.signal("cup", "jug"), ALONE);
    expect(probe.judge(world.signal("cup", "jug"), { ...ALONE, rival })).toEqual(alone);
    expect(alone.ndcg).toBeGreaterThan(rival.ndcg);
  });
});

describe("a probe of a signal that cannot list anything by itself", () => {
  const world = new World();
  /** A space of one direction in which these products lie that far. */
  const space = (at: Readonly<Record<string, number>>): ServedSignal => {
    const along = Float32Array.from(world.productIds, (id) => at[id] ?? 0);
    return { kind: "latent", space: { rank: 1, source: along, target: along }, horizon: 0 };
  };
  /** Proposes tea's neighbours, the jug before the cup. */
  const proposer = world.rows("tea", { jug: 0.6, cup: 0.4 });

  it("puts in order what another proposes", () => {
    const judged = (at: Record<string, number>) => world.probe().judge(space(at), { ...ALONE, proposer }).ndcg;
    const [first, second] = [1, 1 / Math.log2(3)];
    expect(judged({ tea: 1, cup: 0.9, jug: 0.2 })).toBeCloseTo(0.9 * first + 0.1 * second, 12);
    expect(judged({ tea: 1, cup: 0.2, jug: 0.9 })).toBeCloseTo(0.1 * first + 0.9 * second, 12);
  });

  it("has nothing to say where nobody proposes", () => {
    expect(world.probe().judge(space({ tea: 1, cup: 1 }), ALONE).ndcg).toBe(0);
  });
});

describe("the questions of a tuning", () => {
  const asking = (nProducts: number, nQuestions: number): HeldOutQuestion[] =>
    Array.from({ length: nQuestions }, () => {
      const productNo = Int32Array.from({ length: 2 * nProducts }, (_, n) => n % nProducts);
      return { history: { productNo } } as unknown as HeldOutQuestion;
    });

  it("are as many as know together so many products, each counted once a shopper", () => {
    expect(withinTuningWork(asking(20, 1500), 1)).toHaveLength(1000);
    expect(withinTuningWork(asking(5, 1500), 1)).toHaveLength(1500);
    expect(withinTuningWork(asking(20, 5000), 3)).toHaveLength(3000);
  });

  it("are never too few to tell values apart, however much the shoppers know", () => {
    expect(withinTuningWork(asking(500, 1500), 1)).toHaveLength(400);
    expect(withinTuningWork(asking(500, 300), 1)).toHaveLength(300);
  });
});
