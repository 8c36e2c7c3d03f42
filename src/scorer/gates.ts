import { RecommenderError } from "../domain/errors.js";
import type { Placement } from "../domain/recommendation.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import { checkNetwork, type GateNetwork } from "./gateNetwork.js";

export const N_SIGNALS = SIGNAL_NAMES.length;

/**
 * How much each signal counts before the admin's weight. `constant` gates are the same in every context; a `network`
 * reads the context of each candidate, in the placements it was trained for. Travels in the model's header as JSON.
 */
export interface GateParameters {
  readonly kind: "network" | "constant";
  /** One row of gates per placement, in the order of SIGNAL_NAMES; 0 keeps a signal out of that placement. */
  readonly byPlacement: Readonly<Record<Placement, readonly number[]>>;
  /** Null when the kind is constant. */
  readonly network: GateNetwork | null;
  /** Where the network decides instead of the constant gates. */
  readonly networkPlacements: readonly Placement[];
  /**
   * What an answer is worth for a product that nobody has chosen, next to one for a product that shoppers know: a factor
   * per signal on its answers, before any gate sees them. Placements without one take answers as they are.
   */
  readonly newcomerFactor?: Readonly<Partial<Record<Placement, readonly number[]>>>;
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
    user: gates({
      collaborative: 1,
      regression: 1,
      sequence: 0.6,
      sequenceShort: 0.3,
      basket: 0.3,
      content: 0.3,
      inherited: 0.3,
      session: 0.5,
      neighbours: 0.6,
      latent: 0.3,
      repeat: 0.3,
      trending: 0.6,
      categoryTrend: 0.2,
      segmentTrend: 0.2,
    }),
    session: gates({
      collaborative: 1,
      regression: 1,
      sequence: 0.6,
      sequenceShort: 0.6,
      basket: 0.3,
      content: 0.3,
      inherited: 0.3,
      session: 1,
      neighbours: 0.6,
      latent: 0.3,
      repeat: 0.5,
      trending: 0.4,
      categoryTrend: 0.2,
    }),
    cart: gates({ collaborative: 0.1, sequence: 0.2, sequenceShort: 0.2, basket: 1 }),
    buyAgain: gates({ repeat: 1 }),
    product: gates({
      collaborative: 1,
      regression: 0.7,
      sequence: 0.5,
      basket: 0.7,
      content: 0.5,
      inherited: 0.2,
      session: 0.3,
      trending: 0.1,
    }),
    similar: gates({ collaborative: 0.6, regression: 0.5, content: 1, inherited: 0.3 }),
    boughtTogether: gates({ sequenceShort: 0.2, basket: 1 }),
    trending: gates({ trending: 1, segmentTrend: 0.5 }),
  },
  network: null,
  networkPlacements: [],
};

const PLACEMENTS: readonly Placement[] = [
  "user",
  "session",
  "cart",
  "buyAgain",
  "product",
  "similar",
  "boughtTogether",
  "trending",
];

/** The network that decides in a placement, or null where the constant gates do. */
export function networkOf(parameters: GateParameters, placement: Placement): GateNetwork | null {
  return parameters.networkPlacements.includes(placement) ? parameters.network : null;
}

/**
 * Check gates read from an artifact.
 *
 * @throws RecommenderError MODEL_FORMAT if the kind is unknown, a placement lacks a finite gate ≥ 0 per signal, or the
 *   network's shapes do not fit
 */
export function checkGates(value: unknown): GateParameters {
  const candidate = value as GateParameters | null;
  if (candidate?.kind !== "constant" && candidate?.kind !== "network") {
    throw refused(`gates of kind "constant" or "network" are required`, (candidate as { kind?: unknown } | null)?.kind);
  }
  for (const placement of PLACEMENTS) {
    const row = candidate.byPlacement?.[placement];
    if (!Array.isArray(row) || row.length !== N_SIGNALS || !row.every((gate) => Number.isFinite(gate) && gate >= 0)) {
      throw refused(`${N_SIGNALS} finite gates are required for placement ${placement}`, row);
    }
  }
  const { networkPlacements } = candidate;
  if (!Array.isArray(networkPlacements) || !networkPlacements.every((placement) => PLACEMENTS.includes(placement))) {
    throw refused("known placements of the network are required", networkPlacements);
  }
  for (const factor of Object.values(candidate.newcomerFactor ?? {})) {
    const isSound = Array.isArray(factor) && factor.length === N_SIGNALS;
    if (isSound && factor.every((number) => Number.isFinite(number) && number >= 0)) continue;
    throw refused(`${N_SIGNALS} finite factors are required for newcomers`, factor);
  }
  if (candidate.kind === "network") checkNetwork(candidate.network);
  else if (candidate.network !== null || networkPlacements.length > 0) {
    throw refused("gates of kind constant have no network", networkPlacements);
  }
  return candidate;
}

function refused(requirement: string, found: unknown): RecommenderError {
  return new RecommenderError("MODEL_FORMAT", `Cannot use the model: ${requirement}`, { found });
}
