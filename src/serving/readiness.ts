import { type LiveState, MAX_STATE_AGE_MS } from "./liveState.js";

/** Whether a replica may be asked for lists, and if not, why. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/** A replica that has not heard for long which products may be listed could show what was hidden since. */
export function readinessOf(state: Pick<LiveState, "ageMs">): Readiness {
  const ageMs = state.ageMs();
  const reasons = ageMs > MAX_STATE_AGE_MS ? [`product state unconfirmed for ${Math.round(ageMs / 1000)} s`] : [];
  return { ready: reasons.length === 0, reasons };
}
