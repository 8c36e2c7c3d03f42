import type { Product, ProductChange } from "../domain/product.js";
import { describeFound } from "./describeFound.js";
import { badText, isAbsent, isRawFields, type RawFields, readId, readNumber, readText } from "./readField.js";
import { Rejection } from "./rejection.js";

export type DecodedProduct = { readonly product: ProductChange } | Rejection;

/**
 * Turn one raw catalogue row into what it says of a product, or say why not. Never throws. Empty attributes are null;
 * one that the row has no field for is not named, and stays what it is.
 */
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
  const stock = raw.stock === undefined ? undefined : readNumber("stock", raw.stock);
  if (stock instanceof Rejection) return stock;
  const isAvailable = readAvailability(raw.available);
  if (isAvailable instanceof Rejection) return isAvailable;
  return { product: { productId, ...texts, ...named({ tags, price, stock, isAvailable }) } };
}

/** Without the attributes that the row has no field for. */
function named<T extends object>(attributes: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as T;
}

type Texts = Partial<Pick<Product, "name" | "category" | "description" | "brand" | "imageUrl">>;

const TEXT_FIELDS = [
  ["name", "name"],
  ["category", "category"],
  ["description", "description"],
  ["brand", "brand"],
  ["image_url", "imageUrl"],
] as const;

function readTexts(raw: RawFields): Texts | Rejection {
  const texts: { -readonly [Name in keyof Texts]: Texts[Name] } = {};
  for (const [field, attribute] of TEXT_FIELDS) {
    if (raw[field] === undefined) continue;
    const text = readText(field, raw[field]);
    if (text instanceof Rejection) return text;
    texts[attribute] = text;
  }
  return texts;
}

/** Tags come '|'-separated or as a list; each once, in the order of the row. */
function readTags(value: unknown): string[] | undefined | Rejection {
  if (value === undefined) return undefined;
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

function readPrice(value: unknown): number | null | undefined | Rejection {
  if (value === undefined) return undefined;
  const price = readNumber("price", value);
  if (typeof price !== "number" || price >= 0) return price;
  return new Rejection("negative_price", `Cannot take price: 0 or more is required, found ${price}`);
}

const YES_OR_NO = new Map([
  ["true", true],
  ["1", true],
  ["yes", true],
  ["false", false],
  ["0", false],
  ["no", false],
]);

/** What a field says that is answered by yes or no; undefined where it says neither. */
export function readYesOrNo(value: unknown): boolean | undefined {
  return typeof value === "object" ? undefined : YES_OR_NO.get(String(value).trim().toLowerCase());
}

/** What `available` says; where it is empty the stock decides. */
function readAvailability(available: unknown): boolean | null | undefined | Rejection {
  if (available === undefined) return undefined;
  if (isAbsent(available)) return null;
  const answer = readYesOrNo(available);
  if (answer !== undefined) return answer;
  const requirement = "one of true, false, 1, 0, yes, no is required";
  return new Rejection("bad_available", `Cannot take available: ${requirement}, found ${describeFound(available)}`);
}
