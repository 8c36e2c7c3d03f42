/** Rows per write: large enough for COPY to pay, small enough to hold two in memory and to commit often. */
const CHUNK_ROWS = 20_000;

/**
 * Gathers rows into chunks and writes them, one write at a time: while it runs the next chunk is being read and decoded.
 * A failed write comes out of the next `add` or of `end`, and nothing is written after it.
 */
export class ChunkWriter<T> {
  private chunk: T[] = [];
  private inFlight: Promise<void> = Promise.resolve();

  constructor(private readonly write: (chunk: readonly T[]) => Promise<void>) {}

  /** Resolves as soon as more rows may come. */
  async add(rows: readonly T[]): Promise<void> {
    for (const row of rows) this.chunk.push(row);
    if (this.chunk.length >= CHUNK_ROWS) await this.startWrite();
  }

  /** Write what is left; resolves when everything is written. */
  async end(): Promise<void> {
    if (this.chunk.length > 0) await this.startWrite();
    await this.inFlight;
  }

  private async startWrite(): Promise<void> {
    await this.inFlight;
    const { chunk } = this;
    this.chunk = [];
    this.inFlight = this.write(chunk);
    // It is awaited later, at the next chunk; until then a failure is no unhandled one.
    this.inFlight.catch(() => {});
  }
}
