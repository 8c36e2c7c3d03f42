import { Kafka, logLevel, Partitioners } from "kafkajs";
import type { Configuration } from "../configuration.js";
import type { Door } from "./door.js";

const TIMEOUT_MS = 5000;

/**
 * Messages to the topics, by key in their order; sent when all replicas that count have them. It tries a few times only:
 * whoever calls has the messages and tries again, and what comes twice counts once.
 */
export function openKafkaDoor(brokers: readonly string[], topics: Configuration["topics"]): Door {
  const kafka = new Kafka({
    clientId: "catalog",
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: TIMEOUT_MS,
    requestTimeout: TIMEOUT_MS,
    retry: { retries: 2 },
  });
  const producer = kafka.producer({ maxInFlightRequests: 1, createPartitioner: Partitioners.DefaultPartitioner });
  let connecting: Promise<void> | null = null;
  return {
    async send(messages) {
      connecting ??= producer.connect();
      try {
        await connecting;
      } catch (error) {
        connecting = null;
        throw error;
      }
      await producer.send({
        topic: topics[messages[0].topic],
        acks: -1,
        messages: messages.map(({ key, body }) => ({ key, value: JSON.stringify(body) })),
      });
    },
    close: () => producer.disconnect(),
  };
}
