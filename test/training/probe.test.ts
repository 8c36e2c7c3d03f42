import { beforeAll, describe, expect, it } from "vitest";
import { HAND_GATES } from "../../src/scorer/gates.js";
import type { ServedSignal } from "../../src/serving/servedSignals.js";
import { servingRules } from "../../src/serving/servingRules.js";
import { arrangeShop } from "../../src/training/arrangeShop.js";
import { withinTuningWork } from "../../src/training/ground.js";
import { type HeldOutQuestion, questionOf } from "../../src/training/heldOut.js";
import { Probe } from "../../src/training/probe.js";
import { serveTwin } from "../../src/training/twin.js";
import { deed, Shop } from "../worlds/shop.js";

const MIN_GAIN = 0.005;
const VIEW = { horizon: 0, weightPower: 1 };

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
    const fitted = {
      matrices: new Map(),
      histories: new Map(),
      latent: null,
      trend: null,
      categories: [],
      segments: [],
    };
    const twin = { shop: this.arranged, input: this.arranged.input, fitted, parameters: new Map(), gates: HAND_GATES };
    return new Probe(serveTwin(twin), this.questions, servingRules(this.shop.settings));
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
    const { ndcg, perQuestion } = world.probe().judge(world.signal("cup"), VIEW, null, MIN_GAIN);
    expect(perQuestion).toHaveLength(500);
    expect(ndcg).toBeCloseTo(0.9, 12);
  });

  it("stops after a hundred when a rival is clearly better, and not before", () => {
    const probe = world.probe();
    const rival = probe.judge(world.signal("cup"), VIEW, null, MIN_GAIN);
    expect(probe.judge(world.signal("jug"), VIEW, rival, MIN_GAIN).perQuestion).toHaveLength(100);
  });

  it("stops when a signal is as good as its rival but no better: that is not worth a change", () => {
    const probe = world.probe();
    const rival = probe.judge(world.signal("cup"), VIEW, null, MIN_GAIN);
    expect(probe.judge(world.signal("cup"), VIEW, rival, MIN_GAIN).perQuestion).toHaveLength(100);
  });

  it("asks a better signal to the end, with the same result as without a rival", () => {
    const probe = world.probe();
    const rival = probe.judge(world.signal("cup"), VIEW, null, MIN_GAIN);
    const alone = probe.judge(world.signal("cup", "jug"), VIEW, null, MIN_GAIN);
    expect(probe.judge(world.signal("cup", "jug"), VIEW, rival, MIN_GAIN)).toEqual(alone);
    expect(alone.ndcg).toBeGreaterThan(rival.ndcg);
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
