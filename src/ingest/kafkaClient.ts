import kafkajs, { type Kafka, type SASLOptions } from "kafkajs";
import { RecommenderError } from "../domain/errors.js";
import type { StreamKind } from "../domain/stream.js";

/** How to reach the brokers, and what the topics are called. */
export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly groupId: string;
  /** Null for connections without TLS; `ca` is the text of a certificate where the machine's own list has not got it. */
  readonly tls: { readonly ca: string | null } | null;
  readonly sasl: SASLOptions | null;
  readonly topics: Readonly<Record<StreamKind, string>>;
  /** Where it is told what became of commands. */
  readonly resultsTopic: string;
  /** After so long without a sign of life a member of the group is given up by the brokers. */
  readonly sessionTimeoutMs: number;
  /** Create the topics that are missing, where the brokers allow it. */
  readonly createTopics: boolean;
}

/** The topic of dead letters beside a topic. */
export function deadLetterTopic(topic: string): string {
  return `${topic}.dlq`;
}

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;

/** A client whose own lines go to `onLine`: it writes one for every failed attempt, and states are told otherwise. */
export function createKafka(options: KafkaOptions, onLine: (line: string) => void): Kafka {
  const { brokers, tls, sasl } = options;
  return new kafkajs.Kafka({
    clientId: "recommender",
    brokers: [...brokers],
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    logLevel: kafkajs.logLevel.WARN,
    logCreator:
      () =>
      ({ log }) =>
        onLine(log.message),
    ...(tls !== null && { ssl: tls.ca === null ? true : { ca: tls.ca } }),
    ...(sasl !== null && { sasl }),
  });
}

/**
 * True for what passes when the brokers are back, although the client gives up over it: asked for a group's coordinator
 * while its last connection breaks, it takes the missing answer for a final one.
 */
export function isOutage(error: unknown): boolean {
  const { KafkaJSGroupCoordinatorNotFound, KafkaJSTimeout } = kafkajs;
  return causesOf(error).some(
    (cause) => cause instanceof KafkaJSGroupCoordinatorNotFound || cause instanceof KafkaJSTimeout,
  );
}

/** True where a topic, or one of its partitions, is not there. */
export function isMissingTopic(error: unknown): boolean {
  return typesOf(error).includes("UNKNOWN_TOPIC_OR_PARTITION");
}

/** What brokers refuse for good, said to whoever can change it; anything else is a defect and stays as it is. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof kafkajs.KafkaJSError)) return error;
  const variable = typesOf(error).includes("INVALID_SESSION_TIMEOUT") ? "; see KAFKA_SESSION_TIMEOUT_MS" : "";
  const message = `Cannot consume: brokers that accept this consumer are required, found "${error.message}"${variable}`;
  return new RecommenderError("CONSUMER_REFUSED", message, {}, error);
}

function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

function typesOf(error: unknown): string[] {
  return causesOf(error).flatMap((cause) => (cause instanceof kafkajs.KafkaJSProtocolError ? [cause.type] : []));
}

/**
 * Create the topics that are missing, as the brokers size them: those that are consumed, each with its topic of dead
 * letters, and that of outcomes. Says what failed instead of failing: where topics may not be created, somebody else has
 * done it.
 */
export async function createTopics(kafka: Kafka, { topics, resultsTopic }: KafkaOptions): Promise<Error | null> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const consumed = Object.values(topics);
    const wanted = [...consumed, ...consumed.map(deadLetterTopic), resultsTopic];
    const existing = new Set(await admin.listTopics());
    const missing = wanted.filter((topic) => !existing.has(topic));
    if (missing.length > 0) await admin.createTopics({ topics: missing.map((topic) => ({ topic })) });
    return null;
  } catch (error) {
    return error as Error;
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
