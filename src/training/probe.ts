import { accumulateAnswers } from "../serving/answers.js";
import { filterOf, markExcluded } from "../serving/eligibility.js";
import { type Profile, profileVector, shopperProfile } from "../serving/profile.js";
import { Scratch } from "../serving/scratch.js";
import type { ServedModel } from "../serving/servedModel.js";
import type { ServedSignal } from "../serving/servedSignals.js";
import type { ServingRules } from "../serving/servingRules.js";
import { answerLatent } from "../signals/latentSpace.js";
import { type HeldOutQuestion, JUDGED_PRODUCTS } from "./heldOut.js";
import { ndcg } from "./listMetrics.js";

/** How well a signal's own lists answered. */
export interface Judgement {
  /** Mean NDCG@20 over the questions asked, those the signal cannot answer included. */
  readonly ndcg: number;
  /** One per question asked; fewer than there are where a rival was clearly better. */
  readonly perQuestion: Float64Array;
}

export interface JudgeOptions {
  readonly view: PastView;
  /** The best judged so far; null to ask every question. */
  readonly rival: Judgement | null;
  /** Share of the rival's NDCG that makes a difference. */
  readonly minGain: number;
  /** Whose best products a signal puts in order that cannot list any by itself. */
  readonly proposer: ServedSignal | null;
}

/** How a signal looks at a shopper's past: see ProfileOptions. */
export interface PastView {
  readonly horizon: number;
  readonly weightPower: number;
}

/** Products that a signal puts in order which cannot list any by itself. */
const SHORTLISTED = 100;
/** So many questions are asked before a rival is looked at again. */
const ROUND = 100;
/** Standard errors of the paired difference by which one falls short for good. */
const CLEARLY = 1.5;

/**
 * Judges one signal alone on held-out questions: NDCG of its own best products, under the same exclusions as a served
 * list. Profiles are kept per view, since many parameters are tried at each.
 */
export class Probe {
  private readonly scratch: Scratch;
  private readonly profiles = new Map<string, readonly Profile[]>();
  private readonly best: { product: number; answer: number }[] = [];

  constructor(
    private readonly served: ServedModel,
    private readonly questions: readonly HeldOutQuestion[],
    private readonly rules: ServingRules,
  ) {
    this.scratch = new Scratch(served);
  }

  /**
   * Ask the questions in their order, until all are asked or it is clear that the signal will not beat `rival`, asked
   * the same, by `minGain` of its NDCG: who falls short after a hundred questions is not asked five hundred more. The
   * signal's horizon is read as position 0.
   */
  judge(signal: ServedSignal, { view, rival, minGain, proposer }: JudgeOptions): Judgement {
    const profiles = this.profilesOf(view);
    const nQuestions = this.questions.length;
    const perQuestion = new Float64Array(nQuestions);
    for (let q = 0; q < nQuestions; q++) {
      if (q > 0 && q % ROUND === 0 && rival !== null && fallsShort(perQuestion, rival, minGain, q)) {
        return { ndcg: mean(perQuestion, q), perQuestion: perQuestion.slice(0, q) };
      }
      perQuestion[q] = this.judgeOne(signal, proposer, this.questions[q], profiles[q]);
    }
    return { ndcg: mean(perQuestion, nQuestions), perQuestion };
  }

  /** Products that any asking shopper knows, ascending. */
  productsAsked(): Int32Array {
    const { catalogue } = this.served;
    const known = new Set<number>();
    for (const { history } of this.questions) {
      for (const productNo of history.productNo) known.add(catalogue.indexOfProductNo(productNo));
    }
    known.delete(-1);
    return Int32Array.from(known).sort();
  }

  private profilesOf({ horizon, weightPower }: PastView): readonly Profile[] {
    const key = `${horizon} ${weightPower}`;
    let profiles = this.profiles.get(key);
    if (profiles === undefined) {
      const { weightOf, halfLifeDays } = this.rules;
      const options = { weightOf, halfLifeDays, horizons: [horizon], weightPower };
      profiles = this.questions.map(({ history }) => shopperProfile(history, null, this.served.catalogue, options));
      this.profiles.set(key, profiles);
    }
    return profiles;
  }

  private judgeOne(
    signal: ServedSignal,
    proposer: ServedSignal | null,
    { history, request, targets }: HeldOutQuestion,
    profile: Profile,
  ): number {
    const { scratch, served, best } = this;
    scratch.begin();
    markExcluded(request, history, served.catalogue, scratch, this.rules);
    const isEligible = filterOf(request, served.catalogue);
    const mayBeListed = (product: number) => !scratch.isExcluded(product) && isEligible(product);
    best.length = 0;
    if (signal.kind === "prior") {
      for (let o = 0; o < signal.order.length && best.length < JUDGED_PRODUCTS; o++) {
        if (mayBeListed(signal.order[o])) best.push({ product: signal.order[o], answer: 0 });
      }
      return ndcg(best, targets);
    }
    if (signal.kind === "latent") this.reorder(signal, proposer, profile, mayBeListed);
    else this.propose(signal, JUDGED_PRODUCTS, profile, mayBeListed);
    best.sort((a, b) => b.answer - a.answer || served.tieRank[a.product] - served.tieRank[b.product]);
    return ndcg(best.slice(0, JUDGED_PRODUCTS), targets);
  }

  /** The best products by a signal's own answers. */
  private propose(signal: ServedSignal, most: number, profile: Profile, mayBeListed: (p: number) => boolean): void {
    const { scratch, best } = this;
    const answers = scratch.answers[0];
    accumulateAnswers(signal, profile, answers, scratch);
    scratch.proposals.take(answers, most);
    for (const product of scratch.proposals.best(most, mayBeListed)) {
      best.push({ product, answer: answers.sum[product] });
    }
    answers.clear();
  }

  /** What another signal proposes, with this one's answers. */
  private reorder(
    { space }: Extract<ServedSignal, { kind: "latent" }>,
    proposer: ServedSignal | null,
    profile: Profile,
    mayBeListed: (product: number) => boolean,
  ): void {
    if (proposer === null) return;
    this.propose(proposer, SHORTLISTED, profile, mayBeListed);
    const products = this.best.map(({ product }) => product);
    const answers = new Float64Array(products.length);
    answerLatent(space, profileVector(profile, 0), products, products.length, answers);
    for (const [b, one] of this.best.entries()) one.answer = answers[b];
  }
}

/** Whether the first n answers fall short of the rival's, and of the gain, by more than chance would explain. */
function fallsShort(own: Float64Array, rival: Judgement, minGain: number, n: number): boolean {
  const { lead, error } = leadOf(own, rival.perQuestion, n);
  return minGain * rival.ndcg - lead > CLEARLY * error;
}

/** Better by more than two standard errors, question by question. */
export function leadsClearly(own: Judgement, rival: Judgement): boolean {
  const { lead, error } = leadOf(own.perQuestion, rival.perQuestion, own.perQuestion.length);
  return lead > 2 * error;
}

/** Mean lead over the first n questions, and its standard error. */
function leadOf(own: Float64Array, rival: Float64Array, n: number): { readonly lead: number; readonly error: number } {
  let sum = 0;
  let squares = 0;
  for (let q = 0; q < n; q++) {
    const lead = own[q] - rival[q];
    sum += lead;
    squares += lead * lead;
  }
  const variance = Math.max(0, squares - (sum * sum) / n) / Math.max(1, n - 1);
  return { lead: sum / n, error: Math.sqrt(variance / n) };
}

function mean(values: Float64Array, n: number): number {
  let sum = 0;
  for (let q = 0; q < n; q++) sum += values[q];
  return sum / Math.max(1, n);
}
