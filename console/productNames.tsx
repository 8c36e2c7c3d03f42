import { useCallback, useSyncExternalStore } from "react";
import type { Ask } from "./engine.js";
import { type KnownProduct, PRODUCTS_OF } from "./operations.js";
import { useSession } from "./session.js";

/** Most ids of one question; the engine allows no more. */
const MOST_IDS = 500;

/** What products are called: what is asked for in one turn is one question, and what is known is not asked again. */
export class ProductNames {
  private readonly known = new Map<string, KnownProduct | null>();
  private readonly listeners = new Set<() => void>();
  private wanted = new Set<string>();

  constructor(private readonly ask: Ask) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The product, null where nobody knows it, undefined while that is being found out. */
  of(id: string): KnownProduct | null | undefined {
    const product = this.known.get(id);
    if (product === undefined && !this.known.has(id)) this.want(id);
    return product;
  }

  /** Take over what another answer has said. */
  learn(products: readonly KnownProduct[]): void {
    for (const product of products) this.known.set(product.id, product);
  }

  private want(id: string): void {
    if (this.wanted.size === 0) setTimeout(() => void this.load());
    this.wanted.add(id);
  }

  private async load(): Promise<void> {
    const ids = [...this.wanted].filter((id) => !this.known.has(id));
    this.wanted = new Set();
    for (let from = 0; from < ids.length; from += MOST_IDS) {
      const asked = ids.slice(from, from + MOST_IDS);
      // A list without names is still a list: they are asked for again when it is next shown.
      const answer = await this.ask(PRODUCTS_OF, { ids: asked }).catch(() => null);
      if (answer === null) return;
      for (const id of asked) this.known.set(id, null);
      this.learn(answer.recommendationProducts);
    }
    for (const listener of this.listeners) listener();
  }
}

/** What is known of a product, as `ProductNames.of` says it. */
export function useProduct(id: string): KnownProduct | null | undefined {
  const { names } = useSession();
  return useSyncExternalStore(
    names.subscribe,
    useCallback(() => names.of(id), [names, id]),
  );
}

/** A product as people call it, with its id. */
export function ProductName({ id }: { readonly id: string }) {
  const product = useProduct(id);
  return (
    <span className="product">
      <span className="product-name">{product?.name ?? (product === undefined ? "…" : "(no name)")}</span>
      <span className="product-id">{id}</span>
    </span>
  );
}
