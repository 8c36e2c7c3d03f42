import { ACTION } from "./interaction.js";
import type { SettingValues } from "./setting.js";

/** Says what one interaction adds to a profile; ≤ 0 is not a choice. `value` is NaN when unknown. */
export type InteractionWeight = (action: number, value: number) => number;

/** No single interaction weighs more, whatever it says: one absurd rating must not silence the rest of a shop. */
export const MAX_INTERACTION_WEIGHT = 100;

/**
 * Weights by action as the settings say. A rating r adds (r − neutral) · 2, at most MAX_INTERACTION_WEIGHT either way, so a bad one
 * counts against the product; an unknown action adds nothing.
 */
export function interactionWeight(settings: SettingValues): InteractionWeight {
  const byAction = new Float64Array(256);
  byAction[ACTION.view] = settings["action.view"];
  byAction[ACTION.click] = settings["action.click"];
  byAction[ACTION.add_to_cart] = settings["action.add_to_cart"];
  byAction[ACTION.remove_from_cart] = settings["action.remove_from_cart"];
  byAction[ACTION.wishlist] = settings["action.wishlist"];
  byAction[ACTION.purchase] = settings["action.purchase"];
  byAction[ACTION.dislike] = settings["action.dislike"];
  byAction[ACTION.return] = settings["action.return"];
  const neutral = settings["rating.neutral"];
  return (action, value) => {
    if (action !== ACTION.rating) return byAction[action];
    if (Number.isNaN(value)) return 0;
    return Math.max(-MAX_INTERACTION_WEIGHT, Math.min(MAX_INTERACTION_WEIGHT, (value - neutral) * 2));
  };
}
