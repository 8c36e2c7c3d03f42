import type { Consumer, EachBatchPayload, IHeaders, Kafka, KafkaMessage } from "kafkajs";
import type { StreamKind, StreamMessage, StreamWriter } from "../domain/stream.js";
import { ChunkPace, holdDelayMs } from "./chunkPolicy.js";
import { type BatchInHand, type ChunkReport, type ConsumeParts, consumeBatch, HeldBack } from "./consumeBatch.js";
import { DeadLetterProducer } from "./deadLetterProducer.js";
import type { MessageOptions } from "./decodeMessage.js";
import { GroupWatch, type PartitionStanding } from "./groupWatch.js";
import { Holds } from "./holds.js";
import { createKafka, createTopics, isMissingTopic, isOutage, type KafkaOptions, refusalOf } from "./kafkaClient.js";

/** What of the consuming is worth a log line: states, never messages. */
export type ConsumerEvent =
  | { readonly kind: "brokersUnreachable"; readonly error: unknown }
  | { readonly kind: "topicsNotCreated"; readonly error: unknown }
  | { readonly kind: "topicsMissing"; readonly topics: readonly string[]; readonly error: unknown }
  | { readonly kind: "consumerJoined"; readonly assignment: unknown }
  | { readonly kind: "consumerCrashed"; readonly error: unknown; readonly isFinal: boolean }
  | { readonly kind: "partitionHeld"; readonly partition: string; readonly because: string; readonly error: unknown }
  | { readonly kind: "partitionResumed"; readonly partition: string }
  | { readonly kind: "topicReplaced"; readonly partition: string };

export interface ConsumerParts {
  readonly writer: StreamWriter;
  readonly options: () => MessageOptions;
  readonly clock: () => number;
  readonly onEvent: (event: ConsumerEvent) => void;
  readonly onChunk: (report: ChunkReport) => void;
  /** Told now and then how far a partition reaches. */
  readonly onEnd: (topic: string, partition: number, endOffset: bigint) => void;
  /** What the client itself says, one line for every failed attempt. */
  readonly onLine: (line: string) => void;
}

/** A consumer in the background. */
export interface StreamConsumer {
  /** Why it brings nothing in at the moment; empty when all is well. */
  problems(): string[];
  /** Which partitions wait, and for what: messages are there and cannot be written. */
  readonly held: () => string[];
  /** Finish the chunk in hand, commit, leave the group. */
  stop(): Promise<void>;
  /** Rejects when the consumer has ended and will not come back by itself. */
  readonly failed: Promise<never>;
}

/** Signs of life within the time after which a member is given up. */
const HEARTBEATS_PER_SESSION = 10;
/** Two chunks at once keep PostgreSQL busy while one of them is decoded. */
const PARTITIONS_AT_ONCE = 2;
const FETCH_BYTES_PER_PARTITION = 2_097_152;
/** How long a fetch waits for the first message: the upper bound of what consuming adds to an event's way. */
const FETCH_WAIT_MS = 500;

/**
 * Consume the topics of a shop until stopped. Begins whenever the brokers can be reached; each message takes effect once,
 * whatever is redelivered, and is committed to the broker only after its effect is.
 */
export function startStreamConsumer(options: KafkaOptions, parts: ConsumerParts): StreamConsumer {
  return new RunningConsumer(options, parts);
}

class RunningConsumer implements StreamConsumer {
  readonly failed: Promise<never>;
  readonly held = () => this.holds.reasons();
  private readonly kafka: Kafka;
  private readonly consumer: Consumer;
  private readonly deadLetters: DeadLetterProducer;
  private readonly consuming: ConsumeParts;
  private readonly holds = new Holds();
  private readonly kinds: ReadonlyMap<string, StreamKind>;
  private starting: Promise<void>;
  private fail: (error: unknown) => void = () => {};
  private readonly watch: GroupWatch;
  /** Partitions for which a position was committed since we joined; those of when the brokers were asked last. */
  private readonly settled = new Set<string>();
  private settledWhenAsked: ReadonlySet<string> = new Set();
  private isJoined = false;
  /** In a row, without a membership in between. */
  private nOutages = 0;
  private areTopicsGone = false;
  private creating: Promise<void> | null = null;
  private isStopping = false;
  private wake: () => void = () => {};

  constructor(
    private readonly options: KafkaOptions,
    private readonly parts: ConsumerParts,
  ) {
    this.failed = new Promise((_resolve, reject) => {
      this.fail = reject;
    });
    // Whoever does not ask for it must not die of it.
    this.failed.catch(() => {});
    const { writer, clock, onChunk } = parts;
    this.kinds = new Map(Object.entries(options.topics).map(([kind, topic]) => [topic, kind as StreamKind]));
    this.kafka = createKafka(options, parts.onLine);
    this.deadLetters = new DeadLetterProducer(this.kafka);
    this.watch = new GroupWatch(this.kafka, options.groupId, [...this.kinds.keys()]);
    this.consuming = {
      writer,
      deadLetters: this.deadLetters,
      pace: new ChunkPace(),
      options: parts.options,
      clock,
      onChunk,
    };
    this.consumer = this.kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: options.sessionTimeoutMs,
      heartbeatInterval: options.sessionTimeoutMs / HEARTBEATS_PER_SESSION,
      maxBytesPerPartition: FETCH_BYTES_PER_PARTITION,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: options.createTopics,
    });
    this.listen();
    this.starting = this.start();
  }

  problems(): string[] {
    return this.isJoined ? this.holds.reasons() : ["the consumer has not joined its group"];
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.wake();
    this.holds.clear();
    await Promise.all([this.starting, this.creating]);
    await this.watch.stop();
    await this.consumer.disconnect();
    await this.deadLetters.close();
  }

  /** Brokers that are away when the service starts are waited for, as they are later on. */
  private async start(): Promise<void> {
    for (let nFailures = 0; !this.isStopping; ) {
      try {
        return await this.run();
      } catch (error) {
        if (nFailures++ === 0) this.parts.onEvent({ kind: "brokersUnreachable", error });
        await this.pause(holdDelayMs(nFailures));
      }
    }
  }

  private async startAgain(): Promise<void> {
    await this.pause(holdDelayMs(++this.nOutages));
    await this.start();
  }

  private async run(): Promise<void> {
    await this.consumer.connect();
    const topics = [...this.kinds.keys()];
    if (this.options.createTopics) {
      const error = await createTopics(this.kafka, this.options);
      if (error !== null) this.parts.onEvent({ kind: "topicsNotCreated", error });
    }
    await this.consumer.subscribe({ topics, fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.eachBatch(payload),
    });
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private listen(): void {
    const { consumer, parts } = this;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.isJoined = true;
      this.nOutages = 0;
      this.areTopicsGone = false;
      // What waited may be another member's now; whoever has it finds out by itself.
      this.holds.clear();
      this.settled.clear();
      this.settledWhenAsked = new Set();
      this.watch.start(
        () => {
          this.settledWhenAsked = new Set(this.settled);
        },
        (standing) => this.compare(standing),
      );
      parts.onEvent({ kind: "consumerJoined", assignment: payload.memberAssignment });
    });
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      this.isJoined = false;
      const isFinal = !restart && !isOutage(error);
      if (!isFinal && isMissingTopic(error)) this.findTopicsGone(error);
      else parts.onEvent({ kind: "consumerCrashed", error, isFinal });
      // A consumer that ends for good would be a service that lives and brings nothing in.
      if (isFinal) this.fail(refusalOf(error));
      else if (!restart && !this.isStopping) this.starting = this.startAgain();
    });
  }

  /** Brokers that lost their data have lost the topics, too. The client asks for them again and again: they are made anew. */
  private findTopicsGone(error: unknown): void {
    if (!this.areTopicsGone) this.parts.onEvent({ kind: "topicsMissing", topics: [...this.kinds.keys()], error });
    this.areTopicsGone = true;
    if (!this.options.createTopics || this.isStopping) return;
    this.creating ??= createTopics(this.kafka, this.options).then(() => {
      this.creating = null;
    });
  }

  /**
   * The brokers forget positions together with a topic. Where ours is gone although we have committed it, the topic was
   * deleted and made anew: it is read from its beginning, or what stands before the old position would be missed.
   */
  private compare({ topic, partition, firstOffset, endOffset, committed }: PartitionStanding): void {
    this.parts.onEnd(topic, partition, endOffset);
    const name = `${topic}/${partition}`;
    if (committed !== null || !this.settledWhenAsked.has(name) || !this.settled.delete(name)) return;
    this.consumer.seek({ topic, partition, offset: String(firstOffset) });
    this.parts.onEvent({ kind: "topicReplaced", partition: name });
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    const name = `${topic}/${partition}`;
    const onChunk = (report: ChunkReport) => {
      if (this.holds.release(name)) this.parts.onEvent({ kind: "partitionResumed", partition: name });
      this.parts.onChunk(report);
    };
    try {
      await consumeBatch(this.inHand(payload), { ...this.consuming, onChunk });
    } catch (error) {
      if (!(error instanceof HeldBack)) throw error;
      this.holdBack(name, payload, error);
    }
  }

  /** Nothing is dropped: what was not settled is fetched again when the pause is over. */
  private holdBack(name: string, payload: EachBatchPayload, { because, cause }: HeldBack): void {
    if (this.isStopping) return;
    const isNew = this.holds.hold(name, because, payload.pause());
    if (isNew) this.parts.onEvent({ kind: "partitionHeld", partition: name, because, error: cause });
  }

  private inHand({ batch, ...payload }: EachBatchPayload): BatchInHand {
    const { topic, partition } = batch;
    return {
      group: this.options.groupId,
      kind: this.kinds.get(topic) as StreamKind,
      topic,
      partition,
      messages: batch.messages.map((message) => toStreamMessage(topic, partition, message)),
      endOffset: BigInt(batch.highWatermark),
      isOver: () => this.isStopping || !payload.isRunning() || payload.isStale(),
      settle: async (nextOffset) => {
        payload.resolveOffset(String(nextOffset - 1n));
        await payload.heartbeat();
        const partitions = [{ partition, offset: String(nextOffset) }];
        await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
        this.settled.add(`${topic}/${partition}`);
      },
    };
  }
}

function toStreamMessage(topic: string, partition: number, message: KafkaMessage): StreamMessage {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    sentAtMs: Math.max(0, Number(message.timestamp)),
    key: message.key,
    headers: Object.entries(message.headers ?? {}).flatMap(toHeaders),
    value: message.value,
  };
}

function toHeaders([name, value]: [string, IHeaders[string]]): [string, Uint8Array][] {
  const values = Array.isArray(value) ? value : [value ?? ""];
  return values.map((one) => [name, Buffer.from(one as string)]);
}
