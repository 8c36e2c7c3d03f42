/** Rows per write: large enough for COPY to pay, small enough to hold two in memory and to commit often. */
const CHUNK_ROWS = 10_000;

/**
 * Gathers rows into chunks and writes them, a few at a time: while they run the next chunk is being read and decoded.
 * A failed write comes out of a later `add` or of `end`, and no other is begun after it.
 */
export class ChunkWriter<T> {
  private chunk: T[] = [];
  private readonly inFlight: Promise<void>[] = [];
  private hasFailed = false;

  /** @param maxInFlight writes at once; 1 where a later row must win over an earlier one */
  constructor(
    private readonly write: (chunk: readonly T[]) => Promise<void>,
    private readonly maxInFlight: number,
  ) {}

  /** Resolves as soon as more rows may come. */
  async add(rows: readonly T[]): Promise<void> {
    for (const row of rows) this.chunk.push(row);
    if (this.chunk.length >= CHUNK_ROWS) await this.startWrite();
  }

  /** Write what is left; resolves when everything is written. */
  async end(): Promise<void> {
    if (this.chunk.length > 0) await this.startWrite();
    await Promise.all(this.inFlight);
  }

  private async startWrite(): Promise<void> {
    if (this.hasFailed) await Promise.all(this.inFlight);
    if (this.inFlight.length === this.maxInFlight) await this.inFlight.shift();
    const { chunk } = this;
    this.chunk = [];
    const written = this.write(chunk);
    // It is awaited later; until then a failure is no unhandled one.
    written.catch(() => {
      this.hasFailed = true;
    });
    this.inFlight.push(written);
  }
}
