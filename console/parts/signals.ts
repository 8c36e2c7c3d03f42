/** In the order of the engine's registry, so that a signal has one colour everywhere. */
export const SIGNALS = [
  "collaborative",
  "regression",
  "sequence",
  "sequenceShort",
  "basket",
  "content",
  "inherited",
  "session",
  "neighbours",
  "latent",
  "repeat",
  "trending",
  "categoryTrend",
  "segmentTrend",
] as const;

/** The colour of a signal; one the console does not know is grey. */
export function signalColour(signal: string): string {
  const index = (SIGNALS as readonly string[]).indexOf(signal);
  return index < 0 ? "var(--muted)" : `var(--s${index})`;
}
