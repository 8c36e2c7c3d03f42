import type { Product } from "../domain/product.js";
import { describeFound } from "./describeFound.js";
import { badText, isAbsent, isRawFields, type RawFields, readId, readNumber, readText } from "./readField.js";
import { Rejection } from "./rejection.js";

export type DecodedProduct = { readonly product: Product } | Rejection;

/** Turn one raw catalogue row into a product, or say why not. Never throws; empty attributes are null. */
export function decodeProduct(raw: RawFields): DecodedProduct {
  if (!isRawFields(raw)) {
    return new Rejection(
      "not_an_object",
      `Cannot take the product: an object is required, found ${describeFound(raw)}`,
    );
  }
  const productId = readId("product_id", raw.product_id);
  if (productId instanceof Rejection) return productId;
  if (productId === null) {
    return new Rejection("missing_product_id", "Cannot take the product: product_id is required, found nothing");
  }
  const texts = readTexts(raw);
  if (texts instanceof Rejection) return texts;
  const tags = readTags(raw.tags);
  if (tags instanceof Rejection) return tags;
  const price = readPrice(raw.price);
  if (price instanceof Rejection) return price;
  const isAvailable = readAvailability(raw);
  if (isAvailable instanceof Rejection) return isAvailable;
  return { product: { productId, ...texts, tags, price, isAvailable } };
}

type Texts = Pick<Product, "name" | "category" | "description" | "brand" | "imageUrl">;

function readTexts(raw: RawFields): Texts | Rejection {
  const name = readText("name", raw.name);
  if (name instanceof Rejection) return name;
  const category = readText("category", raw.category);
  if (category instanceof Rejection) return category;
  const description = readText("description", raw.description);
  if (description instanceof Rejection) return description;
  const brand = readText("brand", raw.brand);
  if (brand instanceof Rejection) return brand;
  const imageUrl = readText("image_url", raw.image_url);
  if (imageUrl instanceof Rejection) return imageUrl;
  return { name, category, description, brand, imageUrl };
}

/** Tags come '|'-separated or as a list; each once, in the order of the row. */
function readTags(value: unknown): string[] | Rejection {
  if (isAbsent(value)) return [];
  const parts = typeof value === "string" ? value.split("|") : value;
  if (!Array.isArray(parts)) return badText("tags", value);
  const tags = new Set<string>();
  for (const part of parts) {
    const tag = readText("tags", part);
    if (tag instanceof Rejection) return tag;
    if (tag !== null) tags.add(tag);
  }
  return [...tags];
}

function readPrice(value: unknown): number | null | Rejection {
  const price = readNumber("price", value);
  if (typeof price !== "number" || price >= 0) return price;
  return new Rejection("negative_price", `Cannot take price: 0 or more is required, found ${price}`);
}

const AVAILABLE = new Map([
  ["true", true],
  ["1", true],
  ["yes", true],
  ["false", false],
  ["0", false],
  ["no", false],
]);

/** What `available` says; without it a product with an empty stock is unavailable, any other is available. */
function readAvailability(raw: RawFields): boolean | Rejection {
  const { available, stock } = raw;
  if (isAbsent(available)) {
    const inStock = readNumber("stock", stock);
    if (inStock instanceof Rejection) return inStock;
    return inStock === null || inStock > 0;
  }
  const isScalar = typeof available !== "object";
  const answer = isScalar ? AVAILABLE.get(String(available).trim().toLowerCase()) : undefined;
  if (answer !== undefined) return answer;
  const requirement = "one of true, false, 1, 0, yes, no is required";
  return new Rejection("bad_available", `Cannot take available: ${requirement}, found ${describeFound(available)}`);
}
