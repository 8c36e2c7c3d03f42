import type { Recommendation } from "@recommendation-subgraph/react";
import type { CardFragment } from "../graph/generated.js";

const POUNDS = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" });

export function priceInWords(price: number | null | undefined): string {
  return price == null ? "Price on request" : POUNDS.format(price);
}

export function dateInWords(iso: string): string {
  return new Date(iso).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

export function productsInWords(count: number): string {
  return count === 1 ? "1 product" : `${count} products`;
}

/** A name to be read: the sample shop shouts ("RED SPOTTY CUP"), a page does not. */
export function nameInWords(name: string): string {
  if (name !== name.toUpperCase()) return name;
  return name.toLowerCase().replace(/(^|[\s/(-])\p{L}/gu, (start) => start.toUpperCase());
}

/** How many pieces are left, as far as a shopper wants to know. */
export function stockInWords(stock: number, isAvailable: boolean): string {
  if (!isAvailable || stock < 1) return "Sold out";
  return stock <= 5 ? `Only ${stock} left` : "In stock";
}

/** Why a product is in a list, said to the shopper. */
export function reasonInWords({ reason, because }: Recommendation<CardFragment>): string {
  const name = because ? nameInWords(because.name) : null;
  switch (reason) {
    case "BECAUSE_YOU_BOUGHT":
      return name ? `Because you bought ${name}` : "Because of what you bought";
    case "BECAUSE_YOU_VIEWED":
      return name ? `Because you looked at ${name}` : "Because of what you looked at";
    case "IN_YOUR_CART":
      return name ? `Goes with ${name}` : "Goes with your cart";
    case "BOUGHT_TOGETHER":
      return "Often bought together";
    case "ALSO_CHOSEN":
      return "Others chose it too";
    case "SIMILAR_CONTENT":
      return name ? `Similar to ${name}` : "Similar";
    case "BUY_AGAIN":
      return "You bought it before";
    case "TRENDING":
      return "Trending now";
    case "POPULAR":
      return "A favourite of the shop";
    case "NEW":
      return "New in the shop";
    case "PINNED":
      return "Our pick";
  }
}
