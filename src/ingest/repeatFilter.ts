import type { Interaction } from "../domain/interaction.js";

/**
 * Leaves out of a chunk what the chunk before it holds as well. Two chunks are written at once, and which of them commits
 * first is chance; of two rows with one event id the first of the file has to stand, as it does within a chunk.
 */
export class RepeatFilter {
  private keysBefore: ReadonlySet<string> = new Set();

  /** To be called chunk by chunk, in the order of the file. */
  apply(chunk: readonly Interaction[]): readonly Interaction[] {
    const { keysBefore } = this;
    this.keysBefore = new Set(chunk.map(({ eventKey }) => eventKey));
    return chunk.filter(({ eventKey }) => !keysBefore.has(eventKey));
  }
}
