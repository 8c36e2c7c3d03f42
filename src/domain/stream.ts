import type { AdminCommand } from "./adminCommand.js";
import type { Interaction } from "./interaction.js";
import type { ProductUpdate } from "./product.js";

/** What the messages of a stream are about. */
export const STREAM_KINDS = ["interactions", "products", "commands"] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

/** One message as the broker keeps it. */
export interface StreamMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** When the broker says it was sent, milliseconds since 1970. */
  readonly sentAtMs: number;
  readonly key: Uint8Array | null;
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[];
  readonly value: Uint8Array | null;
}

/** A message that can never succeed, as far as it is kept. */
export interface DeadLetter extends StreamMessage {
  /** Size and sha256 (hex) of the whole value; `value` may be its beginning only. */
  readonly nBytes: number;
  readonly sha256: string;
  readonly reason: string;
  readonly message: string;
}

/** How far a consumer group has come in one partition: a position, not a guarantee (event keys and versions are). */
export interface StreamPosition {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The first offset of the chunk, the one after its last, and the one after the partition's last. */
  readonly firstOffset: bigint;
  readonly nextOffset: bigint;
  readonly endOffset: bigint;
}

/** Decoded messages that take effect together. */
export interface StreamChunk {
  /** Null for messages that are replayed by hand. */
  readonly position: StreamPosition | null;
  readonly interactions: readonly Interaction[];
  readonly updates: readonly ProductUpdate[];
  readonly commands: readonly AdminCommand[];
  readonly deadLetters: readonly DeadLetter[];
}

/** What became of the interactions of a chunk: the others had counted before. */
export interface StreamWriteResult {
  /** Event keys of those that count from now on. */
  readonly countedKeys: ReadonlySet<string>;
  /** Of copies of an erased shopper's events, which were refused. */
  readonly erasedKeys: ReadonlySet<string>;
}

export interface StreamWriter {
  /**
   * Write a chunk in one transaction, each of its messages with one effect however often it comes. Resolves when
   * committed.
   *
   * @throws RecommenderError MESSAGE_REFUSED when a message is one that the store will never take; any other error
   * means that nothing can be written now
   */
  write(chunk: StreamChunk): Promise<StreamWriteResult>;
}
