import { randomInt } from "node:crypto";
import { Inject, Injectable } from "@nestjs/common";
import { purchasesOf, updateOf } from "../stream/messages.js";
import { Outbox } from "../stream/outbox.js";
import { Mistake } from "./mistake.js";
import type { Product, ProductChange } from "./product.js";
import { Shelves } from "./shelves.js";
import { type PlacedOrder, ShopFile } from "./shopFile.js";

const MOST_PRODUCTS = 100;
const MOST_PIECES = 10_000;
const MOST_STOCK = 1_000_000;
const HIGHEST_PRICE = 1_000_000;
const LONGEST_NAME = 200;
const LONGEST_KEY = 100;

export interface OrderRequest {
  readonly items: readonly { readonly productId: string; readonly quantity: number }[];
  readonly idempotencyKey: string;
  readonly userId: string | null;
  readonly sessionId: string | null;
}

/** Where the shop changes: orders are taken and products are changed, and whoever must hear of it does. */
@Injectable()
export class Counter {
  constructor(
    @Inject(ShopFile) private readonly file: ShopFile,
    @Inject(Shelves) private readonly shelves: Shelves,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {}

  /**
   * Take an order: all of it or nothing. The same key of the same shopper is the same order.
   *
   * @throws Mistake OUT_OF_STOCK, NOT_FOUND or BAD_USER_INPUT
   */
  async placeOrder(request: OrderRequest): Promise<PlacedOrder> {
    requireKey("idempotencyKey", request.idempotencyKey);
    if (request.sessionId !== null) requireKey("sessionId", request.sessionId);
    const earlier = this.file.state.orders.find(
      ({ idempotencyKey, userId }) => idempotencyKey === request.idempotencyKey && userId === request.userId,
    );
    const order = earlier ?? this.take(request);
    await this.file.save();
    this.outbox.wake();
    return order;
  }

  /**
   * Change a product and tell the other services.
   *
   * @throws Mistake NOT_FOUND or BAD_USER_INPUT
   */
  async change(id: string, change: ProductChange): Promise<Product> {
    this.shelves.get(id);
    requireSense(change);
    this.shelves.change(id, change);
    this.tellOf([id]);
    await this.file.save();
    this.outbox.wake();
    return this.shelves.get(id);
  }

  /** Tell of every product, once in the life of this shop: the sample shop's files name no categories. */
  async announce(): Promise<void> {
    if (this.file.state.announcedAt === null) {
      this.tellOf(this.shelves.all().map(({ id }) => id));
      this.file.state.announcedAt = new Date().toISOString();
      await this.file.save();
    }
    this.outbox.wake();
  }

  /** Without an await: what is decided here on the stock is still true when it is taken. */
  private take({ items, idempotencyKey, userId, sessionId }: OrderRequest): PlacedOrder {
    const bought = this.requireInStock(piecesOf(items));
    const order: PlacedOrder = {
      id: newOrderId(this.file.state.orders),
      idempotencyKey,
      userId,
      placedAt: new Date().toISOString(),
      items: bought.map(({ product, quantity }) => ({ productId: product.id, quantity, price: product.price })),
    };
    for (const { product, quantity } of bought) this.shelves.change(product.id, { stock: product.stock - quantity });
    this.file.state.orders.push(order);
    this.outbox.add(purchasesOf(order, sessionId));
    this.tellOf(bought.map(({ product }) => product.id));
    return order;
  }

  private requireInStock(pieces: ReadonlyMap<string, number>) {
    return [...pieces].map(([productId, quantity]) => {
      const product = this.shelves.get(productId);
      if (product.available && product.stock >= quantity) return { product, quantity };
      const found = product.available ? `${product.stock} left` : "it is not sold now";
      throw new Mistake("OUT_OF_STOCK", `Cannot take the order: ${quantity} of ${product.name} are required, ${found}`);
    });
  }

  private tellOf(productIds: readonly string[]): void {
    this.outbox.add(productIds.map((id) => updateOf(this.shelves.get(id), this.file.state)));
  }
}

/** Pieces by product: one that is named twice is bought twice. */
function piecesOf(items: OrderRequest["items"]): ReadonlyMap<string, number> {
  if (items.length < 1 || items.length > MOST_PRODUCTS) {
    throw badInput(`Cannot take the order: 1 to ${MOST_PRODUCTS} products are required, found ${items.length}`);
  }
  const pieces = new Map<string, number>();
  for (const { productId, quantity } of items) {
    if (!(quantity >= 1 && quantity <= MOST_PIECES)) {
      throw badInput(`Cannot take the order: 1 to ${MOST_PIECES} pieces are required, found ${quantity}`);
    }
    pieces.set(productId, (pieces.get(productId) ?? 0) + quantity);
  }
  return pieces;
}

/** What the other services would refuse is refused here: a product whose name they do not take would never change there again. */
function requireSense({ price, stock, name, category }: ProductChange): void {
  if (price != null) requireUpTo("price", price, HIGHEST_PRICE);
  if (stock != null) requireUpTo("stock", stock, MOST_STOCK);
  if (name != null) requireLine("name", name);
  if (category != null) requireLine("category", category);
}

function requireUpTo(what: string, found: number, most: number): void {
  if (found >= 0 && found <= most) return;
  throw badInput(`Cannot change the product: a ${what} from 0 to ${most} is required, found ${found}`);
}

function requireLine(what: string, text: string): void {
  if (text.trim() !== "" && text.length <= LONGEST_NAME && !/[\p{Cc}\p{Cs}]/u.test(text)) return;
  throw badInput(
    `Cannot change the product: a ${what} of 1 to ${LONGEST_NAME} characters in one line is required, found ${told(text)}`,
  );
}

/** An empty key would be everybody's. */
function requireKey(what: string, key: string): void {
  if (/^[\x21-\x7e]+$/.test(key) && key.length <= LONGEST_KEY) return;
  throw badInput(
    `Cannot take the order: ${what} of 1 to ${LONGEST_KEY} ASCII characters without spaces is required, found ${told(key)}`,
  );
}

function told(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function badInput(message: string): Mistake {
  return new Mistake("BAD_USER_INPUT", message);
}

/** Unguessable, since whoever knows an order's number may see it on a bill; eight digits, as people read them out. */
function newOrderId(orders: readonly PlacedOrder[]): string {
  const id = String(randomInt(10_000_000, 100_000_000));
  return orders.some((order) => order.id === id) ? newOrderId(orders) : id;
}
