import { Kafka, logLevel } from "kafkajs";
import type { Configuration } from "../configuration.js";
import type { Door } from "./door.js";

/** Messages to the topics, by key in their order; sent when all replicas that count have them. */
export function openKafkaDoor(brokers: readonly string[], topics: Configuration["topics"]): Door {
  const kafka = new Kafka({ clientId: "catalog", brokers: [...brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
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
