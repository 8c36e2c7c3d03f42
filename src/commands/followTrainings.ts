import type { TrainingRecord } from "../domain/trainingRun.js";
import type { Lifecycle } from "../platform/lifecycle.js";
import type { Database } from "../store/database.js";
import { readTrainingRecord } from "../store/trainingRecord.js";
import { every } from "./every.js";

/** How old what monitors are told of the trainings may be. */
const FOLLOW_MS = 10_000;

/**
 * What monitors are told of the trainings, read beside their questions, which never wait for the store; the last answer
 * stands while there is no other. Null before the first.
 */
export function followTrainings(database: Database, lifecycle: Lifecycle): () => TrainingRecord | null {
  let record: TrainingRecord | null = null;
  const read = async () => {
    // A store that is away is told by what serves.
    record = await readTrainingRecord(database).catch(() => record);
  };
  let reading = read();
  const stop = every(FOLLOW_MS, () => {
    reading = read();
    return reading;
  });
  lifecycle.add("training record", async () => {
    stop();
    await reading;
  });
  return () => record;
}
