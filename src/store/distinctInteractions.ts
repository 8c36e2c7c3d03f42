import type { Interaction } from "../domain/interaction.js";

/** Each event key once: of several interactions with one key the first one sent. */
export function distinctInteractions(interactions: readonly Interaction[]): Interaction[] {
  const byKey = new Map<string, Interaction>();
  for (const interaction of interactions) {
    if (!byKey.has(interaction.eventKey)) byKey.set(interaction.eventKey, interaction);
  }
  return [...byKey.values()];
}
