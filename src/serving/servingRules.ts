import { type InteractionWeight, interactionWeight } from "../domain/interactionWeight.js";
import { type SettingValues, SIGNAL_NAMES } from "../domain/setting.js";
import type { PreparedRule } from "./merchandise.js";

/** The settings in the shape the answer path reads: derived once per change, not once per list. */
export interface ServingRules {
  readonly weightOf: InteractionWeight;
  readonly halfLifeDays: number;
  readonly excludesPurchased: boolean;
  readonly excludesSeen: boolean;
  readonly candidatesPerSignal: number;
  readonly newProductsShare: number;
  /** Null when nothing stands between a score and its place. */
  readonly diversity: DiversityRules | null;
  /** The merchandiser's rules that are in force, in the order of their ids. */
  readonly merchandising: readonly PreparedRule[];
  /** The admin's weight per signal, in the order of SIGNAL_NAMES. */
  readonly signalWeight: Float64Array;
}

/** What keeps a list from showing the same thing again and again. */
export interface DiversityRules {
  /** 0 … 1. */
  readonly strength: number;
  /** Most products of one kind; infinite for any number. */
  readonly perCategory: number;
  readonly perBrand: number;
}

/** The rules that settings make; those of the merchandiser are added while their windows are open. */
export function servingRules(settings: SettingValues): ServingRules {
  return {
    weightOf: interactionWeight(settings),
    halfLifeDays: settings["profile.halfLifeDays"],
    excludesPurchased: settings["exclude.purchased"],
    excludesSeen: settings["exclude.seen"],
    newProductsShare: settings["newProducts.share"],
    diversity: diversityRules(settings),
    merchandising: [],
    candidatesPerSignal: Math.round(settings["candidates.perSignal"]),
    signalWeight: Float64Array.from(SIGNAL_NAMES, (name) => settings[`weight.${name}`]),
  };
}

function diversityRules(settings: SettingValues): DiversityRules | null {
  const strength = settings["diversity.strength"];
  const most = (cap: number) => (cap === 0 ? Number.POSITIVE_INFINITY : Math.ceil(cap));
  const perCategory = most(settings["cap.perCategory"]);
  const perBrand = most(settings["cap.perBrand"]);
  return strength === 0 && perCategory === most(0) && perBrand === most(0) ? null : { strength, perCategory, perBrand };
}
