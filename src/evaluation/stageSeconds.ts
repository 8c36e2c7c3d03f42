/** How long each stage of a run took, in the order in which they were begun. */
export class StageSeconds {
  private readonly byStage = new Map<string, number>();

  /** @param clock milliseconds */
  constructor(private readonly clock: () => number) {}

  /** Run work as part of a stage; a stage may have several parts, whose times add up. */
  async run<T>(stage: string, work: () => T | Promise<T>): Promise<T> {
    const startedMs = this.clock();
    const result = await work();
    this.byStage.set(stage, (this.byStage.get(stage) ?? 0) + (this.clock() - startedMs) / 1000);
    return result;
  }

  /** Listen to work that reports its stages itself: what lies between two reports belongs to the former's stage. */
  async follow<T>(work: (enter: (stage: string) => void) => Promise<T>): Promise<T> {
    let present: string | null = null;
    let sinceMs = this.clock();
    const enter = (stage: string | null) => {
      const nowMs = this.clock();
      if (present !== null) this.byStage.set(present, (this.byStage.get(present) ?? 0) + (nowMs - sinceMs) / 1000);
      present = stage;
      sinceMs = nowMs;
    };
    const result = await work(enter);
    enter(null);
    return result;
  }

  seconds(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.byStage);
  }
}
