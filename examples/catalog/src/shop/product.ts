/** A product as it stands in the shop's files. */
export interface ListedProduct {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly price: number;
  /** How many pieces there are before anything is sold. */
  readonly stock: number;
}

/** What the people of the shop have changed of a product since. */
export interface ProductChange {
  readonly price?: number | null;
  readonly stock?: number | null;
  readonly available?: boolean | null;
  readonly name?: string | null;
  readonly category?: string | null;
}

/** A product as it is sold now. */
export interface Product extends ListedProduct {
  /** Whether the shop sells it and some are left. */
  readonly available: boolean;
}

/** What is in the files, with what was changed since. */
export function currentProduct(listed: ListedProduct, change: ProductChange | undefined): Product {
  const stock = change?.stock ?? listed.stock;
  return {
    id: listed.id,
    name: change?.name ?? listed.name,
    category: change?.category ?? listed.category,
    price: change?.price ?? listed.price,
    stock,
    available: (change?.available ?? true) && stock > 0,
  };
}
