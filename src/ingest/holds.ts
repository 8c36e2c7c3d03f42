import { holdDelayMs } from "./chunkPolicy.js";

/** One partition that waits because nothing can be written. */
interface Hold {
  readonly because: string;
  readonly nFailures: number;
  readonly resume: () => void;
  /** Null while it tries again. */
  readonly timer: NodeJS.Timeout | null;
}

/** Which partitions wait, and for what; each tries again after a pause that grows. */
export class Holds {
  private readonly holds = new Map<string, Hold>();

  /** In words, for whoever asks whether the service is ready. */
  reasons(): string[] {
    return [...this.holds].map(([name, { because }]) => `${name} waits for ${because}`);
  }

  /** Hold a partition back and call `resume` after its pause. True when it did not wait before. */
  hold(name: string, because: string, resume: () => void): boolean {
    const nFailures = (this.holds.get(name)?.nFailures ?? 0) + 1;
    const timer = setTimeout(() => {
      this.holds.set(name, { because, nFailures, resume, timer: null });
      resume();
    }, holdDelayMs(nFailures));
    this.holds.set(name, { because, nFailures, resume, timer });
    return nFailures === 1;
  }

  /** Something was written. True when the partition had waited. */
  release(name: string): boolean {
    return this.holds.delete(name);
  }

  /**
   * Forget all and resume those that pause: other members have the partitions now, or nobody, or this one still. The client
   * keeps a pause across rebalances, so what nobody resumes would never be read again.
   */
  clear(): void {
    for (const { timer, resume } of this.holds.values()) {
      if (timer === null) continue;
      clearTimeout(timer);
      resume();
    }
    this.holds.clear();
  }
}
