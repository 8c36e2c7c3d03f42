/** Longest that work beside the requests holds the event loop, apart from single steps that take longer. */
const MAX_BUSY_MS = 5;

/** Says when work beside the requests should let them through. It measures time, so it must decide nothing else. */
export class Pace {
  private since = 0;

  begin(): void {
    this.since = performance.now();
  }

  get isDue(): boolean {
    return performance.now() - this.since > MAX_BUSY_MS;
  }

  async breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.begin();
  }
}
