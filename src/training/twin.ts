import type { SignalName } from "../domain/setting.js";
import type { GateParameters } from "../scorer/gates.js";
import { createReferenceScorer } from "../scorer/reference.js";
import { prepareServedModel, type ServedModel } from "../serving/servedModel.js";
import type { Parameters, SignalInput } from "../signals/signal.js";
import type { ArrangedShop } from "./arrangeShop.js";
import { assembleModel, EMPTY_FACTS } from "./assembleModel.js";
import { type FittedSignals, fitSignals } from "./fitSignals.js";
import type { FittedMatrices, Fitter } from "./fitter.js";

/** How a model is made: what a training chooses, and what can be fitted again to other data. */
export interface Recipe {
  readonly parameters: ReadonlyMap<SignalName, Parameters>;
  readonly gates: GateParameters;
}

/** A recipe fitted to what the slice leaves visible: the model before its refit, the only one the slice can judge. */
export interface Twin extends Recipe {
  readonly shop: ArrangedShop;
  /** The part before the slice. */
  readonly input: SignalInput;
  readonly fitted: FittedSignals;
}

/** Fit a recipe to a part of the shop's log; `known` matrices stand for what was fitted already. */
export async function fitTwin(
  shop: ArrangedShop,
  { input, fitter }: { readonly input: SignalInput; readonly fitter: Fitter },
  { parameters, gates }: Recipe,
  known?: FittedMatrices,
): Promise<Twin> {
  return { shop, input, fitted: await fitSignals(fitter, parameters, () => {}, known), parameters, gates };
}

/** Make a twin answer as a model does that serves. */
export function serveTwin({ shop, input, fitted, parameters, gates }: Twin): ServedModel {
  const facts = { ...EMPTY_FACTS, signals: Object.fromEntries(parameters) };
  const model = assembleModel(shop.productIds, input, fitted, gates, facts);
  return prepareServedModel(model, null, shop.stored, createReferenceScorer(gates));
}
