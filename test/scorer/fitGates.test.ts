import { beforeAll, describe, expect, it } from "vitest";
import { SIGNAL_NAMES, type SignalName } from "../../src/domain/setting.js";
import { loadBackend, type TensorBackend } from "../../src/scorer/backend.js";
import { N_CONTEXT } from "../../src/scorer/contextFeatures.js";
import { FIT_GATES_DEFAULTS, fitGates, type GateLists, withFittedGates } from "../../src/scorer/fitGates.js";
import { checkGates, HAND_GATES, N_SIGNALS } from "../../src/scorer/gates.js";
import { ndcgPerList } from "../../src/scorer/gateTrial.js";
import { listNdcg } from "../../src/scorer/listNdcg.js";
import { seededRandom } from "../../src/scorer/seededRandom.js";
import { gateLists, type ListRow } from "../worlds/gateLists.js";

const N_ROWS = 30;
const OPTIONS = { ...FIT_GATES_DEFAULTS, prior: HAND_GATES.byPlacement.user };

const world = (nLists: number, seed: number, listOf: (random: () => number) => ListRow[]): GateLists => {
  const random = seededRandom(seed);
  return gateLists(Array.from({ length: nLists }, () => listOf(random)));
};

/** What is chosen is what collaborative says in a trend, and what content says out of it. */
const seasonal = (nLists: number, seed: number) =>
  world(nLists, seed, (random) => {
    const trendShort = random() < 0.5 ? -1 : 1;
    const answers = Array.from({ length: N_ROWS }, () => ({ collaborative: random(), content: random() }));
    const right = answers.map(({ collaborative, content }) => (trendShort > 0 ? collaborative : content));
    const best = right.indexOf(Math.max(...right));
    return answers.map((answer, i) => ({ answers: answer, context: { trendShort }, target: i === best ? 1 : 0 }));
  });

/** Chosen at random, whatever the signals say. */
const noise = (nLists: number, seed: number) =>
  world(nLists, seed, (random) => {
    const best = Math.floor(random() * N_ROWS);
    return Array.from({ length: N_ROWS }, (_, i) => ({
      answers: { collaborative: random(), content: random(), trending: random() },
      context: { age: random() },
      target: i === best ? 1 : 0,
    }));
  });

/** Only the content signal is right, and the gates by hand think little of it. */
const likeness = (nLists: number, seed: number) =>
  world(nLists, seed, (random) => {
    const answers = Array.from({ length: N_ROWS }, () => ({ collaborative: random(), content: random() }));
    const best = answers.reduce((most, { content }, i) => (content > answers[most].content ? i : most), 0);
    return answers.map((answer, i) => ({ answers: answer, target: i === best ? 1 : 0 }));
  });

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe("learning gates", () => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadBackend({ choice: "wasm", nativeDir: null });
  });

  /** NDCG@20 of gates on lists that were not there to learn from. */
  function ndcgOn(lists: GateLists, gates: Parameters<typeof ndcgPerList>[2]): number {
    const all = Int32Array.from({ length: lists.start.length - 1 }, (_, l) => l);
    return mean(ndcgPerList(lists, all, gates, backend));
  }

  it("finds the context that decides which signal is right, which no constant gates can", async () => {
    const fitted = await fitGates(seasonal(500, 1), { ...OPTIONS, learningRate: 0.03 }, backend);
    expect(fitted.chosen).toMatch(/^network/);
    const fresh = seasonal(300, 2);
    const byConstants = ndcgOn(fresh, { constant: fitted.constant, network: null });
    const byNetwork = ndcgOn(fresh, fitted);
    expect(byNetwork).toBeGreaterThan(0.9);
    expect(byNetwork).toBeGreaterThan(byConstants + 0.1);
  });

  it("moves a constant gate that the prior had wrong, and keeps what no list tells about in proportion", async () => {
    const { constant } = await fitGates(likeness(400, 1), { ...OPTIONS, epochs: 3 }, backend);
    const at = (name: SignalName) => constant[SIGNAL_NAMES.indexOf(name)];
    expect(at("content")).toBeGreaterThan(3 * at("collaborative"));
    expect(at("session") / at("neighbours")).toBeCloseTo(0.5 / 0.6, 2);
  });

  it("stays at the gates by hand when there are too few lists", async () => {
    for (const lists of [seasonal(50, 1), noise(50, 1)]) {
      const fitted = await fitGates(lists, OPTIONS, backend);
      expect(fitted).toMatchObject({ constant: OPTIONS.prior, network: null, chosen: "prior", nLists: 50 });
    }
  });

  it("stays at the gates by hand when there is nothing to learn", async () => {
    for (const seed of [1, 2, 3]) {
      const fitted = await fitGates(noise(300, seed), { ...OPTIONS, epochs: 4 }, backend);
      expect([fitted.chosen, fitted.constant]).toEqual(["prior", OPTIONS.prior]);
    }
  });

  it("learns the same gates twice, to the byte, and leaves no tensor behind", async () => {
    const options = { ...OPTIONS, epochs: 4, learningRate: 0.05 };
    const { numTensors } = backend.tf.memory();
    const once = await fitGates(seasonal(250, 1), options, backend);
    const twice = await fitGates(seasonal(250, 1), options, backend);
    const other = await fitGates(seasonal(250, 1), { ...options, seed: 2 }, backend);
    expect(once.network).not.toBeNull();
    expect(JSON.stringify(twice)).toBe(JSON.stringify(once));
    expect(JSON.stringify(other)).not.toBe(JSON.stringify(once));
    expect(backend.tf.memory().numTensors).toBe(numTensors);
  });

  it("skips lists in which nothing was chosen, and counts them", async () => {
    const lists = likeness(400, 1);
    for (let l = 0; l < 400; l += 4) lists.target.fill(0, lists.start[l], lists.start[l + 1]);
    expect(await fitGates(lists, { ...OPTIONS, epochs: 1 }, backend)).toMatchObject({ nLists: 300, nSkipped: 100 });
  });

  it("learns from evenly spread lists within the rows it is allowed", async () => {
    const options = { ...OPTIONS, epochs: 1, maxRows: 250 * N_ROWS };
    expect(await fitGates(likeness(500, 1), options, backend)).toMatchObject({ nLists: 250, nSkipped: 0 });
  });

  it("is told by name that an answer was not finite", async () => {
    const lists = likeness(300, 1);
    lists.value[7 * N_SIGNALS] = Number.NaN;
    await expect(fitGates(lists, OPTIONS, backend)).rejects.toMatchObject({ code: "NOT_FINITE" });
    const unplaced = likeness(300, 1);
    unplaced.context[7 * N_CONTEXT] = Number.POSITIVE_INFINITY;
    await expect(fitGates(unplaced, OPTIONS, backend)).rejects.toMatchObject({ code: "NOT_FINITE" });
  });

  it("gives gates that a model can carry, for the placements that were learned", async () => {
    const fitted = await fitGates(seasonal(300, 1), { ...OPTIONS, epochs: 6, learningRate: 0.03 }, backend);
    const gates = withFittedGates(HAND_GATES, fitted, ["user"]);
    expect(checkGates(JSON.parse(JSON.stringify(gates)))).toEqual(gates);
    expect(gates).toMatchObject({ kind: "network", networkPlacements: ["user"] });
    expect(gates.byPlacement.similar).toEqual(HAND_GATES.byPlacement.similar);
    const silent = SIGNAL_NAMES.indexOf("session");
    const { w2 } = gates.network ?? { w2: [] };
    expect(w2.filter((_, i) => i % N_SIGNALS === silent).every((weight) => weight === 0)).toBe(true);
  });
});

describe("NDCG of one list", () => {
  const ndcg = (score: number[], target: number[], k = 20) =>
    listNdcg(Float32Array.from(score), Float32Array.from(target), k);

  it("is 1 for the best order and falls with the ranks of what was chosen", () => {
    expect(ndcg([3, 2, 1], [1, 1, 0])).toBe(1);
    expect(ndcg([3, 2, 1], [0, 1, 0])).toBeCloseTo(1 / Math.log2(3), 12);
    expect(ndcg([1, 2, 3], [2, 0, 1])).toBeCloseTo((1 + 2 / 2) / (2 + 1 / Math.log2(3)), 12);
  });

  it("counts nothing below rank k", () => {
    expect(ndcg([3, 2, 1], [0, 0, 1], 2)).toBe(0);
  });

  it("gives scores that are all the same no credit for the order of the rows", () => {
    expect(ndcg([1, 1, 1], [1, 0, 0])).toBe(0.5);
    expect(ndcg([1, 1, 1], [0, 0, 1])).toBe(0.5);
  });
});
