import { Inject, Injectable } from "@nestjs/common";
import type { Configuration } from "../configuration.js";
import { CONFIGURATION } from "../tokens.js";
import { Mistake } from "./mistake.js";
import { currentProduct, type ListedProduct, type Product, type ProductChange } from "./product.js";
import { readProducts } from "./readSampleShop.js";
import { ShopFile } from "./shopFile.js";

/** A part of the catalogue, by name. */
export interface ProductPage {
  readonly nodes: readonly Product[];
  readonly totalCount: number;
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

export interface PageRequest {
  readonly first: number;
  readonly after?: string | null;
  readonly category?: string | null;
  readonly search?: string | null;
}

/** The products of the shop, as they are sold now. */
@Injectable()
export class Shelves {
  private readonly listed: ReadonlyMap<string, ListedProduct>;

  constructor(
    @Inject(CONFIGURATION) configuration: Configuration,
    @Inject(ShopFile) private readonly file: ShopFile,
  ) {
    this.listed = new Map(readProducts(configuration.shopDir).map((product) => [product.id, product]));
  }

  find(id: string): Product | null {
    const listed = this.listed.get(id);
    return listed === undefined ? null : currentProduct(listed, this.file.state.changes[id]);
  }

  /** @throws Mistake NOT_FOUND when the shop does not have it */
  get(id: string): Product {
    const product = this.find(id);
    if (product === null)
      throw new Mistake("NOT_FOUND", `Cannot find the product: one of the shop is required, found "${id}"`);
    return product;
  }

  all(): readonly Product[] {
    return [...this.listed.values()].map((listed) => currentProduct(listed, this.file.state.changes[listed.id]));
  }

  /** The products that fit, by name and then by id; a cursor is the place of a product, so one that has gone costs nothing. */
  page({ first, after, category, search }: PageRequest): ProductPage {
    const words = (search ?? "").toLowerCase().split(/\s+/);
    const fitting = this.all()
      .filter((product) => category == null || product.category === category)
      .filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
      .map((product) => ({ product, place: placeOf(product) }))
      .sort((a, b) => (a.place < b.place ? -1 : 1));
    const from = after == null ? null : Buffer.from(after, "base64url").toString();
    const left = from === null ? fitting : fitting.filter(({ place }) => place > from);
    const shown = left.slice(0, first);
    const last = shown.at(-1);
    return {
      nodes: shown.map(({ product }) => product),
      totalCount: fitting.length,
      endCursor: last === undefined ? null : Buffer.from(last.place).toString("base64url"),
      hasNextPage: left.length > shown.length,
    };
  }

  /** The shelves with their numbers of products, the fullest first. */
  categories(): readonly { readonly name: string; readonly productCount: number }[] {
    const nOf = new Map<string, number>();
    for (const { category } of this.all()) nOf.set(category, (nOf.get(category) ?? 0) + 1);
    return [...nOf]
      .map(([name, productCount]) => ({ name, productCount }))
      .sort((a, b) => b.productCount - a.productCount);
  }

  /** Remember what is changed of a product, in memory: the caller saves it with what else happens. */
  change(id: string, change: ProductChange): void {
    const named = Object.entries(change).filter(([, value]) => value !== null && value !== undefined);
    this.file.state.changes[id] = { ...this.file.state.changes[id], ...Object.fromEntries(named) };
  }
}

function placeOf({ name, id }: Product): string {
  return `${name}\n${id}`;
}
