import { createHash } from "node:crypto";
import type { HeldOutLists } from "../model/heldOutLists.js";
import type { ServedModel } from "../serving/servedModel.js";
import type { ServingRules } from "../serving/servingRules.js";
import { gatherGateLists } from "./gateLists.js";
import type { HeldOutQuestion } from "./heldOut.js";
import type { Twin } from "./twin.js";

/** The lists as this model would serve them: signals without a gate propose nothing. */
export function gatherHeldOut(
  questions: readonly HeldOutQuestion[],
  served: ServedModel,
  rules: ServingRules,
  basis: string,
): HeldOutLists {
  const isCounted = served.gates.byPlacement.user.map((gate) => gate > 0);
  const { target, ...lists } = gatherGateLists(questions, served, { rules, isCounted });
  const nTargets = Int32Array.from(questions, ({ targets }) => targets.length);
  return { ...lists, basis, target: Uint8Array.from(target), nTargets };
}

/**
 * A name for what a twin learned from and what it was asked: two trainings with one basis would give the same lists with
 * the same recipe. Cost: one sha256 over the log and the attributes.
 */
export function basisOf({ shop, input }: Twin, questions: readonly HeldOutQuestion[], rules: ServingRules): string {
  const sha = createHash("sha256");
  const { log } = input;
  for (const array of [log.start, log.product, log.action, log.weight, log.value, log.timeMs, log.basket]) {
    sha.update(bytesOf(array));
  }
  sha.update(JSON.stringify([shop.productIds, input.attributes, input.segments]));
  sha.update(JSON.stringify({ ...rules, signalWeight: [...rules.signalWeight] }));
  for (const { history, targets } of questions) {
    for (const array of [history.productNo, history.action, history.occurredAtMs, history.value, targets]) {
      sha.update(bytesOf(array));
    }
  }
  return sha.digest("hex");
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
