/** How much of a batch is written in one transaction. */
export interface ChunkLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/** Where the chunk ends that begins at `from`: within the limits, but never empty. */
export function chunkEnd(sizes: readonly number[], from: number, { maxMessages, maxBytes }: ChunkLimits): number {
  let nBytes = sizes[from];
  let end = from + 1;
  while (end < sizes.length && end - from < maxMessages && nBytes + sizes[end] <= maxBytes) {
    nBytes += sizes[end];
    end++;
  }
  return end;
}

/** Long enough for the cost of a commit to be shared, short enough for a heartbeat and a stop in between. */
const TARGET_MS = 500;
const MOST_MESSAGES = 2000;
const MOST_BYTES = 1_048_576;

/** Chunks by time: one that took long makes the next smaller, a quick one larger again. */
export class ChunkPace {
  private maxMessages = MOST_MESSAGES;

  get limits(): ChunkLimits {
    return { maxMessages: this.maxMessages, maxBytes: MOST_BYTES };
  }

  /** Told of each chunk that was written. */
  took(nMessages: number, ms: number): void {
    if (ms > TARGET_MS) this.maxMessages = Math.max(1, Math.floor(Math.min(this.maxMessages, nMessages) / 2));
    else if (ms < TARGET_MS / 2) this.maxMessages = Math.min(MOST_MESSAGES, this.maxMessages * 2);
  }
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;

/** How long a partition waits after so many attempts in a row that failed. */
export function holdDelayMs(nFailures: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(nFailures - 1, 10));
}
