import type { TensorBackend } from "./backend.js";
import { N_CONTEXT } from "./contextFeatures.js";
import type { GateLists } from "./gateLists.js";
import type { GateNetwork } from "./gateNetwork.js";
import { type GateParameters, HAND_GATES, N_SIGNALS } from "./gates.js";
import { listNdcg } from "./listNdcg.js";
import { createTensorScorer } from "./tensorScorer.js";

const K = 20;

/** Gates as they did on the lists held out. */
export interface GateTrial {
  readonly name: string;
  /** Epochs of the network; 0 without one. */
  readonly epochs: number;
  /** Mean over the lists. */
  readonly ndcg: number;
  readonly perList: Float64Array;
}

export function trialOf(name: string, epochs: number, perList: Float64Array): GateTrial {
  return { name, epochs, ndcg: mean(perList), perList };
}

/** NDCG@20 of each list, ordered by the scorer that will serve. */
export function ndcgPerList(
  { start, value, context, target }: GateLists,
  chosen: Int32Array,
  { constant, network }: { readonly constant: readonly number[]; readonly network: GateNetwork | null },
  backend: TensorBackend,
): Float64Array {
  const gates: GateParameters = {
    kind: network === null ? "constant" : "network",
    byPlacement: { ...HAND_GATES.byPlacement, user: constant },
    network,
    networkPlacements: network === null ? [] : ["user"],
  };
  const scorer = createTensorScorer(gates, backend);
  const weight = new Float64Array(N_SIGNALS).fill(1);
  const ndcg = Float64Array.from(chosen, (l) => {
    const [from, to] = [start[l], start[l + 1]];
    const batch = {
      start: Int32Array.of(0, to - from),
      placement: ["user" as const],
      value: value.subarray(from * N_SIGNALS, to * N_SIGNALS),
      context: context.subarray(from * N_CONTEXT, to * N_CONTEXT),
    };
    return listNdcg(scorer.score(batch, weight).score, target.subarray(from, to), K);
  });
  scorer.dispose();
  return ndcg;
}

/** Better by more than some standard errors of the difference, taken list by list: less may be chance. */
export function leadsBy(nErrors: number, challenger: GateTrial, holder: GateTrial): boolean {
  const difference = challenger.perList.map((ndcg, i) => ndcg - holder.perList[i]);
  const lead = mean(difference);
  const squares = difference.reduce((sum, d) => sum + (d - lead) ** 2, 0);
  return lead > nErrors * Math.sqrt(squares / (difference.length * Math.max(1, difference.length - 1)));
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
