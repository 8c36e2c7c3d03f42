import type { Product } from "../shop/product.js";
import type { PlacedOrder, ShopState, WaitingMessage } from "../shop/shopFile.js";

/** One purchase for each product of an order; the ids make each count once, however often it is sent. */
export function purchasesOf(order: PlacedOrder, sessionId: string | null): readonly WaitingMessage[] {
  return order.items.map(({ productId, quantity, price }) => ({
    topic: "interactions",
    key: order.userId ?? sessionId ?? order.id,
    body: {
      event_id: `order-${order.id}-${productId}`,
      user_id: order.userId,
      session_id: sessionId ?? (order.userId === null ? order.id : null),
      product_id: productId,
      timestamp: order.placedAt,
      action_type: "purchase",
      value: quantity,
      order_id: order.id,
      quantity,
      price,
    },
  }));
}

/**
 * All that is sold of a product now. Availability is said together with the stock, so that the message means the same
 * whatever was said before it; a name only where people have given one, since the other is only the file's in small letters.
 */
export function updateOf(product: Product, state: ShopState): WaitingMessage {
  const name = state.changes[product.id]?.name;
  return {
    topic: "products",
    key: product.id,
    body: {
      product_id: product.id,
      ...(name == null ? {} : { name }),
      category: product.category,
      price: product.price,
      stock: product.stock,
      available: product.available,
      updated_at: new Date(nextUpdateMs(state)).toISOString(),
    },
  };
}

/** Later than every update before, also when the clock is set back: the newest message is the one that counts. */
function nextUpdateMs(state: ShopState): number {
  state.lastUpdateMs = Math.max(Date.now(), state.lastUpdateMs + 1);
  return state.lastUpdateMs;
}
