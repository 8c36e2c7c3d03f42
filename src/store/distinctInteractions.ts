import type { Interaction } from "../domain/interaction.js";

/**
 * Each event key once (the first one sent), in key order: two transactions that write the same events then take their
 * locks in the same order, and none waits for the other in a circle.
 */
export function distinctInteractions(interactions: readonly Interaction[]): Interaction[] {
  const byKey = new Map<string, Interaction>();
  for (const interaction of interactions) {
    if (!byKey.has(interaction.eventKey)) byKey.set(interaction.eventKey, interaction);
  }
  return [...byKey.values()].sort((a, b) => (a.eventKey < b.eventKey ? -1 : 1));
}
