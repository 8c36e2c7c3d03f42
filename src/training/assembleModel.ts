import type { SignalName } from "../domain/setting.js";
import type { Model, TrainingFacts } from "../model/model.js";
import type { GateParameters } from "../scorer/gates.js";
import type { SignalInput } from "../signals/signal.js";
import type { FittedSignals } from "./fitSignals.js";
import { productContext } from "./productContext.js";

/** Put together what was learned from one input; products are numbered as in `productIds`. */
export function assembleModel(
  productIds: readonly string[],
  input: SignalInput,
  fitted: FittedSignals,
  gates: GateParameters,
  facts: TrainingFacts,
): Model {
  return {
    productIds,
    popularity: input.choices.popularity,
    ...fitted,
    context: productContext(input),
    gates,
    facts,
  };
}

/** The facts of a model that is never stored. */
export const EMPTY_FACTS: TrainingFacts = {
  nInteractions: 0,
  nShoppers: 0,
  nProducts: 0,
  nBaskets: 0,
  newestInteraction: null,
  signals: {},
  slice: null,
  trials: [],
  gateTrials: [],
};

/** Whether the data carried a signal that has parameters. */
export function isCarried(name: SignalName, fitted: FittedSignals): boolean {
  if (name === "repeat") return true;
  if (name === "trending") return fitted.trend !== null;
  if (name === "latent") return fitted.latent !== null;
  return fitted.matrices.has(name) || fitted.histories.has(name);
}
