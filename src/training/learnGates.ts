import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import { FIT_GATES_DEFAULTS, type FittedGates, fitGates, withFittedGates } from "../scorer/fitGates.js";
import type { GateLists } from "../scorer/gateLists.js";
import { type GateParameters, HAND_GATES } from "../scorer/gates.js";
import type { ServingRules } from "../serving/servingRules.js";
import { calibrateTrend } from "./calibrateTrend.js";
import { gatherGateLists } from "./gateLists.js";
import { LEARNED_PLACEMENTS } from "./gatesByStrength.js";
import type { Ground } from "./ground.js";
import type { HeldOutQuestion } from "./heldOut.js";
import { askOfNewcomers, KNOWS_NEWCOMERS, newcomerFactor, onlyNewcomers } from "./newcomerFactor.js";
import { payingSignals, withoutOthers } from "./payingSignals.js";
import type { TrainOptions } from "./trainOptions.js";
import { fitTwin, serveTwin, type Twin } from "./twin.js";

export interface GateGrounds {
  readonly ground: Ground;
  /** What came last in the whole shop, where the slice is not that already. */
  readonly newest: Ground | null;
  /** 1 for every product that plays the newcomer in `ground`. */
  readonly isNewcomer: Uint8Array;
}

/**
 * The gates a twin begins with, or what its lists taught instead. Where shoppers who came back give more right answers
 * than the slice does, they say how loud the trend is.
 */
export async function learnGates(
  twin: Twin,
  { ground, newest, isNewcomer }: GateGrounds,
  rules: ServingRules,
  { backend, onProgress }: TrainOptions,
): Promise<{ readonly gates: GateParameters; readonly tried: readonly unknown[] }> {
  const { gates: questions } = ground.questions;
  if (backend === null || questions.length === 0) return { gates: twin.gates, tried: [] };
  const gather = (from: Twin, asked: readonly HeldOutQuestion[], asks = (_: SignalName) => true): GateLists => {
    const served = serveTwin(from);
    const isCounted = served.signals.map((signal, s) => signal !== null && asks(SIGNAL_NAMES[s]));
    const report = (share: number) => onProgress?.({ stage: "gathering lists", share });
    return gatherGateLists(asked, served, { rules, isCounted, onProgress: report });
  };
  const among = gather(onlyNewcomers(twin, isNewcomer), askOfNewcomers(questions, isNewcomer), (name) =>
    KNOWS_NEWCOMERS.has(name),
  );
  const factor = newcomerFactor(among, twin.gates.byPlacement.user);
  const begin = withNewcomers(twin.gates, factor);
  const all = gather({ ...twin, gates: begin }, questions);
  onProgress?.({ stage: "learning gates", share: 0 });
  const needed = isNewcomer.includes(1) ? KNOWS_NEWCOMERS : new Set<SignalName>();
  const { pays, tried } = payingSignals(all, twin.gates.byPlacement.user, needed);
  const prior = twin.gates.byPlacement.user.map((gate, s) => (pays[s] ? gate : 0));
  const paying = withoutOthers(all, pays);
  const fitted = await fitGates(paying, { ...FIT_GATES_DEFAULTS, prior }, backend);
  const returned = newest?.questions.returned ?? [];
  const learned = (gates: FittedGates) => withNewcomers(withFittedGates(HAND_GATES, gates, LEARNED_PLACEMENTS), factor);
  if (newest === null || countAnswers(returned) <= countAnswers(questions)) {
    return { gates: learned(fitted), tried: [...tried, ...fitted.tried] };
  }
  onProgress?.({ stage: "calibrating the trend", share: 0 });
  const newestTwin = await fitTwin(twin.shop, newest, { parameters: twin.parameters, gates: begin });
  const calibrated = calibrateTrend(withoutOthers(gather(newestTwin, returned), pays), paying, fitted, backend);
  return { gates: learned(calibrated.gates), tried: [...tried, ...fitted.tried, ...calibrated.tried] };
}

function withNewcomers(gates: GateParameters, factor: readonly number[] | null): GateParameters {
  if (factor === null) return gates;
  return { ...gates, newcomerFactor: Object.fromEntries(LEARNED_PLACEMENTS.map((placement) => [placement, factor])) };
}

/** Right answers: each is one piece of evidence. */
function countAnswers(questions: readonly HeldOutQuestion[]): number {
  return questions.reduce((sum, { targets }) => sum + targets.length, 0);
}
