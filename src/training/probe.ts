import { accumulateAnswers } from "../serving/answers.js";
import { filterOf, markExcluded } from "../serving/eligibility.js";
import { type Profile, shopperProfile } from "../serving/profile.js";
import { Scratch } from "../serving/scratch.js";
import type { ServedModel } from "../serving/servedModel.js";
import type { ServedSignal } from "../serving/servedSignals.js";
import type { ServingRules } from "../serving/servingRules.js";
import { type HeldOutQuestion, JUDGED_PRODUCTS } from "./heldOut.js";
import { ndcg } from "./listMetrics.js";

/**
 * Judges one signal alone on held-out questions: NDCG of its own best products, under the same exclusions as a served
 * list. Profiles are kept per horizon, since many parameters are tried at each.
 */
export class Probe {
  private readonly scratch: Scratch;
  private readonly profiles = new Map<number, readonly Profile[]>();
  private readonly best: { product: number; answer: number }[] = [];

  constructor(
    private readonly served: ServedModel,
    private readonly questions: readonly HeldOutQuestion[],
    private readonly rules: ServingRules,
  ) {
    this.scratch = new Scratch(served);
  }

  /** Mean NDCG@20 over all questions, those the signal cannot answer included. `signal.horizon` is read as position 0. */
  judge(signal: ServedSignal, horizonEvents: number): number {
    const profiles = this.profilesAt(horizonEvents);
    let sum = 0;
    for (let q = 0; q < this.questions.length; q++) sum += this.judgeOne(signal, this.questions[q], profiles[q]);
    return sum / Math.max(1, this.questions.length);
  }

  private profilesAt(horizonEvents: number): readonly Profile[] {
    let profiles = this.profiles.get(horizonEvents);
    if (profiles === undefined) {
      const { weightOf, halfLifeDays } = this.rules;
      const options = { weightOf, halfLifeDays, horizons: [horizonEvents] };
      profiles = this.questions.map(({ history }) => shopperProfile(history, null, this.served.catalogue, options));
      this.profiles.set(horizonEvents, profiles);
    }
    return profiles;
  }

  private judgeOne(signal: ServedSignal, { history, request, targets }: HeldOutQuestion, profile: Profile): number {
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
    } else {
      const answers = scratch.answers[0];
      accumulateAnswers(signal, profile, answers, scratch);
      scratch.proposals.take(answers, JUDGED_PRODUCTS);
      for (const product of scratch.proposals.best(JUDGED_PRODUCTS, mayBeListed)) {
        best.push({ product, answer: answers.sum[product] });
      }
      answers.clear();
      best.sort((a, b) => b.answer - a.answer || served.tieRank[a.product] - served.tieRank[b.product]);
    }
    return ndcg(best, targets);
  }
}
