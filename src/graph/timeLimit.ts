/** Said of work that took longer than its request may; for the log. */
export class LateError extends Error {}

/** The time that one request may take, over all it asks for. It begins when it is made. */
export class TimeLimit {
  private readonly endsAtMs: number;

  constructor(private readonly seconds: number) {
    this.endsAtMs = performance.now() + seconds * 1000;
  }

  /**
   * Start work and wait for it until the time is over. Late work goes on, but nobody waits for it; when the time is over
   * before it starts, it does not.
   *
   * @throws LateError, later, when the work did not end in time
   */
  async within<T>(start: () => Promise<T>): Promise<T> {
    const leftMs = this.endsAtMs - performance.now();
    if (leftMs <= 0) throw this.late();
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.late()), leftMs);
    });
    try {
      return await Promise.race([start(), over]);
    } finally {
      clearTimeout(timer);
    }
  }

  private late(): LateError {
    return new LateError(`Cannot answer in time: the request has taken the ${this.seconds} s it may take`);
  }
}
