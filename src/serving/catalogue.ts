import { hashId } from "../domain/ids.js";
import { isSameProduct, type StoredProduct } from "../domain/product.js";
import type { Model } from "../model/model.js";
import { shelvesOf } from "../signals/attributeTerms.js";
import { newestAcrossCategories } from "./newestProducts.js";
import { ProductNumbers } from "./productNumbers.js";

const NONE = -1;

/**
 * What can be recommended, dense: the products of the model at their model index, products that came later behind them.
 * `apply` changes products in place, so a product that was hidden is gone from the list being computed right now.
 */
export class Catalogue {
  readonly nModelProducts: number;
  productIds: string[];
  price: Float64Array;
  /** Number of the category text, −1 for none. */
  category: Int32Array;
  /** Number of the brand text, −1 for none. */
  brand: Int32Array;
  private state: Uint8Array;
  private stored: (StoredProduct | null)[];
  private readonly indexOfId = new Map<string, number>();
  private readonly indexOfNo = new ProductNumbers();
  private readonly categoryNumber = new Map<string, number>();
  /** Numbers of the categories on a shelf or below it, by its path. */
  private readonly categoriesOnShelf = new Map<string, number[]>();
  private readonly brandNumber = new Map<string, number>();
  private readonly indexesOfHash = new Map<number, number[]>();
  private nCatalogueProducts = 0;
  private newest: Int32Array | null = null;

  constructor(model: Model, products: Iterable<StoredProduct>) {
    const n = model.productIds.length;
    this.nModelProducts = n;
    this.productIds = [...model.productIds];
    this.price = new Float64Array(n).fill(Number.NaN);
    this.category = new Int32Array(n).fill(NONE);
    this.brand = new Int32Array(n).fill(NONE);
    this.state = new Uint8Array(n);
    this.stored = new Array<StoredProduct | null>(n).fill(null);
    for (let index = 0; index < n; index++) this.name(index, model.productIds[index]);
    this.apply(products);
  }

  get length(): number {
    return this.productIds.length;
  }

  /** Take over products as they are stored now; returns how many were news. Cost: constant per product, amortised. */
  apply(products: Iterable<StoredProduct>): number {
    let nChanged = 0;
    for (const product of products) if (this.applyOne(product)) nChanged++;
    if (nChanged > 0) this.newest = null;
    return nChanged;
  }

  indexOf(productId: string): number {
    return this.indexOfId.get(productId) ?? NONE;
  }

  indexOfProductNo(productNo: number): number {
    return this.indexOfNo.get(productNo);
  }

  /** Indexes of the products whose id has this 32-bit hash; usually one. */
  indexesWithHash(hash: number): readonly number[] {
    return this.indexesOfHash.get(hash) ?? [];
  }

  /** Numbers of a category and of all below it, however its path is written; none for one that no product has. */
  categoriesUnder(name: string): readonly number[] {
    return this.categoriesOnShelf.get(shelvesOf(name).at(-1) ?? "") ?? [];
  }

  /** The category text of a product, or null. */
  categoryText(index: number): string | null {
    return this.stored[index]?.category ?? null;
  }

  /** Available, not deleted, and known to the catalogue; stubs count while the shop has no catalogue at all. */
  isRecommendable(index: number): boolean {
    const state = this.state[index];
    return state === RECOMMENDABLE || (state === STUB && this.nCatalogueProducts === 0);
  }

  /** A product as the store told of it; null for one that it has not told of. */
  storedProduct(index: number): StoredProduct | null {
    return this.stored[index];
  }

  /** An order of products that says nothing of when they came. */
  compareHashes(a: number, b: number): number {
    const [idA, idB] = [this.productIds[a], this.productIds[b]];
    return hashId(idA) - hashId(idB) || (idA < idB ? -1 : Number(idA > idB));
  }

  /** Every product the store has told of. */
  storedProducts(): StoredProduct[] {
    return this.stored.filter((product) => product !== null);
  }

  /** Every product, newest first, taking turns over the categories. Remade after a change, when asked for. */
  newestFirst(): Int32Array {
    this.newest ??= newestAcrossCategories(this.stored);
    return this.newest;
  }

  /** The store may tell the same again, whenever that is simpler than knowing what was told before. */
  private applyOne(product: StoredProduct): boolean {
    const index = this.indexFor(product.productId);
    const before = this.stored[index];
    if (before !== null && isSameProduct(before, product)) return false;
    if (before !== null && isCatalogueProduct(before)) this.nCatalogueProducts--;
    if (isCatalogueProduct(product)) this.nCatalogueProducts++;
    this.stored[index] = product;
    this.price[index] = product.price ?? Number.NaN;
    this.category[index] = this.numberCategory(product.category);
    this.brand[index] = numberOf(product.brand, this.brandNumber);
    this.state[index] = stateOf(product);
    this.indexOfNo.set(product.productNo, index);
    return true;
  }

  private numberCategory(category: string | null): number {
    const isNew = category !== null && !this.categoryNumber.has(category);
    const number = numberOf(category, this.categoryNumber);
    if (!isNew) return number;
    for (const shelf of shelvesOf(category)) {
      const numbers = this.categoriesOnShelf.get(shelf);
      if (numbers === undefined) this.categoriesOnShelf.set(shelf, [number]);
      else numbers.push(number);
    }
    return number;
  }

  private indexFor(productId: string): number {
    const known = this.indexOfId.get(productId);
    if (known !== undefined) return known;
    const index = this.productIds.length;
    this.productIds.push(productId);
    this.stored.push(null);
    if (index >= this.price.length) this.grow(Math.max(64, index * 2));
    this.name(index, productId);
    return index;
  }

  private name(index: number, productId: string): void {
    this.indexOfId.set(productId, index);
    const hash = hashId(productId);
    const others = this.indexesOfHash.get(hash);
    if (others === undefined) this.indexesOfHash.set(hash, [index]);
    else others.push(index);
  }

  private grow(capacity: number): void {
    const price = new Float64Array(capacity).fill(Number.NaN);
    const category = new Int32Array(capacity).fill(NONE);
    const brand = new Int32Array(capacity).fill(NONE);
    const state = new Uint8Array(capacity);
    price.set(this.price);
    category.set(this.category);
    brand.set(this.brand);
    state.set(this.state);
    this.price = price;
    this.category = category;
    this.brand = brand;
    this.state = state;
  }
}

/** The number of a text, a new one for a new text. */
function numberOf(text: string | null, numbers: Map<string, number>): number {
  if (text === null) return NONE;
  let number = numbers.get(text);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(text, number);
  }
  return number;
}

const HIDDEN = 0;
const RECOMMENDABLE = 1;
const STUB = 2;

function stateOf(product: StoredProduct): number {
  if (product.isDeleted || !product.isAvailable) return HIDDEN;
  return product.isStub ? STUB : RECOMMENDABLE;
}

function isCatalogueProduct(product: StoredProduct): boolean {
  return !product.isStub && !product.isDeleted;
}
