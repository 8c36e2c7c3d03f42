import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { TrainingRecord } from "../domain/trainingRun.js";
import { createEventMetrics, type EventMetrics } from "./eventMetrics.js";
import { createListMetrics, type ListMetrics } from "./listMetrics.js";
import { createStreamMetrics, type StreamMetrics } from "./streamMetrics.js";
import { createTrainingMetrics } from "./trainingMetrics.js";

/** What is asked whenever the metrics are read. */
export interface MetricsOptions {
  readonly backendName: string;
  /** Null while no model serves. */
  readonly modelVersion: () => string | null;
  /** Milliseconds since the store last confirmed what is served. */
  readonly stateAgeMs: () => number;
  /** Rows of settings that were refused when they were last read. */
  readonly nRefusedSettings: () => number;
  /** Rows of merchandising rules that were passed over when they were last read. */
  readonly nRefusedRules: () => number;
  /** What was last read of the trainings; null before that. */
  readonly trainings: () => TrainingRecord | null;
}

/** The metrics of one process, whatever it does. */
export interface ProcessMetrics extends EventMetrics {
  /** All of them, in the text format of Prometheus. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Those of a consumer; at most once. */
  watchStreams(nHeldPartitions: () => number): StreamMetrics;
}

/** The metrics of a process that serves. */
export interface Metrics extends ProcessMetrics, ListMetrics {}

/** Metrics in a registry of their own: two servers in one process do not meet in it. */
export function createProcessMetrics(): ProcessMetrics {
  return processMetrics(ownRegistry());
}

function ownRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

function processMetrics(registry: Registry): ProcessMetrics {
  return {
    ...createEventMetrics(registry),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    watchStreams: (nHeldPartitions) => createStreamMetrics(registry, nHeldPartitions),
  };
}

/** Those of a process that serves. */
export function createMetrics(options: MetricsOptions): Metrics {
  const { backendName, modelVersion, stateAgeMs } = options;
  const registry = ownRegistry();
  new Gauge({
    name: "recommender_scorer_backend_info",
    help: "1, with the TensorFlow.js backend that scores.",
    labelNames: ["backend"],
    registers: [registry],
  }).set({ backend: backendName }, 1);
  new Gauge({
    name: "recommender_model_info",
    help: "1, with the version of the model that serves; absent while there is none.",
    labelNames: ["version"],
    registers: [registry],
    collect() {
      this.reset(); // One model serves at a time: the version before is gone.
      const version = modelVersion();
      if (version !== null) this.set({ version }, 1);
    },
  });
  new Gauge({
    name: "recommender_product_state_age_seconds",
    help: "Seconds since the store last confirmed which products may be listed.",
    registers: [registry],
    collect() {
      this.set(stateAgeMs() / 1000);
    },
  });
  addAlarms(registry, options);
  createTrainingMetrics(registry, options.trainings, Date.now);
  return { ...processMetrics(registry), ...createListMetrics(registry) };
}

/** What somebody has edited by hand to nonsense, and has to mend. */
function addAlarms(registry: Registry, { nRefusedSettings, nRefusedRules }: MetricsOptions): void {
  const alarm = (name: string, help: string, nRefused: () => number) => {
    new Gauge({
      name,
      help: `${help} Above 0 somebody has to act.`,
      registers: [registry],
      collect() {
        this.set(nRefused());
      },
    });
  };
  alarm(
    "recommender_settings_refused",
    "Stored settings that cannot be and were refused; the last good values stand.",
    nRefusedSettings,
  );
  alarm("recommender_rules_refused", "Stored merchandising rules that cannot be and are passed over.", nRefusedRules);
}
