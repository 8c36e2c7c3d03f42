import type { SettingsAudit } from "../domain/administration.js";
import type {
  AskedPreview,
  PreviewRefusal,
  SettingsPreview,
  ShopperSample,
  TrialEngine,
  WeightJudge,
} from "../domain/insight.js";
import { type ListRequest, NO_FILTER, type Placement } from "../domain/recommendation.js";
import { decideSettings } from "./decideSettings.js";

export interface PreviewParts {
  readonly settings: Pick<SettingsAudit, "current">;
  readonly engine: TrialEngine;
  readonly judge: WeightJudge;
  readonly sample: ShopperSample;
}

/**
 * What a change of settings would do, by the decision that would accept it and the engine that would serve it: the same
 * lists under both, one batch each, and the quality of both. Nothing is changed. Both sides come from one model; where a
 * new one arrives in between, both are made again.
 */
export async function previewSettings(
  { settings, engine, judge, sample }: PreviewParts,
  asked: AskedPreview,
): Promise<SettingsPreview | PreviewRefusal> {
  const current = await settings.current();
  const decision = decideSettings(current, { kind: "change", changes: asked.changes, expectedVersion: null });
  if (decision.kind === "invalid") return { field: decision.field, message: decision.message };
  if (decision.kind === "conflict") throw new Error("a preview expects no version");
  const drawn = asked.sample === 0 ? [] : await sample.draw(asked.sample);
  const requests = requestsOf(asked, drawn);
  const sides = [current.values, decision.values];
  let modelVersion = engine.modelVersion();
  let [before, after] = [await engine.recommend(requests, sides[0]), await engine.recommend(requests, sides[1])];
  while (engine.modelVersion() !== modelVersion) {
    modelVersion = engine.modelVersion();
    [before, after] = [await engine.recommend(requests, sides[0]), await engine.recommend(requests, sides[1])];
  }
  const judged = await judge.judge(sides);
  return {
    modelVersion,
    lists: requests.map((request, i) => ({ request, before: before[i], after: after[i] })),
    quality: judged && { nLists: judged.nLists, before: judged.qualities[0], after: judged.qualities[1] },
  };
}

const NOTHING_SHOWN = new Uint32Array(0);

function requestsOf({ userIds, productIds, first }: AskedPreview, drawn: readonly string[]): ListRequest[] {
  const shoppers = [...new Set([...userIds, ...drawn])];
  const request = (placement: Placement) => (subjectId: string) => {
    const plain = { strategy: "AUTO", filter: NO_FILTER, context: null, shown: NOTHING_SHOWN } as const;
    return { ...plain, placement, subjectId, first };
  };
  return [...shoppers.map(request("user")), ...[...new Set(productIds)].map(request("product"))];
}
