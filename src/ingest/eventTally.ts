import { EVENT_FATES, type EventCount, type EventFate } from "../domain/eventCount.js";
import { ACTION_TYPES, type ActionType, actionCode, type Interaction } from "../domain/interaction.js";

/** Event keys by what became of them; the others had counted before. */
interface Written {
  readonly countedKeys: ReadonlySet<string>;
  readonly erasedKeys: ReadonlySet<string>;
}

/** How many events of an action came to an end, by whichever door. */
export type EndedEvents = Omit<EventCount, "source">;

/** Counts events by action and fate, many at once. */
export class EventTally {
  private readonly nOf = new Int32Array(ACTION_TYPES.length * EVENT_FATES.length);

  add(action: ActionType, fate: EventFate, nEvents: number): void {
    this.nOf[ACTION_TYPES.indexOf(action) * EVENT_FATES.length + EVENT_FATES.indexOf(fate)] += nEvents;
  }

  /** Interactions of one write. Of several with one key the first is the one that counts. */
  addWritten(interactions: readonly Interaction[], { countedKeys, erasedKeys }: Written): void {
    const seen = new Set<string>();
    for (const { eventKey, actionName } of interactions) {
      const isFirst = seen.size < seen.add(eventKey).size;
      const fate = !isFirst ? "duplicate" : fateOf(eventKey, countedKeys, erasedKeys);
      this.add(ACTION_TYPES[actionCode(actionName)], fate, 1);
    }
  }

  /** What there was at least one of. */
  counts(): readonly EndedEvents[] {
    const counts: EndedEvents[] = [];
    this.nOf.forEach((nEvents, place) => {
      const action = ACTION_TYPES[Math.floor(place / EVENT_FATES.length)];
      if (nEvents > 0) counts.push({ action, fate: EVENT_FATES[place % EVENT_FATES.length], nEvents });
    });
    return counts;
  }
}

function fateOf(eventKey: string, countedKeys: ReadonlySet<string>, erasedKeys: ReadonlySet<string>): EventFate {
  if (countedKeys.has(eventKey)) return "accepted";
  return erasedKeys.has(eventKey) ? "erased" : "duplicate";
}
