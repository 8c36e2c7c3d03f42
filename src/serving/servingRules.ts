import { type InteractionWeight, interactionWeight } from "../domain/interactionWeight.js";
import { type SettingValues, SIGNAL_NAMES } from "../domain/setting.js";

/** The settings in the shape the answer path reads: derived once per change, not once per list. */
export interface ServingRules {
  readonly weightOf: InteractionWeight;
  readonly halfLifeDays: number;
  readonly excludesPurchased: boolean;
  readonly excludesSeen: boolean;
  readonly candidatesPerSignal: number;
  /** The admin's weight per signal, in the order of SIGNAL_NAMES. */
  readonly signalWeight: Float64Array;
}

export function servingRules(settings: SettingValues): ServingRules {
  return {
    weightOf: interactionWeight(settings),
    halfLifeDays: settings["profile.halfLifeDays"],
    excludesPurchased: settings["exclude.purchased"],
    excludesSeen: settings["exclude.seen"],
    candidatesPerSignal: Math.round(settings["candidates.perSignal"]),
    signalWeight: Float64Array.from(SIGNAL_NAMES, (name) => settings[`weight.${name}`]),
  };
}
