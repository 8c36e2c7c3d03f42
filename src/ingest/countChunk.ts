import type { CountEvents, EventFate } from "../domain/eventCount.js";
import { ACTION_TYPES, type ActionType, actionCode, type Interaction } from "../domain/interaction.js";
import type { StreamWriteResult } from "../domain/stream.js";
import type { ChunkReport } from "./consumeBatch.js";

/** Tell what became of the events of a chunk. What could not be decoded, or was too old to be, is of no known action. */
export function countChunk({ kind, decoded, written }: ChunkReport, countEvents: CountEvents): void {
  if (kind !== "interactions") return;
  const fates = new Map<string, number>();
  const add = (action: ActionType, fate: EventFate, nEvents: number) => {
    if (nEvents > 0) fates.set(`${action} ${fate}`, (fates.get(`${action} ${fate}`) ?? 0) + nEvents);
  };
  const seen = new Set<string>();
  for (const interaction of decoded.interactions) {
    const isRepeat = seen.has(interaction.eventKey);
    seen.add(interaction.eventKey);
    add(actionOf(interaction), isRepeat ? "duplicate" : fateOf(interaction, written), 1);
  }
  add("other", "rejected", decoded.deadLetters.length);
  add("other", "too_old", decoded.nTooOld);
  for (const [name, nEvents] of fates) {
    const [action, fate] = name.split(" ") as [ActionType, EventFate];
    countEvents({ source: "kafka", action, fate, nEvents });
  }
}

function actionOf({ actionName }: Interaction): ActionType {
  return ACTION_TYPES[actionCode(actionName)];
}

function fateOf({ eventKey }: Interaction, { countedKeys, erasedKeys }: StreamWriteResult): EventFate {
  if (countedKeys.has(eventKey)) return "accepted";
  return erasedKeys.has(eventKey) ? "erased" : "duplicate";
}
