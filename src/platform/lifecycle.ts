import type { Logger } from "./logger.js";

/** One part that must be stopped, named for the log. */
interface Part {
  readonly name: string;
  readonly stop: () => Promise<void>;
}

/**
 * Ordered shutdown: parts are stopped one by one, the last started first, so nothing loses what it stands on.
 * A signal stops once; a second signal, or the deadline, ends the process at once with exit code 1.
 */
export class Lifecycle {
  private readonly parts: Part[] = [];
  private stopping: Promise<void> | null = null;

  constructor(
    private readonly logger: Logger,
    private readonly deadlineMs: number,
  ) {}

  /** Add a part that runs from now on. */
  add(name: string, stop: () => Promise<void>): void {
    this.parts.push({ name, stop });
  }

  /** True from the moment a stop has begun: what fails now fails because of it. */
  get isStopping(): boolean {
    return this.stopping !== null;
  }

  /** Stop on SIGINT, SIGTERM and SIGHUP (a closed terminal), then exit: with 0 when stopping is how it ends, with another code when work was cut off. */
  stopOnSignals(exitCode: number, onStopping: (signal: string) => void): void {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (this.stopping !== null) process.exit(1);
        onStopping(signal);
        void this.stop().then(() => process.exit(process.exitCode ?? exitCode));
      });
    }
  }

  /** Stop everything in order; safe to call twice. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<void> {
    const deadline = setTimeout(() => {
      this.logger.error({ deadlineMs: this.deadlineMs }, "stop took too long");
      process.exit(1);
    }, this.deadlineMs);
    deadline.unref();
    for (const part of this.parts.reverse()) {
      try {
        await part.stop();
      } catch (error) {
        this.logger.error({ part: part.name, err: error }, "stopping failed");
        process.exitCode = 1;
      }
    }
    clearTimeout(deadline);
  }
}
