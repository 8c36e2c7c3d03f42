import { isForShopper, type ListRequest } from "../domain/recommendation.js";
import { SIGNAL_NAMES } from "../domain/setting.js";
import { scaledAnswer } from "./scale.js";
import type { Scratch } from "./scratch.js";
import type { ServingRules } from "./servingRules.js";

/** The signals that know products that came after training. */
const KNOWING = [SIGNAL_NAMES.indexOf("content"), SIGNAL_NAMES.indexOf("inherited")];

/**
 * Products that came after training and are most like the profile: as many as a shopper's list keeps places for. They
 * are looked for apart, because beside products that all signals know they would be cut off before the score.
 *
 * @param counted per signal: does it count in this list
 * @param scales per signal the scale of its answers
 * Cost: nothing while no product came after training; else one pass over the answers of two signals.
 */
export function proposeLate(
  request: ListRequest,
  counted: readonly boolean[],
  scales: Float64Array,
  mayBeListed: (product: number) => boolean,
  rules: ServingRules,
  { served, answers }: Scratch,
): number[] {
  const { nModelProducts, length } = served.catalogue;
  const most = Math.ceil(rules.newProductsShare * (request.shown.length + request.first));
  if (most === 0 || length === nModelProducts || !isForShopper(request.placement)) return [];
  const gates = served.gates.byPlacement[request.placement];
  const worthOf = new Map<number, number>();
  for (const s of KNOWING) {
    if (!counted[s]) continue;
    const { sum, touched, nTouched } = answers[s];
    const factor = gates[s] * rules.signalWeight[s];
    for (let t = 0; t < nTouched; t++) {
      const product = touched[t];
      if (product < nModelProducts || sum[product] <= 0 || !mayBeListed(product)) continue;
      worthOf.set(product, (worthOf.get(product) ?? 0) + factor * scaledAnswer(sum[product], scales[s]));
    }
  }
  const worthy = [...worthOf].sort(
    ([a, worthA], [b, worthB]) => worthB - worthA || served.catalogue.compareHashes(a, b),
  );
  return worthy.slice(0, most).map(([product]) => product);
}
