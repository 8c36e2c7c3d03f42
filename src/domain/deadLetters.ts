import type { DeadLetter } from "./stream.js";

/** A dead letter as it is kept, with its number. */
export interface KeptDeadLetter extends DeadLetter {
  readonly deadLetterId: number;
  readonly receivedAt: Date;
  readonly replayedAt: Date | null;
}

export interface DeadLetterFilter {
  /** Only those that were refused for this reason. */
  readonly reason: string | null;
  /** Only those with a higher number. */
  readonly after: number;
  readonly most: number;
}

/** The dead letters for people: to look at, and to replay when what made them fail is gone. */
export interface DeadLetterStore {
  /** Those that wait, oldest first. */
  waiting(filter: DeadLetterFilter): Promise<readonly KeptDeadLetter[]>;
  /** Whether it waits or was replayed; null where there is none. */
  find(deadLetterId: number): Promise<KeptDeadLetter | null>;
  /** How many wait, by reason, most first. */
  counts(): Promise<readonly DeadLetterCount[]>;
  /** Called when its message has taken effect. */
  markReplayed(deadLetterIds: readonly number[]): Promise<void>;
}

export interface DeadLetterCount {
  readonly reason: string;
  readonly nLetters: number;
}

/** Brought in, or why not. */
export type Replayed = { readonly isBroughtIn: true } | { readonly isBroughtIn: false; readonly why: string };

/** What became of one dead letter that was to be brought in. */
export interface ReplayedLetter {
  readonly deadLetterId: number;
  readonly replayed: Replayed;
}

/** What administrators may do with the messages that could not be taken. */
export interface DeadLetterDesk extends Pick<DeadLetterStore, "waiting" | "counts"> {
  /** Bring in again those of these that wait, in their order; what is still refused goes on waiting. */
  replay(deadLetterIds: readonly number[]): Promise<readonly ReplayedLetter[]>;
}
