import { actionCode, type Interaction } from "../domain/interaction.js";
import type { BulkWriter, LiveWriteResult } from "../domain/ports.js";
import {
  isSellable,
  mergeProductChanges,
  NEW_PRODUCT,
  type ProductChange,
  type StoredProduct,
} from "../domain/product.js";
import { segmentsOf } from "../domain/segments.js";
import { InteractionTable } from "../training/interactionTable.js";

/**
 * A shop in memory that keeps the promises of the store: an event key counts once, of several products with one id the
 * last stands, attribute by attribute, and a product that only events have named is a stub. So the same files give the
 * same training.
 */
export class MemoryShop implements BulkWriter {
  readonly table = new InteractionTable();
  /** Per row of the table: was it a user, not only a session. Histories are those of users. */
  readonly isOfUser: boolean[] = [];
  /** Attributes by user id. */
  readonly users = new Map<string, Record<string, string>>();
  private readonly eventKeys = new Set<string>();
  private readonly stored = new Map<string, StoredProduct>();
  /** What the catalogue has said of each product. */
  private readonly said = new Map<string, ProductChange>();

  /** @param openedAtMs when every product was added: what one import brings is equally new */
  constructor(private readonly openedAtMs: number) {}

  async writeInteractions(interactions: readonly Interaction[]): Promise<LiveWriteResult> {
    const counted = interactions.filter(({ eventKey }) => {
      const nBefore = this.eventKeys.size;
      return this.eventKeys.add(eventKey).size > nBefore;
    });
    for (const { productId } of counted) if (!this.stored.has(productId)) this.store({ productId }, true);
    this.table.append({
      shopper: counted.map(({ userId, sessionId }) => userId ?? sessionId ?? ""),
      productId: counted.map(({ productId }) => productId),
      action: Uint8Array.from(counted, ({ actionName }) => actionCode(actionName)),
      occurredAtMs: Float64Array.from(counted, ({ occurredAtMs }) => occurredAtMs ?? Number.NaN),
      value: Float64Array.from(counted, ({ value }) => value ?? Number.NaN),
      orderId: counted.map(({ orderId }) => orderId),
      eventKey: counted.map(({ eventKey }) => eventKey),
    });
    for (const { userId } of counted) this.isOfUser.push(userId !== null);
    const countedKeys = new Set(counted.map(({ eventKey }) => eventKey));
    const [accepted, duplicates] = [counted.length, interactions.length - counted.length];
    return { accepted, duplicates, countedKeys, erasedKeys: new Set() };
  }

  async writeProducts(products: readonly ProductChange[]): Promise<{ readonly changed: number }> {
    for (const product of products) this.store(product, false);
    return { changed: products.length };
  }

  async writeUsers(
    users: readonly { readonly userId: string; readonly attributes: Record<string, string> }[],
  ): Promise<{ readonly changed: number }> {
    for (const { userId, attributes } of users) this.users.set(userId, attributes);
    return { changed: users.length };
  }

  /** Nothing to do: there are no statistics to refresh. */
  async analyze(): Promise<void> {}

  /** Every product, stubs included, in order of first sight, which is that of their numbers. */
  products(): readonly StoredProduct[] {
    return [...this.stored.values()];
  }

  /** What is known of the shoppers, by user id. */
  segments(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.users].map(([userId, attributes]) => [userId, segmentsOf(attributes)]));
  }

  private store(change: ProductChange, isStub: boolean): void {
    const before = this.stored.get(change.productId);
    const kept = { productNo: before?.productNo ?? this.stored.size, isDeleted: false, addedAtMs: this.openedAtMs };
    const said = mergeProductChanges(this.said.get(change.productId), change);
    const isAvailable = isSellable(said.isAvailable, said.stock);
    this.said.set(change.productId, said);
    this.stored.set(change.productId, { ...NEW_PRODUCT, ...said, ...kept, isAvailable, isStub });
  }
}
