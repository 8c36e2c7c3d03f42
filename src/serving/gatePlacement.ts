import type { ListRequest, Placement } from "../domain/recommendation.js";
import type { Profile } from "./profile.js";

/**
 * Whose gates a list is scored by. A stranger's list is what the shop sells now, to people like them where that is
 * known: gates learned from histories have nothing to say about somebody who has none.
 */
export function gatePlacement({ placement }: ListRequest, profile: Profile): Placement {
  const isStranger = profile.product.length === 0 && (placement === "user" || placement === "session");
  return isStranger ? "trending" : placement;
}
