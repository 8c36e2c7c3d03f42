/** Events handled between two breaths of the event loop: about two milliseconds of work. */
const EVENTS_PER_TURN = 1000;

/** Lets the event loop breathe while a large batch is handled: whoever asks for a list meanwhile is answered. */
export class Turns {
  private nEvents = 0;

  /** To be awaited after each event; nearly always there is nothing to wait for. */
  next(): Promise<void> | undefined {
    this.nEvents++;
    if (this.nEvents % EVENTS_PER_TURN !== 0) return undefined;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
