/** Where the lines of a start go; a terminal, a pipe or a test. */
export interface LineOutput {
  write(text: string): unknown;
}

/**
 * The lines a person reads while something starts: one per step, what was done and how long it took. For machines there
 * is the log.
 */
export class Steps {
  constructor(
    private readonly output: LineOutput,
    private readonly clock: () => number,
  ) {}

  /** Run one step, then print what it says it did and the time it took. A failing step prints nothing. */
  async run<T>(name: string, work: () => Promise<T>, describe: (result: T) => string): Promise<T> {
    const startedMs = this.clock();
    const result = await work();
    this.print(name, `${describe(result)} (${duration(this.clock() - startedMs)})`);
    return result;
  }

  print(name: string, text: string): void {
    this.output.write(`${name.padEnd(10)} ${text}\n`);
  }

  line(text: string): void {
    this.output.write(`${text}\n`);
  }
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
