import type { CardFragment } from "../graph/generated.js";
import { stored } from "./stored.js";

/** Products in the cart and how many pieces of each, in the order in which they came. */
export interface CartLine {
  readonly product: CardFragment;
  readonly quantity: number;
}

export interface Cart {
  readonly lines: readonly CartLine[];
  /** The order that this cart becomes: sent twice, it is placed once. */
  readonly orderKey: string;
}

const cart = stored<Cart>("cart", emptyCart);

export const useCart = cart.use;

/** Put pieces of a product into the cart, beside those that are there. */
export function addToCart(product: CardFragment, quantity = 1): void {
  const { lines, orderKey } = cart.get();
  const isThere = lines.some((line) => line.product.id === product.id);
  const more = (line: CartLine) =>
    line.product.id === product.id ? { product, quantity: line.quantity + quantity } : line;
  cart.set({ orderKey, lines: isThere ? lines.map(more) : [...lines, { product, quantity }] });
}

/** Say how many pieces of a product there are in the cart; 0 takes it out. */
export function setQuantity(productId: string, quantity: number): void {
  const { lines, orderKey } = cart.get();
  const changed = lines.map((line) => (line.product.id === productId ? { ...line, quantity } : line));
  cart.set({ orderKey, lines: changed.filter((line) => line.quantity > 0) });
}

export function emptyTheCart(): void {
  cart.set(emptyCart());
}

export function piecesIn({ lines }: Cart): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

export function totalOf({ lines }: Cart): number {
  return lines.reduce((sum, { product, quantity }) => sum + (product.price ?? 0) * quantity, 0);
}

function emptyCart(): Cart {
  return { lines: [], orderKey: crypto.randomUUID() };
}
