import { Counter, Gauge, type Registry } from "prom-client";
import { RUN_OUTCOMES, type TrainingRecord } from "../domain/trainingRun.js";

/**
 * Metrics of the trainings of the whole shop, whichever worker did them: every process that serves tells the same. Those
 * of which nothing is known, such as the age of a success that never was, are absent.
 *
 * @param record what was read last; null before that
 */
export function createTrainingMetrics(
  registry: Registry,
  record: () => TrainingRecord | null,
  clock: () => number,
): void {
  addTotals(registry, record);
  const gauge = (name: string, help: string, read: (record: TrainingRecord) => number | null) => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.remove();
        const known = record();
        const value = known && read(known);
        if (value !== null) this.set(value);
      },
    });
  };
  gauge("recommender_trainings_running", "Trainings under way.", ({ nRunning }) => nRunning);
  gauge("recommender_trainings_queued", "Trainings that wait for a worker.", ({ nQueued }) => nQueued);
  gauge(
    "recommender_training_last_seconds",
    "How long the newest training that gave a model took.",
    ({ lastSeconds }) => lastSeconds,
  );
  gauge(
    "recommender_training_last_success_age_seconds",
    "Seconds since a training last gave a model that was accepted.",
    ({ lastSuccessAt }) => lastSuccessAt && (clock() - lastSuccessAt.getTime()) / 1000,
  );
  gauge(
    "recommender_training_new_interactions",
    "Interactions that came since the newest training that gave a model began; counted to a million.",
    ({ nNotLearned }) => nNotLearned,
  );
}

function addTotals(registry: Registry, record: () => TrainingRecord | null): void {
  const total = (name: string, help: string, of: "nByOutcome" | "secondsByOutcome") => {
    new Counter({
      name,
      help,
      labelNames: ["outcome"],
      registers: [registry],
      collect() {
        this.reset();
        const totals = record()?.[of];
        if (totals !== undefined) for (const outcome of RUN_OUTCOMES) this.inc({ outcome }, totals[outcome]);
      },
    });
  };
  total("recommender_trainings_total", "Trainings that have ended, by what they came to.", "nByOutcome");
  total("recommender_training_seconds_total", "Seconds that they have taken.", "secondsByOutcome");
}
