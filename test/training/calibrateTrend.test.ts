import { beforeAll, describe, expect, it } from "vitest";
import { SIGNAL_NAMES, type SignalName } from "../../src/domain/setting.js";
import { loadBackend, type TensorBackend } from "../../src/scorer/backend.js";
import { N_CONTEXT } from "../../src/scorer/contextFeatures.js";
import type { FittedGates } from "../../src/scorer/fitGates.js";
import { inverseSoftplus, N_INPUTS } from "../../src/scorer/gateNetwork.js";
import { calibrateTrend } from "../../src/training/calibrateTrend.js";
import { gateLists, type ListRow } from "../worlds/gateLists.js";

const at = (name: SignalName) => SIGNAL_NAMES.indexOf(name);
const TREND_SIGNALS: readonly SignalName[] = ["trending", "categoryTrend", "segmentTrend"];

/** Taste counts 1; the trend of the shop 0.3, that of categories 0.2 and that of segments 0.1. */
const CONSTANT = SIGNAL_NAMES.map((_, s) => [0, 0.3, 0.2, 0.1][TREND_SIGNALS.indexOf(SIGNAL_NAMES[s]) + 1] || 1);
const GATES: FittedGates = { constant: CONSTANT, network: null, tried: [], chosen: "constant", nLists: 0, nSkipped: 0 };

/** A list of two: one that was chosen, and one that was not. */
function duel(chosen: ListRow["answers"], other: ListRow["answers"]): ListRow[] {
  return [
    { answers: other, target: 0 },
    { answers: chosen, target: 1 },
  ];
}

const times = (n: number, list: ListRow[]) => Array.from({ length: n }, () => list);

/** What sells now is chosen though it fits less: found when the trend counts 0.9 and more, which is 3 times as much. */
const FASHION = duel({ trending: 1 }, { collaborative: 0.9 });
/** The same, found when it counts 3.3 and more: only 16 times as much is enough. */
const CRAZE = duel({ trending: 0.3 }, { collaborative: 1 });
/** What fits is chosen though something else sells more; lost when the trend counts 2.5 and more, at 16 times. */
const TASTE = duel({ collaborative: 1 }, { trending: 0.4 });
/** The same, lost as soon as the trend is any louder. */
const DEVOTION = duel({ collaborative: 0.5 }, { trending: 1 });
/** What fits is chosen, and no trend speaks against it. */
const INDIFFERENT = duel({ collaborative: 1 }, {});

describe("the calibration of the trend", () => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadBackend({ choice: "cpu", nativeDir: null });
  });
  const calibrate = (lists: ListRow[][], gates: FittedGates = GATES, slice = times(10, INDIFFERENT)) =>
    calibrateTrend(gateLists(lists), gateLists(slice), gates, backend);
  const loudness = (lists: ListRow[][]) => calibrate(lists).gates.constant[at("trending")] / 0.3;

  it("leaves the gates as they are where a louder trend does not help", () => {
    expect(calibrate(times(20, DEVOTION)).gates).toBe(GATES);
    expect(calibrate(times(20, duel({ content: 1 }, {}))).gates).toBe(GATES);
  });

  it("leaves them as they are where nothing can be learned: no list, and none with anything chosen", () => {
    expect(calibrate([]).gates).toBe(GATES);
    expect(calibrate(times(5, [{ answers: { trending: 1 }, target: 0 }])).gates).toBe(GATES);
  });

  it("makes every trend louder alike where that finds what was chosen, and nothing else", () => {
    const { gates } = calibrate(times(20, FASHION));
    for (const [s, name] of SIGNAL_NAMES.entries()) {
      expect(gates.constant[s]).toBeCloseTo((TREND_SIGNALS.includes(name) ? 4 : 1) * CONSTANT[s], 12);
    }
  });

  it("takes the smallest factor that the best does not lead by more than chance", () => {
    const mixed = [...times(20, FASHION), ...times(3, CRAZE), ...times(2, TASTE)];
    const { tried } = calibrate(mixed);
    expect(tried.map(({ name }) => name)).toEqual(["trend ×1", "trend ×2", "trend ×4", "trend ×8", "trend ×16"]);
    expect(Math.max(...tried.map(({ ndcg }) => ndcg))).toBe(tried[4].ndcg);
    expect(tried[4].ndcg).toBeGreaterThan(tried[2].ndcg);
    expect(loudness(mixed)).toBeCloseTo(4, 12);
    expect(loudness([...times(20, FASHION), ...times(12, CRAZE)])).toBeCloseTo(16, 12);
  });

  it("is not led astray by a little luck: what was asked at other times may not lose far more than is gained", () => {
    // Second place is worth 0.63: of 40 returned three more are first at 16 times, of the slice's ten all become second.
    const returned = [...times(37, INDIFFERENT), ...times(3, CRAZE)];
    expect(calibrate(returned).gates.constant[at("trending")] / 0.3).toBeCloseTo(16, 12);
    expect(calibrate(returned, GATES, times(10, TASTE)).gates).toBe(GATES);
    const { tried } = calibrate(returned, GATES, times(10, TASTE));
    expect(tried[4].ndcgOfSlice).toBeLessThan(tried[0].ndcgOfSlice);
  });

  it("follows those who come back where they gain as much as the slice loses", () => {
    expect(calibrate(times(20, CRAZE), GATES, times(10, TASTE)).gates.constant[at("trending")] / 0.3).toBeCloseTo(
      16,
      12,
    );
  });

  it("says it to the network by its scale, and leaves what the network has learned", () => {
    const network = {
      mean: new Array(N_INPUTS).fill(0),
      deviation: new Array(N_INPUTS).fill(1),
      w1: new Array(N_INPUTS).fill(0),
      b1: [0],
      w2: new Array(SIGNAL_NAMES.length).fill(0),
      b2: CONSTANT.map(inverseSoftplus),
      scale: SIGNAL_NAMES.map(() => 1),
    };
    const { gates } = calibrate(times(20, FASHION), { ...GATES, network });
    expect(N_INPUTS).toBe(2 * SIGNAL_NAMES.length + N_CONTEXT);
    expect(gates.network).toEqual({ ...network, scale: SIGNAL_NAMES.map((n) => (TREND_SIGNALS.includes(n) ? 4 : 1)) });
    expect(calibrate(times(20, DEVOTION), { ...GATES, network }).gates.network).toBe(network);
  });
});
