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

  seconds(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.byStage);
  }
}
