import type { CountEvents } from "../domain/eventCount.js";
import type { ChunkReport } from "./consumeBatch.js";
import { EventTally } from "./eventTally.js";

/** Tell what became of the events of a chunk. What could not be decoded, or was too old to be, is of no known action. */
export function countChunk({ kind, decoded, written }: ChunkReport, countEvents: CountEvents): void {
  if (kind !== "interactions") return;
  const tally = new EventTally();
  tally.addWritten(decoded.interactions, written);
  tally.add("other", "rejected", decoded.deadLetters.length);
  tally.add("other", "too_old", decoded.nTooOld);
  for (const count of tally.counts()) countEvents({ source: "kafka", ...count });
}
