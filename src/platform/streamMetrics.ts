import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** What became of the messages of one chunk. */
export interface ChunkFacts {
  readonly topic: string;
  readonly partition: number;
  readonly nMessages: number;
  readonly writeMs: number;
  readonly nextOffset: bigint;
  readonly lastSentAtMs: number;
  readonly decoded: { readonly deadLetters: readonly { readonly reason: string }[] };
}

/** What a monitor is told of the consuming. */
export interface StreamMetrics {
  countChunk(chunk: ChunkFacts): void;
  /** How long a partition is by now. */
  setEnd(topic: string, partition: number, endOffset: bigint): void;
}

/** How far one partition has come. */
interface Reach {
  readonly topic: string;
  readonly partition: number;
  nextOffset: bigint;
  endOffset: bigint;
  lastSentAtMs: number;
}

const CHUNK_SIZES = [1, 10, 50, 100, 250, 500, 1000, 2000];
const WRITE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** Metrics of a consumer. Lag is computed when it is asked for: a partition that stands still falls behind all the same. */
export function createStreamMetrics(registry: Registry, nHeldPartitions: () => number): StreamMetrics {
  const registers = [registry];
  const reaches = new Map<string, Reach>();
  const deadLetters = new Counter({
    name: "recommender_dead_letters_total",
    help: "Messages that can never succeed, by topic and reason.",
    labelNames: ["topic", "reason"],
    registers,
  });
  const chunkSize = new Histogram({
    name: "recommender_chunk_messages",
    help: "Messages written in one transaction.",
    labelNames: ["topic"],
    buckets: CHUNK_SIZES,
    registers,
  });
  const writeSeconds = new Histogram({
    name: "recommender_chunk_write_seconds",
    help: "How long the transaction of a chunk took, its dead letters included.",
    labelNames: ["topic"],
    buckets: WRITE_SECONDS,
    registers,
  });
  addLag(registry, reaches);
  new Gauge({
    name: "recommender_held_partitions",
    help: "Partitions that wait because nothing can be written.",
    registers,
    collect() {
      this.set(nHeldPartitions());
    },
  });
  return {
    countChunk(chunk) {
      const { topic, decoded } = chunk;
      for (const { reason } of decoded.deadLetters) deadLetters.inc({ topic, reason });
      chunkSize.observe({ topic }, chunk.nMessages);
      writeSeconds.observe({ topic }, chunk.writeMs / 1000);
      moveReach(reaches, chunk);
    },
    setEnd(topic, partition, endOffset) {
      const reach = reaches.get(`${topic}/${partition}`);
      if (reach !== undefined) reach.endOffset = endOffset;
    },
  };
}

function moveReach(reaches: Map<string, Reach>, chunk: ChunkFacts): void {
  const { topic, partition, nextOffset, lastSentAtMs } = chunk;
  const name = `${topic}/${partition}`;
  const before = reaches.get(name)?.endOffset ?? 0n;
  const endOffset = before > nextOffset ? before : nextOffset;
  reaches.set(name, { topic, partition, nextOffset, endOffset, lastSentAtMs });
}

function addLag(registry: Registry, reaches: ReadonlyMap<string, Reach>): void {
  const labelNames = ["topic", "partition"] as const;
  new Gauge({
    name: "recommender_lag_messages",
    help: "Messages of a partition that are not written yet.",
    labelNames,
    registers: [registry],
    collect() {
      for (const { topic, partition, nextOffset, endOffset } of reaches.values()) {
        this.set({ topic, partition }, Number(endOffset - nextOffset));
      }
    },
  });
  new Gauge({
    name: "recommender_lag_seconds",
    help: "Seconds since the newest written message of a partition was sent; 0 where none waits.",
    labelNames,
    registers: [registry],
    collect() {
      for (const { topic, partition, nextOffset, endOffset, lastSentAtMs } of reaches.values()) {
        this.set({ topic, partition }, endOffset > nextOffset ? (Date.now() - lastSentAtMs) / 1000 : 0);
      }
    },
  });
}
