import type { Interaction } from "../../src/domain/interaction.js";
import type { BulkWriter, InteractionWriter, LiveWriteResult } from "../../src/domain/ports.js";
import {
  isSellable,
  mergeProductChanges,
  NEW_PRODUCT,
  type Product,
  type ProductChange,
} from "../../src/domain/product.js";
import type { User } from "../../src/ingest/decodeUser.js";

/** A store in memory that keeps the writers' promise: an event key counts once, a product and a user have one row. */
export class MemoryWriter implements BulkWriter, InteractionWriter {
  readonly interactions = new Map<string, Interaction>();
  readonly products = new Map<string, Product>();
  readonly users = new Map<string, User>();
  /** What was called, in order, with the number of rows. */
  readonly calls: string[] = [];

  write(interactions: readonly Interaction[]): Promise<LiveWriteResult> {
    return this.writeInteractions(interactions);
  }

  async writeInteractions(interactions: readonly Interaction[]): Promise<LiveWriteResult> {
    this.calls.push(`interactions ${interactions.length}`);
    const countedKeys = new Set<string>();
    for (const one of interactions) {
      if (this.interactions.has(one.eventKey)) continue;
      this.interactions.set(one.eventKey, one);
      countedKeys.add(one.eventKey);
    }
    const accepted = countedKeys.size;
    return { accepted, duplicates: interactions.length - accepted, countedKeys, erasedKeys: new Set() };
  }

  async writeProducts(products: readonly ProductChange[]): Promise<{ changed: number }> {
    this.calls.push(`products ${products.length}`);
    let changed = 0;
    for (const change of products) {
      const said = mergeProductChanges(this.products.get(change.productId), change);
      const product = { ...NEW_PRODUCT, ...said, isAvailable: isSellable(said.isAvailable, said.stock) };
      changed += replaceAll(this.products, [product], ({ productId }) => productId);
    }
    return { changed };
  }

  async writeUsers(users: readonly User[]): Promise<{ changed: number }> {
    this.calls.push(`users ${users.length}`);
    return { changed: replaceAll(this.users, users, (user) => user.userId) };
  }

  async analyze(): Promise<void> {
    this.calls.push("analyze");
  }
}

function replaceAll<T>(stored: Map<string, T>, rows: readonly T[], idOf: (row: T) => string): number {
  let changed = 0;
  for (const row of rows) {
    if (JSON.stringify(stored.get(idOf(row))) !== JSON.stringify(row)) changed++;
    stored.set(idOf(row), row);
  }
  return changed;
}
