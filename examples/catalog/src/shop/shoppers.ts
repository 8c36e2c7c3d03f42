import { Inject, Injectable } from "@nestjs/common";
import type { Configuration } from "../configuration.js";
import { CONFIGURATION } from "../tokens.js";
import { hashOf } from "./hash.js";
import { type PastOrder, readPastOrders } from "./readSampleShop.js";
import { ShopFile } from "./shopFile.js";

/** Somebody with an account. */
export interface Shopper {
  readonly id: string;
  readonly name: string;
}

/** An order of any time. A past one is told at today's prices, since its own are not known. */
export interface Order {
  readonly id: string;
  readonly placedAt: string;
  readonly items: readonly { readonly productId: string; readonly quantity: number; readonly price: number | null }[];
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** The customers of the sample shop: their numbers and purchases are real, their names are made up. */
@Injectable()
export class Shoppers {
  private readonly pastOrders: ReadonlyMap<string, readonly PastOrder[]>;
  private readonly shiftMs: number;

  constructor(
    @Inject(CONFIGURATION) configuration: Configuration,
    @Inject(ShopFile) private readonly file: ShopFile,
  ) {
    this.pastOrders = readPastOrders(configuration.shopDir);
    this.shiftMs = shiftInWeeks(this.pastOrders, Date.parse(file.state.openedAt));
  }

  find(id: string): Shopper | null {
    return this.pastOrders.has(id) ? { id, name: nameOf(id) } : null;
  }

  /** Shoppers with a past worth looking at: neither the trade's largest buyers nor those who came once. */
  samples(first: number): readonly Shopper[] {
    const regulars = [...this.pastOrders].filter(([, orders]) => orders.length >= 5 && orders.length <= 15);
    const byPlace = regulars.map(([id]) => ({ id, place: hashOf(`sample ${id}`) })).sort((a, b) => a.place - b.place);
    return byPlace.slice(0, first).map(({ id }) => ({ id, name: nameOf(id) }));
  }

  /** What a shopper bought, newest first. */
  ordersOf(userId: string, first: number): readonly Order[] {
    const placed = this.file.state.orders.filter((order) => order.userId === userId).toReversed();
    const past = (this.pastOrders.get(userId) ?? []).toReversed();
    return [...placed, ...past.slice(0, first).map((order) => this.toldNow(userId, order))].slice(0, first);
  }

  private toldNow(userId: string, { placedAtMs, items }: PastOrder): Order {
    const placedAt = new Date(placedAtMs + this.shiftMs).toISOString();
    return { id: `${userId}-${placedAtMs / 1000}`, placedAt, items: items.map((item) => ({ ...item, price: null })) };
  }
}

/** As the engine moves the file's times: by whole weeks, so that the newest day lies in the past week. */
function shiftInWeeks(pastOrders: ReadonlyMap<string, readonly PastOrder[]>, openedAtMs: number): number {
  let newestMs = 0;
  for (const orders of pastOrders.values()) newestMs = Math.max(newestMs, orders[orders.length - 1].placedAtMs);
  return Math.max(0, Math.floor((openedAtMs - newestMs) / WEEK_MS) * WEEK_MS);
}

const FIRST_NAMES =
  "Ada Alice Amir Anna Arthur Beatrix Benjamin Carmen Charlotte Clara Daniel Diego Edith Elias Ella Emil Florence Freya George Grace Hamza Harriet Henry Ida Imran Iris Isaac Jack Jasmin Joseph Julia Kofi Laila Leo Lily Lucia Mabel Marcus Maya Mina Nadia Noah Nora Olive Omar Oscar Penelope Priya Rosa Ruby Samuel Sofia Theo Thomas Violet Walter Yusuf Zara Zoe".split(
    " ",
  );
const LAST_NAMES =
  "Adeyemi Allen Ashworth Baker Bennett Brooks Carter Chen Clarke Collins Cooper Davies Dixon Ellis Evans Fletcher Foster Gupta Hall Harris Hughes Hussain Iqbal Jackson Jones Kaur Khan King Lewis Martin Mason Mitchell Moore Morgan Nowak Okafor Palmer Parker Patel Price Reed Roberts Rossi Russell Schmidt Shah Singh Smith Taylor Thompson Turner Walker Ward Watson White Wilson Wood Wright Young".split(
    " ",
  );

function nameOf(id: string): string {
  const hash = hashOf(`name ${id}`);
  const last = LAST_NAMES[Math.floor(hash / FIRST_NAMES.length) % LAST_NAMES.length];
  return `${FIRST_NAMES[hash % FIRST_NAMES.length]} ${last}`;
}
