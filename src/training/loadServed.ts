import { type ErrorCode, RecommenderError } from "../domain/errors.js";
import type { ModelStore } from "../domain/ports.js";
import { decodeModel } from "../model/artifact.js";
import { decodeHeldOutLists, type HeldOutLists } from "../model/heldOutLists.js";
import type { Model } from "../model/model.js";
import type { ServedRival } from "./gate.js";

/** The model that replicas serve: the active one or, where its bytes cannot be read, the newest earlier one that can. */
export async function loadServed(models: ModelStore): Promise<ServedRival | null> {
  const versions = await models.servableVersions();
  for (const { version } of versions) {
    const model = await readable(async () => decodeModel(await models.loadArtifact(version)));
    if (model !== null) return { version, model, heldOut: await loadHeldOut(models, version, model) };
  }
  return versions.length === 0 ? null : { version: versions[0].version, model: null, heldOut: null };
}

/** Damaged lists are as good as none: the recipe is fitted again instead. */
async function loadHeldOut(models: ModelStore, version: number, model: Model): Promise<HeldOutLists | null> {
  const bytes = await models.loadHeldOut(version);
  return bytes === null ? null : readable(async () => decodeHeldOutLists(bytes, model.productIds.length));
}

const UNREADABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["MODEL_DAMAGED", "MODEL_FORMAT"]);

/** What `read` gives, or null where the bytes are at fault; a lost connection is thrown on. */
async function readable<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RecommenderError && UNREADABLE.has(error.code)) return null;
    throw error;
  }
}
