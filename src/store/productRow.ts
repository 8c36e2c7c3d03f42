import { isSellable, type StoredProduct } from "../domain/product.js";

/** A row of `products` as PostgreSQL hands it over. */
export interface ProductRow {
  readonly product_no: number;
  readonly product_id: string;
  readonly name: string | null;
  readonly category: string | null;
  readonly tags: readonly string[];
  readonly price: number | null;
  readonly description: string | null;
  readonly brand: string | null;
  readonly image_url: string | null;
  readonly stock: number | null;
  /** What was said; null leaves it to the stock. */
  readonly is_available: boolean | null;
  readonly is_stub: boolean;
  readonly is_deleted: boolean;
  readonly added_at: Date;
}

export const PRODUCT_COLUMNS =
  "product_no, product_id, name, category, tags, price, description, brand, image_url, stock, is_available, is_stub, is_deleted, added_at";

export function productOf(row: ProductRow): StoredProduct {
  return {
    productNo: row.product_no,
    productId: row.product_id,
    name: row.name,
    category: row.category,
    tags: row.tags,
    price: row.price,
    description: row.description,
    brand: row.brand,
    imageUrl: row.image_url,
    stock: row.stock,
    isAvailable: isSellable(row.is_available, row.stock),
    isStub: row.is_stub,
    isDeleted: row.is_deleted,
    addedAtMs: row.added_at.getTime(),
  };
}
