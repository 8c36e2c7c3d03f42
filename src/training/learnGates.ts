import type { TensorBackend } from "../scorer/backend.js";
import { FIT_GATES_DEFAULTS, fitGates, withFittedGates } from "../scorer/fitGates.js";
import { type GateParameters, HAND_GATES } from "../scorer/gates.js";
import type { ServingRules } from "../serving/servingRules.js";
import { calibrateTrend } from "./calibrateTrend.js";
import { type GatheredLists, gatherGateLists } from "./gateLists.js";
import { LEARNED_PLACEMENTS } from "./gatesByStrength.js";
import type { HeldOutQuestion } from "./heldOut.js";
import { serveTwin, type Twin } from "./twin.js";

/** A twin and questions about what it has not seen. */
export interface QuestionedTwin {
  readonly twin: Twin;
  readonly questions: readonly HeldOutQuestion[];
}

export interface LearnGatesOptions {
  readonly rules: ServingRules;
  readonly backend: TensorBackend;
  readonly onProgress: (stage: string, share: number) => void;
}

const GATE_QUESTIONS = 8000;
/** With fewer shoppers who came back nothing can be said of how loud the trend should be. */
const LEAST_CALIBRATION_QUESTIONS = 50;

/**
 * Learn gates from a twin's answers to held-out questions, beginning with the twin's own; then how loud the trend should
 * be from questions about the newest part of the log, where there is another twin for those.
 */
export async function learnGates(
  { twin, questions }: QuestionedTwin,
  newest: QuestionedTwin | null,
  { rules, backend, onProgress }: LearnGatesOptions,
): Promise<{ readonly gates: GateParameters; readonly tried: readonly unknown[] }> {
  const gather = (asked: Twin, about: readonly HeldOutQuestion[]): GatheredLists => {
    const served = serveTwin(asked);
    const isCounted = served.signals.map((signal) => signal !== null);
    const report = (share: number) => onProgress("gathering lists", share);
    return gatherGateLists(about, served, { rules, isCounted, onProgress: report });
  };
  const lists = gather(twin, questions.slice(0, GATE_QUESTIONS));
  onProgress("learning gates", 0);
  const prior = twin.gates.byPlacement.user;
  const fitted = await fitGates(lists, { ...FIT_GATES_DEFAULTS, prior }, backend);
  const warm = newest?.questions.filter(isWarm).slice(0, GATE_QUESTIONS) ?? [];
  const calibration =
    newest === null || warm.length < LEAST_CALIBRATION_QUESTIONS
      ? null
      : calibrateTrend(gather(newest.twin, warm), fitted, backend);
  const gates = withFittedGates(HAND_GATES, calibration?.gates ?? fitted, LEARNED_PLACEMENTS);
  return { gates, tried: [...fitted.tried, ...(calibration?.tried ?? [])] };
}

function isWarm({ history }: HeldOutQuestion): boolean {
  return history.productNo.length > 0;
}
