import { RecommenderError } from "../domain/errors.js";
import type { Placement } from "../domain/recommendation.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";

export const N_SIGNALS = SIGNAL_NAMES.length;

/**
 * How much each signal counts before the admin's weight. `constant` gates are the same in every context; a network that
 * reads the context is another kind, and its parameters travel in the model's header the same way.
 */
export interface GateParameters {
  readonly kind: "constant";
  /** One row of gates per placement, in the order of SIGNAL_NAMES; 0 keeps a signal out of that placement. */
  readonly byPlacement: Readonly<Record<Placement, readonly number[]>>;
}

function gates(values: Partial<Record<SignalName, number>>): readonly number[] {
  return SIGNAL_NAMES.map((name) => values[name] ?? 0);
}

/**
 * Gates by hand: what a shop starts with before its own behaviour has been learned. Alternatives to a product come from
 * likeness and shared shoppers, complements from shared orders, and nothing popular may push in there.
 */
export const HAND_GATES: GateParameters = {
  kind: "constant",
  byPlacement: {
    user: gates({ collaborative: 1, basket: 0.3, content: 0.3, trending: 0.8 }),
    product: gates({ collaborative: 1, basket: 0.7, content: 0.5, trending: 0.1 }),
    similar: gates({ collaborative: 0.6, content: 1 }),
    boughtTogether: gates({ basket: 1 }),
    trending: gates({ trending: 1 }),
  },
};

const PLACEMENTS: readonly Placement[] = ["user", "product", "similar", "boughtTogether", "trending"];

/**
 * Check gates read from an artifact.
 *
 * @throws RecommenderError MODEL_FORMAT if the kind is unknown or a placement lacks a finite gate ≥ 0 per signal
 */
export function checkGates(value: unknown): GateParameters {
  const candidate = value as GateParameters | null;
  if (candidate?.kind !== "constant") {
    throw new RecommenderError("MODEL_FORMAT", `Cannot use the model: gates of kind "constant" are required`, {
      found: (candidate as { kind?: unknown } | null)?.kind,
    });
  }
  for (const placement of PLACEMENTS) {
    const row = candidate.byPlacement?.[placement];
    if (!Array.isArray(row) || row.length !== N_SIGNALS || !row.every((gate) => Number.isFinite(gate) && gate >= 0)) {
      throw new RecommenderError(
        "MODEL_FORMAT",
        `Cannot use the model: ${N_SIGNALS} finite gates are required for placement ${placement}`,
        { found: row },
      );
    }
  }
  return candidate;
}
