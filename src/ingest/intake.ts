import type { IntakeResult, InteractionIntake, RawInteraction, RejectedInteraction } from "../domain/engine.js";
import type { Interaction } from "../domain/interaction.js";
import type { InteractionWriter } from "../domain/ports.js";
import { decodeInteraction } from "./decodeInteraction.js";
import { Rejection } from "./rejection.js";

/**
 * The one way in for live events: each is decoded, the good ones are written in one transaction, the others come back
 * with their place and reason. The same event twice in one call counts once. Without a good one nothing is written.
 */
export function createIntake(parts: { writer: InteractionWriter; clock: () => number }): InteractionIntake {
  return { record: (events) => record(sortOut(events, parts.clock()), parts.writer) };
}

interface SortedEvents {
  /** By event key: the first of equal ones stands. */
  readonly interactions: ReadonlyMap<string, Interaction>;
  readonly nRepeats: number;
  readonly rejected: readonly RejectedInteraction[];
}

async function record(sorted: SortedEvents, writer: InteractionWriter): Promise<IntakeResult> {
  const { interactions, nRepeats, rejected } = sorted;
  if (interactions.size === 0) return { accepted: 0, duplicates: 0, rejected };
  const written = await writer.write([...interactions.values()]);
  return { accepted: written.accepted, duplicates: written.duplicates + nRepeats, rejected };
}

function sortOut(events: readonly RawInteraction[], nowMs: number): SortedEvents {
  const interactions = new Map<string, Interaction>();
  const rejected: RejectedInteraction[] = [];
  events.forEach((event, index) => {
    const decoded = decodeInteraction(event, { nowMs, door: "live" });
    if (decoded instanceof Rejection) {
      rejected.push({ index, reason: decoded.reason, message: decoded.message });
      return;
    }
    const { interaction } = decoded;
    if (!interactions.has(interaction.eventKey)) interactions.set(interaction.eventKey, interaction);
  });
  const nRepeats = events.length - rejected.length - interactions.size;
  return { interactions, nRepeats, rejected };
}
