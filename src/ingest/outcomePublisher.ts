import type { CommandOutbox } from "../domain/administration.js";
import { AcknowledgedProducer } from "./acknowledgedProducer.js";
import { encodeOutcome } from "./encodeOutcome.js";
import { createKafka, type KafkaOptions } from "./kafkaClient.js";

/** How often outcomes that wait are looked for. */
const LOOK_MS = 250;
/** Most outcomes in one message set; far below what a broker takes. */
const MOST_AT_ONCE = 50;

/** What of the publishing is worth a log line. */
export type OutcomeEvent =
  | { readonly kind: "outcomesHeld"; readonly error: unknown }
  | { readonly kind: "outcomesResumed" };

export interface OutcomePublisherParts {
  readonly outbox: CommandOutbox;
  /** Calls back after a time; returns how to call it off. */
  readonly every: (ms: number, work: () => Promise<void>) => () => void;
  readonly onEvent: (event: OutcomeEvent) => void;
  /** What the client itself says, one line for every failed attempt. */
  readonly onLine: (line: string) => void;
}

/**
 * Tell whoever sends commands by topic what became of them, on a topic of its own, until stopped. An outcome is noted as
 * published when all replicas of the brokers have it; while they or the store are away it waits, which is reported once.
 */
export function startOutcomePublisher(options: KafkaOptions, parts: OutcomePublisherParts): { stop(): Promise<void> } {
  const { outbox, every, onEvent, onLine } = parts;
  const producer = new AcknowledgedProducer(createKafka(options, onLine));
  const send = (outcomes: Parameters<Parameters<CommandOutbox["publish"]>[1]>[0]) => {
    const messages = outcomes.map((outcome) => {
      return { key: outcome.commandId, value: JSON.stringify(encodeOutcome(outcome)) };
    });
    return producer.send([{ topic: options.resultsTopic, messages }]);
  };
  let isHeld = false;
  let isStopping = false;
  let publishing: Promise<void> = Promise.resolve();

  async function publishAll(): Promise<void> {
    try {
      while (!isStopping && (await outbox.publish(MOST_AT_ONCE, send)) > 0);
      if (isHeld) onEvent({ kind: "outcomesResumed" });
      isHeld = false;
    } catch (error) {
      if (!isHeld) onEvent({ kind: "outcomesHeld", error });
      isHeld = true;
    }
  }

  const callOff = every(LOOK_MS, () => {
    publishing = publishAll();
    return publishing;
  });
  return {
    stop: async () => {
      isStopping = true;
      callOff();
      await publishing;
      await producer.close();
    },
  };
}
