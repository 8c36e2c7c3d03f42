/** Lets so many pieces of work run at once; others wait for their turn, and none begins once one has failed. */
export class Turns {
  private nFree: number;
  private readonly waiting: (() => void)[] = [];
  private failure: unknown = null;

  constructor(atOnce: number) {
    this.nFree = atOnce;
  }

  /** @throws whatever the work does, or what failed before it began */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.nFree === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.nFree--;
    try {
      if (this.failure !== null) throw this.failure;
      return await work();
    } catch (error) {
      this.failure ??= error;
      throw error;
    } finally {
      this.giveBack();
    }
  }

  private giveBack(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.nFree++;
    else next();
  }
}
