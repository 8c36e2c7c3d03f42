/** How the places for new products are counted over the pages of one list. */
export interface NewPlaces {
  /** Share of the places, 0 … 1. */
  readonly share: number;
  /** Products on earlier pages, and how many of them were new. */
  readonly nShown: number;
  readonly nShownNew: number;
}

/**
 * Give new products their share of the places: by place p of the list ⌊share · p⌋ of them have stood, as far as there
 * are some. A product without a past cannot win against products with one, and without a place it never gets a past.
 *
 * @param ranked rows of the list, best first
 * @param newRows those of them that are new, best first
 * @returns the rows in the order of their places
 * Cost: one pass.
 */
export function givePlaces(ranked: readonly number[], newRows: readonly number[], places: NewPlaces): number[] {
  const isNew = new Set(newRows);
  const order: number[] = [];
  const placed = new Set<number>();
  let nNew = places.nShownNew;
  let nextNew = 0;
  for (const row of ranked) {
    while (Math.floor(places.share * (places.nShown + order.length + 1)) > nNew && nextNew < newRows.length) {
      const promoted = newRows[nextNew++];
      if (placed.has(promoted)) continue;
      placed.add(promoted);
      order.push(promoted);
      nNew++;
    }
    if (placed.has(row)) continue;
    placed.add(row);
    order.push(row);
    if (isNew.has(row)) nNew++;
  }
  return order;
}
