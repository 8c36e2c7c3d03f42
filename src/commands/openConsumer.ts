import { readFileSync } from "node:fs";
import type { Config } from "../config.js";
import { RecommenderError } from "../domain/errors.js";
import { countChunk } from "../ingest/countChunk.js";
import type { KafkaOptions } from "../ingest/kafkaClient.js";
import { type ConsumerEvent, type StreamConsumer, startStreamConsumer } from "../ingest/kafkaConsumer.js";
import { type OutcomeEvent, startOutcomePublisher } from "../ingest/outcomePublisher.js";
import type { Logger } from "../platform/logger.js";
import type { ProcessMetrics } from "../platform/metrics.js";
import { createCommandOutbox } from "../store/commandOutbox.js";
import { createStreamWriter } from "../store/streamWriter.js";
import { every } from "./every.js";
import type { Shop } from "./openShop.js";

export interface ConsumerOptions {
  readonly shop: Shop;
  readonly logger: Logger;
  readonly metrics: ProcessMetrics;
  /** The oldest interaction that is still kept. */
  readonly oldestMs: () => number;
}

/**
 * Consume the shop's topics in the background, as the variables say, and tell on another what became of commands; the
 * states are logged, the messages counted.
 */
export function openConsumer(config: Config, { shop, logger, metrics, oldestMs }: ConsumerOptions): StreamConsumer {
  const options = kafkaOptions(config);
  const streams = metrics.watchStreams(() => consumer.held().length);
  const onLine = (line: string) => logger.debug({ line }, "kafka client");
  const consumer = startStreamConsumer(options, {
    writer: createStreamWriter(shop.database),
    options: () => ({ nowMs: Date.now(), oldestMs: oldestMs(), commandsSecret: config.ADMIN_COMMANDS_SECRET }),
    clock: Date.now,
    onEvent: (event) => logConsumerEvent(logger, event),
    onChunk: (chunk) => {
      streams.countChunk(chunk);
      countChunk(chunk, metrics.countEvents);
    },
    onEnd: streams.setEnd,
    onLine,
  });
  const publisher = startOutcomePublisher(options, {
    outbox: createCommandOutbox(shop.database),
    every,
    onEvent: (event) => logOutcomeEvent(logger, event),
    onLine,
  });
  const stop = async () => {
    await Promise.all([consumer.stop(), publisher.stop()]);
  };
  return { problems: () => consumer.problems(), held: consumer.held, failed: consumer.failed, stop };
}

/** @throws RecommenderError INVALID_CONFIG when KAFKA_BROKERS is not set, or a file that a variable names is not there */
export function kafkaOptions(config: Config): KafkaOptions {
  if (config.KAFKA_BROKERS === null) {
    throw new RecommenderError("INVALID_CONFIG", "Cannot consume: KAFKA_BROKERS is required, found nothing");
  }
  return {
    brokers: config.KAFKA_BROKERS,
    groupId: config.KAFKA_GROUP_ID,
    sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
    tls: config.KAFKA_TLS ? { ca: config.KAFKA_TLS_CA === null ? null : readCertificates(config.KAFKA_TLS_CA) } : null,
    sasl: saslOf(config),
    topics: {
      interactions: config.KAFKA_TOPIC_INTERACTIONS,
      products: config.KAFKA_TOPIC_PRODUCTS,
      commands: config.KAFKA_TOPIC_COMMANDS,
    },
    resultsTopic: config.KAFKA_TOPIC_COMMAND_RESULTS,
    createTopics: config.KAFKA_CREATE_TOPICS,
  };
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const message = `Cannot start: KAFKA_TLS_CA requires a readable file, found "${(error as Error).message}"`;
    throw new RecommenderError("INVALID_CONFIG", message, { file }, error);
  }
}

function saslOf(config: Config): KafkaOptions["sasl"] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = config;
  if (mechanism === null || username === null || password === null) return null;
  return { mechanism, username, password } as KafkaOptions["sasl"];
}

function logOutcomeEvent(logger: Logger, event: OutcomeEvent): void {
  if (event.kind === "outcomesHeld") logger.warn({ err: event.error }, event.kind);
  else logger.info(event.kind);
}

function logConsumerEvent(logger: Logger, event: ConsumerEvent): void {
  if (event.kind === "consumerJoined" || event.kind === "partitionResumed") logger.info(event, event.kind);
  else if (event.kind === "topicReplaced") logger.warn(event, event.kind);
  else {
    const { error, kind, ...facts } = event;
    logger[kind === "consumerCrashed" && event.isFinal ? "error" : "warn"]({ ...facts, err: error }, kind);
  }
}
