import { isDeepStrictEqual } from "node:util";
import type { ComparisonKind, HeldOutQuality, ModelComparison } from "../domain/modelComparison.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { HeldOutLists } from "../model/heldOutLists.js";
import type { Model } from "../model/model.js";
import { createReferenceScorer } from "../scorer/reference.js";
import { prepareServedModel } from "../serving/servedModel.js";
import type { ServingRules } from "../serving/servingRules.js";
import type { Parameters } from "../signals/signal.js";
import { isCarried } from "./assembleModel.js";
import { fitSignals } from "./fitSignals.js";
import type { Fitter } from "./fitter.js";
import { gatherHeldOut } from "./gatherHeldOut.js";
import type { HeldOutQuestion } from "./heldOut.js";
import { judgeLists, judgePopularity, meanQuality } from "./judge.js";
import { defaultsOf } from "./tune.js";
import { serveTwin, type Twin } from "./twin.js";

/** The model that a candidate would replace. */
export interface ServedRival {
  readonly version: number;
  /** Null when the bytes of none that could serve can be read. */
  readonly model: Model | null;
  /** What its own twin gave when it was trained, null when that was not kept. */
  readonly heldOut: HeldOutLists | null;
}

/** A candidate before its refit, and the questions it is judged by. */
export interface Candidate {
  readonly twin: Twin;
  /** Questions from which neither its parameters nor its gates were learned. */
  readonly questions: readonly HeldOutQuestion[];
  /** Its lists, one per question. */
  readonly lists: HeldOutLists;
}

export interface CompareOptions {
  readonly rules: ServingRules;
  /** Over the twin's input. */
  readonly fitter: Fitter;
  /** Least relative gain in NDCG@20; negative allows a loss. */
  readonly minImprovement: number;
}

/** So many lists on events newer than the served model tell the two apart. */
const MIN_NEWER_LISTS = 500;

/**
 * Compare a candidate with the served model on the same questions, both without having seen the answers. Where enough
 * answers are newer than everything the served model learned from, it answers itself; else its recipe is fitted again to
 * the part before the slice, so that the two differ in nothing but the recipe.
 */
export async function compareModels(
  candidate: Candidate,
  rival: ServedRival | null,
  options: CompareOptions,
): Promise<ModelComparison> {
  const { questions, lists, twin } = candidate;
  const own = judgeLists(lists, twin.gates);
  const popular = judgePopularity(questions, serveTwin(twin), options.rules);
  const decide = (kind: ComparisonKind, chosen: readonly number[], served: ModelComparison["served"]) =>
    decided(kind, chosen.length, options.minImprovement, {
      candidate: meanQuality(own, chosen),
      popularity: meanQuality(popular, chosen),
      served,
    });
  const all = [...questions.keys()];
  if (rival === null) return decide("no model", all, null);
  const { version, model } = rival;
  if (model === null) return decide("unreadable model", all, null);
  const newer = newerQuestions(candidate, model);
  if (newer.length >= MIN_NEWER_LISTS) {
    const asked = newer.map((q) => questions[q]);
    return decide("newer events", newer, { version, ...answerItself(model, asked, candidate, options.rules) });
  }
  const refitted = await refittedLists(candidate, model, rival.heldOut, options);
  return decide("recipe refitted", all, { version, ...meanQuality(judgeLists(refitted, model.gates), all) });
}

/** What stands in for a comparison where no shopper has two choices to part. */
export function nothingHeldOut(minImprovement: number): ModelComparison {
  return decided("nothing held out", 0, minImprovement, { candidate: null, served: null, popularity: null });
}

function decided(
  kind: ComparisonKind,
  nLists: number,
  minImprovement: number,
  sides: Pick<ModelComparison, "candidate" | "served" | "popularity">,
): ModelComparison {
  const { candidate, served, popularity } = sides;
  const requiredRatio = 1 + minImprovement;
  const isAccepted = candidate === null || served === null || candidate.ndcg >= served.ndcg * requiredRatio;
  const losesToPopularity = candidate !== null && popularity !== null && candidate.ndcg < popularity.ndcg;
  return { kind, nLists, ...sides, requiredRatio, isAccepted, losesToPopularity };
}

/**
 * Questions whose answers are all newer than what the served model learned from; none where the twin's own knowledge
 * ends earlier than the served model's, because then the one that knows more would win, not the better one.
 */
function newerQuestions({ questions, twin }: Candidate, model: Model): number[] {
  const { newestInteraction } = model.facts;
  if (newestInteraction === null) return [];
  const newestMs = Date.parse(newestInteraction);
  if (!(twin.input.log.newestMs >= newestMs)) return [];
  return [...questions.keys()].filter((q) => questions[q].chosenFromMs > newestMs);
}

/** The served model as it is, over today's catalogue. */
function answerItself(
  model: Model,
  questions: readonly HeldOutQuestion[],
  { twin }: Candidate,
  rules: ServingRules,
): HeldOutQuality {
  const served = prepareServedModel(model, null, twin.shop.stored, createReferenceScorer(model.gates));
  // The two models number products differently; in a training a product's index is its number in the store.
  const asked = questions.map((question) => ({
    ...question,
    targets: question.targets.map((product) => served.catalogue.indexOfProductNo(product)),
  }));
  const perList = judgeLists(gatherHeldOut(asked, served, rules, ""), model.gates);
  return meanQuality(perList, [...perList.keys()]);
}

/**
 * The lists of the served model's recipe, fitted to the part before the slice. The lists stored with the model are taken
 * where they are that already: same data, same questions. They come from the day it was trained, so a signal that has
 * broken since does not break both sides alike.
 */
async function refittedLists(
  { twin, questions, lists }: Candidate,
  model: Model,
  heldOut: HeldOutLists | null,
  { rules, fitter }: CompareOptions,
): Promise<HeldOutLists> {
  if (heldOut?.basis === lists.basis) return heldOut;
  const parameters = parametersOf(model);
  const isSame = isDeepStrictEqual(Object.fromEntries(parameters), Object.fromEntries(carriedParameters(twin)));
  const fitted = isSame ? twin.fitted : await fitSignals(fitter, parameters, () => {});
  return gatherHeldOut(questions, serveTwin({ ...twin, parameters, fitted, gates: model.gates }), rules, lists.basis);
}

/** The parameters in a model's header; one that came up since it was trained has its default. */
function parametersOf({ facts }: Model): Map<SignalName, Parameters> {
  const carried = SIGNAL_NAMES.filter((name) => facts.signals[name] !== undefined);
  return new Map(carried.map((name) => [name, { ...defaultsOf(name), ...facts.signals[name] }]));
}

function carriedParameters({ parameters, fitted }: Twin): Map<SignalName, Parameters> {
  return new Map([...parameters].filter(([name]) => isCarried(name, fitted)));
}
