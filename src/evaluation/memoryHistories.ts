import { ACTION } from "../domain/interaction.js";
import {
  MAX_PROFILE_INTERACTIONS,
  type OlderProducts,
  type ShopperHistories,
  type ShopperHistory,
} from "../domain/ports.js";
import { segmentsOf } from "../domain/segments.js";
import type { InteractionTable } from "../training/interactionTable.js";
import type { MemoryShop } from "./memoryShop.js";

/** What the users of a shop in memory did, read as the store reads it. */
export class MemoryHistories implements ShopperHistories {
  /** Rows of the table of shopper number u: row[start[u]] … row[start[u + 1] − 1]. */
  private readonly start: Int32Array;
  private readonly row: Int32Array;
  private readonly numberOf: ReadonlyMap<string, number>;
  private readonly productNo: Int32Array;

  /** Cost: two passes over the table; interactions that come later are not seen. */
  constructor(private readonly shop: MemoryShop) {
    const { table, isOfUser } = shop;
    const { texts } = table.shoppers;
    this.start = new Int32Array(texts.length + 1);
    for (const [row, shopper] of table.shopper.entries()) if (isOfUser[row]) this.start[shopper + 1]++;
    for (let u = 0; u < texts.length; u++) this.start[u + 1] += this.start[u];
    const next = this.start.slice(0, texts.length);
    this.row = new Int32Array(this.start[texts.length]);
    for (const [row, shopper] of table.shopper.entries()) if (isOfUser[row]) this.row[next[shopper]++] = row;
    this.numberOf = new Map(texts.map((text, u) => [text, u]));
    const stored = new Map(shop.products().map(({ productId, productNo }) => [productId, productNo]));
    this.productNo = Int32Array.from(table.products.texts, (productId) => stored.get(productId) ?? -1);
  }

  async load(userIds: readonly string[], older: OlderProducts): Promise<readonly ShopperHistory[]> {
    return userIds.map((userId) => this.historyOf(userId, older));
  }

  /** Cost: a pass over the table for each. */
  async loadSessions(sessionIds: readonly string[], older: OlderProducts): Promise<readonly ShopperHistory[]> {
    return sessionIds.map((sessionId) => this.historyFrom(this.rowsOfSession(sessionId), older, []));
  }

  /** Whether anything is known of the user. */
  isWarm(userId: string): boolean {
    return this.rowsOf(userId).length > 0;
  }

  /** Number of the user among the shoppers of the table, −1 when unknown. */
  shopperNumber(userId: string): number {
    return this.numberOf.get(userId) ?? -1;
  }

  /** Everything the user purchased or, asked for "seen", did anything with. */
  productsOf(userId: string, which: OlderProducts): Set<string> {
    const { table } = this.shop;
    const rows = this.rowsOf(userId).filter((row) => which === "seen" || table.action[row] === ACTION.purchase);
    return new Set(Array.from(rows, (row) => table.products.texts[table.product[row]]));
  }

  private historyOf(userId: string, which: OlderProducts): ShopperHistory {
    return this.historyFrom(this.rowsOf(userId), which, segmentsOf(this.shop.users.get(userId) ?? {}));
  }

  private historyFrom(ofOne: Int32Array, which: OlderProducts, segments: readonly string[]): ShopperHistory {
    const { table } = this.shop;
    const rows = ofOne.sort((a, b) => newestFirst(table, a, b));
    const recent = rows.subarray(0, MAX_PROFILE_INTERACTIONS);
    const isAsked = (row: number) => which === "seen" || table.action[row] === ACTION.purchase;
    const older = rows.subarray(MAX_PROFILE_INTERACTIONS).filter(isAsked);
    return {
      productNo: recent.map((row) => this.productNo[table.product[row]]),
      action: Uint8Array.from(recent, (row) => table.action[row]),
      occurredAtMs: Float64Array.from(recent, (row) => table.timeMs[row]),
      value: Float64Array.from(recent, (row) => table.value[row]),
      olderProducts: older.map((row) => this.productNo[table.product[row]]),
      segments,
    };
  }

  private rowsOfSession(sessionId: string): Int32Array {
    const { table, isOfUser } = this.shop;
    const number = this.numberOf.get(sessionId);
    return Int32Array.from([...isOfUser.keys()].filter((row) => !isOfUser[row] && table.shopper[row] === number));
  }

  private rowsOf(userId: string): Int32Array {
    const shopper = this.numberOf.get(userId);
    return shopper === undefined ? new Int32Array(0) : this.row.slice(this.start[shopper], this.start[shopper + 1]);
  }
}

/** As the store's index: unknown times last, equal times by event key. */
function newestFirst(table: InteractionTable, a: number, b: number): number {
  const timeA = table.timeMs[a];
  const timeB = table.timeMs[b];
  if (Number.isNaN(timeA) !== Number.isNaN(timeB)) return Number.isNaN(timeA) ? 1 : -1;
  if (timeA !== timeB && !Number.isNaN(timeA)) return timeB - timeA;
  return table.eventKey[a] < table.eventKey[b] ? -1 : 1;
}
