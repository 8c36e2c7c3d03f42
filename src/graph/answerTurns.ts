/** Values written between two breaths of the event loop: a few milliseconds of work for graphql-js. */
const VALUES_PER_TURN = 5000;

/**
 * Lets the event loop breathe while the lists of one answer are written. Lists computed together arrive together, and
 * graphql-js would write all of them in one go; in turns a thousand lists hold up nobody else.
 */
export class AnswerTurns {
  private nValues = 0;
  private turn: Promise<void> | null = null;

  /** Resolves when it is the turn of a list with so many values; in a small answer at once. */
  async next(nValues: number): Promise<void> {
    const { turn } = this;
    this.nValues += nValues;
    if (this.nValues >= VALUES_PER_TURN) this.begin();
    if (turn !== null) await turn;
  }

  private begin(): void {
    this.nValues = 0;
    this.turn = (this.turn ?? Promise.resolve()).then(() => new Promise((resolve) => setImmediate(resolve)));
  }
}
