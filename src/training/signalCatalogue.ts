import type { SignalName } from "../domain/setting.js";
import { basket } from "../signals/basket.js";
import { categoryTrend } from "../signals/categoryTrend.js";
import { collaborative } from "../signals/collaborative.js";
import { content } from "../signals/content.js";
import { inherited } from "../signals/inherited.js";
import { latent } from "../signals/latent.js";
import { neighbours } from "../signals/neighbours.js";
import { regression } from "../signals/regression.js";
import { segmentTrend } from "../signals/segmentTrend.js";
import { sequence, sequenceShort } from "../signals/sequence.js";
import { session } from "../signals/session.js";
import type { MatrixSignal, Parameters, WholeSignal } from "../signals/signal.js";
import { trending } from "../signals/trending.js";
import type { WholeFits, WholeSignalName } from "./fitter.js";

/** Signals that answer by rows, in the order in which they are fitted: a derived one comes after what it reads. */
export const MATRIX_SIGNALS: readonly MatrixSignal[] = [
  collaborative,
  regression,
  sequence,
  sequenceShort,
  basket,
  content,
  inherited,
];

export const WHOLE_SIGNALS: { readonly [Name in WholeSignalName]: WholeSignal<WholeFits[Name]> } = {
  session,
  neighbours,
  latent,
  trending,
  categoryTrend,
  segmentTrend,
};

export function matrixSignal(name: SignalName): MatrixSignal {
  const signal = MATRIX_SIGNALS.find((candidate) => candidate.name === name);
  if (signal === undefined) throw new TypeError(`${name} is not fitted by rows`);
  return signal;
}

/** The identity needs no fitting; its horizon is learned like any other. */
export const REPEAT_DEFAULTS: Parameters = { horizon: 3 };
