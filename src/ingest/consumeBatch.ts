import { RecommenderError } from "../domain/errors.js";
import type {
  DeadLetter,
  StreamChunk,
  StreamKind,
  StreamMessage,
  StreamWriteResult,
  StreamWriter,
} from "../domain/stream.js";
import { type ChunkPace, chunkEnd } from "./chunkPolicy.js";
import { toDeadLetter } from "./deadLetter.js";
import { type DecodedChunk, decodeChunk } from "./decodeChunk.js";
import type { MessageOptions } from "./decodeMessage.js";
import { Rejection } from "./rejection.js";

/** Messages of one partition in their order, and how to tell the broker how far we are. */
export interface BatchInHand {
  readonly group: string;
  readonly kind: StreamKind;
  readonly topic: string;
  readonly partition: number;
  /** At least one, consecutive. */
  readonly messages: readonly StreamMessage[];
  /** The offset after the partition's last message. */
  readonly endOffset: bigint;
  /** True when the partition is no longer ours, or the consumer stops: what was not written comes again. */
  isOver(): boolean;
  /** Everything before this offset has taken effect: never hand it out again, tell the broker, stay a member. */
  settle(nextOffset: bigint): Promise<void>;
}

/** Where messages go that can never succeed. */
export interface DeadLetterSender {
  /** Resolves when the broker has them all, with what it has of each: the whole, or the beginning of one too large. */
  send(letters: readonly DeadLetter[]): Promise<readonly DeadLetter[]>;
}

/** What has happened to the messages of a chunk. */
export interface ChunkReport {
  readonly kind: StreamKind;
  readonly topic: string;
  readonly partition: number;
  readonly decoded: DecodedChunk;
  readonly written: StreamWriteResult;
  readonly nMessages: number;
  readonly writeMs: number;
  readonly nextOffset: bigint;
  readonly endOffset: bigint;
  /** When the last message of the chunk was sent. */
  readonly lastSentAtMs: number;
}

export interface ConsumeParts {
  readonly writer: StreamWriter;
  readonly deadLetters: DeadLetterSender;
  readonly pace: ChunkPace;
  readonly options: () => MessageOptions;
  readonly clock: () => number;
  readonly onChunk: (report: ChunkReport) => void;
}

/** Nothing can be written now, by whichever half failed; what was not settled must be handed out again later. */
export class HeldBack extends Error {
  constructor(
    readonly because: "PostgreSQL" | "the topic of dead letters",
    cause: unknown,
  ) {
    super(`Cannot write messages: ${because} must take them`, { cause });
    this.name = "HeldBack";
  }
}

/**
 * Bring a batch in, chunk by chunk: decode, hand dead letters to the broker, write all effects and the position in one
 * transaction, then settle. A bad message never stops it.
 *
 * @throws HeldBack when a half of the writing fails; errors of `settle` pass through
 */
export async function consumeBatch(batch: BatchInHand, parts: ConsumeParts): Promise<void> {
  const sizes = batch.messages.map(({ value }) => value?.length ?? 0);
  for (let from = 0; from < batch.messages.length && !batch.isOver(); ) {
    const end = chunkEnd(sizes, from, parts.pace.limits);
    await consumeChunk(batch, batch.messages.slice(from, end), parts);
    from = end;
  }
}

async function consumeChunk(
  batch: BatchInHand,
  messages: readonly StreamMessage[],
  parts: ConsumeParts,
): Promise<void> {
  try {
    await bringIn(batch, messages, decodeChunk(batch.kind, messages, parts.options()), parts);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await findRefused(batch, messages, error, parts);
  }
}

/** Halve a chunk that the store will never take until the message that it refuses stands alone: that one is dead. */
async function findRefused(
  batch: BatchInHand,
  messages: readonly StreamMessage[],
  refusal: RecommenderError,
  parts: ConsumeParts,
): Promise<void> {
  if (messages.length === 1) {
    const letter = toDeadLetter(messages[0], new Rejection("refused_by_store", refusal.message));
    const decoded = { interactions: [], updates: [], commands: [], deadLetters: [letter], nTooOld: 0 };
    return bringIn(batch, messages, decoded, parts);
  }
  const middle = messages.length >> 1;
  await consumeChunk(batch, messages.slice(0, middle), parts);
  await consumeChunk(batch, messages.slice(middle), parts);
}

async function bringIn(
  batch: BatchInHand,
  messages: readonly StreamMessage[],
  decoded: DecodedChunk,
  parts: ConsumeParts,
): Promise<void> {
  const { kind, topic, partition, endOffset } = batch;
  const last = messages[messages.length - 1];
  const nextOffset = last.offset + 1n;
  const startedMs = parts.clock();
  const deadLetters = await sendDeadLetters(decoded.deadLetters, parts.deadLetters);
  const position = { group: batch.group, topic, partition, firstOffset: messages[0].offset, nextOffset, endOffset };
  const written = await write({ ...decoded, deadLetters, position }, parts.writer);
  const writeMs = parts.clock() - startedMs;
  parts.pace.took(messages.length, writeMs);
  const progress = { nMessages: messages.length, writeMs, nextOffset, endOffset, lastSentAtMs: last.sentAtMs };
  parts.onChunk({ kind, topic, partition, decoded, written, ...progress });
  await batch.settle(nextOffset);
}

async function sendDeadLetters(letters: readonly DeadLetter[], sender: DeadLetterSender) {
  if (letters.length === 0) return letters;
  try {
    return await sender.send(letters);
  } catch (error) {
    throw new HeldBack("the topic of dead letters", error);
  }
}

async function write(chunk: StreamChunk, writer: StreamWriter) {
  try {
    return await writer.write(chunk);
  } catch (error) {
    throw isRefusal(error) ? error : new HeldBack("PostgreSQL", error);
  }
}

function isRefusal(error: unknown): error is RecommenderError {
  return error instanceof RecommenderError && error.code === "MESSAGE_REFUSED";
}
