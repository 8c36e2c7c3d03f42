import { actionCode, deriveEventKey } from "../../src/domain/interaction.js";
import type { MerchandisingRule } from "../../src/domain/merchandisingRule.js";
import {
  type InteractionColumns,
  MAX_PROFILE_INTERACTIONS,
  type OlderProducts,
  type ShopperHistories,
  type ShopperHistory,
} from "../../src/domain/ports.js";
import type { Product, StoredProduct } from "../../src/domain/product.js";
import { type ListRequest, NO_FILTER } from "../../src/domain/recommendation.js";
import { DEFAULT_SETTINGS, type SettingValues } from "../../src/domain/setting.js";
import type { Model } from "../../src/model/model.js";
import { createReferenceScorer } from "../../src/scorer/reference.js";
import { prepareRule } from "../../src/serving/merchandise.js";
import { createRecommender, type RecommenderOptions } from "../../src/serving/recommender.js";
import { prepareServedModel } from "../../src/serving/servedModel.js";
import { servingRules } from "../../src/serving/servingRules.js";
import { InteractionTable } from "../../src/training/interactionTable.js";
import { trainModel } from "../../src/training/trainModel.js";

/** One thing a shopper of a test world did. Times are days, so that worlds read easily. */
export interface Deed {
  readonly user: string;
  readonly product: string;
  readonly day?: number;
  readonly action?: string;
  readonly value?: number;
  readonly order?: string;
  /** True for what happened in a visit without a shopper; `user` is then the visit. */
  readonly isVisit?: boolean;
}

const DAY_MS = 86_400_000;
const WORLD_BEGINS_MS = Date.UTC(2020, 0, 6);

export function product(productId: string, attributes: Partial<Product> = {}): Product {
  return {
    productId,
    name: null,
    category: null,
    tags: [],
    price: null,
    description: null,
    brand: null,
    imageUrl: null,
    stock: null,
    isAvailable: true,
    ...attributes,
  };
}

export function deed(user: string, productId: string, more: Partial<Deed> = {}): Deed {
  return { user, product: productId, day: 0, action: "purchase", ...more };
}

interface WorldRow {
  readonly deed: Deed;
  readonly timeMs: number;
  readonly action: number;
  readonly eventKey: string;
}

function worldRow(one: Deed, position: number): WorldRow {
  const timeMs = one.day === undefined ? Number.NaN : WORLD_BEGINS_MS + Math.round(one.day * DAY_MS);
  const action = one.action ?? "purchase";
  const facts = {
    userId: one.user,
    sessionId: null,
    productId: one.product,
    actionName: action,
    value: one.value ?? null,
  };
  const rest = { orderId: one.order ?? null, quantity: null, price: null, occurredAtMs: one.day ?? null };
  return {
    deed: one,
    timeMs,
    action: actionCode(action),
    eventKey: deriveEventKey(`${position}`, { ...facts, ...rest }),
  };
}

/** A whole shop in memory: what a test says happened, trained and served by the real code. */
export class Shop {
  readonly rows: readonly WorldRow[];

  constructor(
    readonly products: readonly Product[],
    deeds: readonly Deed[],
    readonly settings: SettingValues = DEFAULT_SETTINGS,
    /** What is known of each user, as "attribute=value" texts. */
    readonly segments: ReadonlyMap<string, readonly string[]> = new Map(),
  ) {
    this.rows = deeds.map(worldRow);
  }

  /** The same shop, what happened told otherwise: in another order, at another time. */
  withRows(rows: readonly WorldRow[]): Shop {
    return Object.assign(new Shop(this.products, [], this.settings, this.segments), { rows });
  }

  table(rows: readonly WorldRow[] = this.rows): InteractionTable {
    const table = new InteractionTable();
    table.append(this.columns(rows));
    return table;
  }

  /** What happened, as a store hands it to a training. */
  columns(rows: readonly WorldRow[] = this.rows): InteractionColumns {
    return {
      shopper: rows.map((row) => row.deed.user),
      productId: rows.map((row) => row.deed.product),
      action: Uint8Array.from(rows, (row) => row.action),
      occurredAtMs: Float64Array.from(rows, (row) => row.timeMs),
      value: Float64Array.from(rows, (row) => row.deed.value ?? Number.NaN),
      orderId: rows.map((row) => row.deed.order ?? null),
      eventKey: rows.map((row) => row.eventKey),
    };
  }

  async train(): Promise<Model> {
    const { products, segments, settings } = this;
    const { model } = await trainModel({ table: this.table(), products, segments }, { settings, backend: null });
    return model;
  }

  stored(): StoredProduct[] {
    const known = new Set(this.products.map((p) => p.productId));
    const stubs = [...new Set(this.rows.map((row) => row.deed.product))].filter((id) => !known.has(id));
    const all = [...this.products, ...stubs.map((id) => product(id))];
    return all.map((p, productNo) => ({
      ...p,
      productNo,
      isStub: !known.has(p.productId),
      isDeleted: false,
      addedAtMs: productNo,
    }));
  }

  histories(): ShopperHistories {
    const numbers = new Map(this.stored().map((p) => [p.productId, p.productNo]));
    const rowsOf = (id: string, isVisit: boolean) =>
      this.rows.filter(
        ({ deed: { user, isVisit: happenedInVisit = false } }) => user === id && happenedInVisit === isVisit,
      );
    return {
      load: async (ids, older) =>
        ids.map((id) => ({
          ...this.historyOf(rowsOf(id, false), numbers, older),
          segments: this.segments.get(id) ?? [],
        })),
      loadSessions: async (ids, older) => ids.map((id) => this.historyOf(rowsOf(id, true), numbers, older)),
    };
  }

  private historyOf(own: WorldRow[], numbers: ReadonlyMap<string, number>, asked: OlderProducts): ShopperHistory {
    own.sort((a, b) => newestFirst(a.timeMs, b.timeMs) || (a.eventKey < b.eventKey ? -1 : 1));
    const recent = own.slice(0, MAX_PROFILE_INTERACTIONS);
    const isAsked = (row: WorldRow) => asked === "seen" || row.action === actionCode("purchase");
    const older = own.slice(MAX_PROFILE_INTERACTIONS).filter(isAsked);
    const numberOf = (row: WorldRow) => numbers.get(row.deed.product) ?? -1;
    return {
      productNo: Int32Array.from(recent, numberOf),
      action: Uint8Array.from(recent, (row) => row.action),
      occurredAtMs: Float64Array.from(recent, (row) => row.timeMs),
      value: Float64Array.from(recent, (row) => row.deed.value ?? Number.NaN),
      olderProducts: Int32Array.from(older, numberOf),
      segments: [],
    };
  }

  /** The engine over this shop, with the plain scorer; trained first where no model is given. */
  async recommender(changes: ServingChanges = {}) {
    return createRecommender(await this.serving(changes));
  }

  /** What the engine is made of. */
  async serving(changes: ServingChanges = {}): Promise<RecommenderOptions> {
    const model = changes.model ?? (await this.train());
    const scorer = createReferenceScorer(model.gates);
    const served = prepareServedModel(model, "1", changes.stored ?? this.stored(), scorer);
    const merchandising = (changes.rules ?? []).map(prepareRule);
    const rules = { ...servingRules({ ...this.settings, ...changes.settings }), merchandising };
    return { histories: this.histories(), state: () => ({ served, rules }) };
  }
}

interface ServingChanges {
  readonly settings?: Partial<SettingValues>;
  readonly stored?: StoredProduct[];
  readonly model?: Model;
  readonly rules?: readonly MerchandisingRule[];
}

function newestFirst(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return b - a;
}

export function userRequest(userId: string, more: Partial<ListRequest> = {}): ListRequest {
  return { ...request("user", userId), ...more };
}

export function productRequest(
  placement: "product" | "similar" | "boughtTogether",
  productId: string,
  more: Partial<ListRequest> = {},
): ListRequest {
  return { ...request(placement, productId), ...more };
}

function request(placement: ListRequest["placement"], subjectId: string | null): ListRequest {
  const nothingShown = new Uint32Array(0);
  return { placement, subjectId, first: 5, strategy: "AUTO", filter: NO_FILTER, context: null, shown: nothingShown };
}

/** Two circles of taste that never meet: tea shoppers and garden shoppers, each buying most of their circle. */
export function twoCircles(): Shop {
  const tea = ["teapot", "teacup", "saucer", "strainer", "sugar bowl"];
  const garden = ["spade", "rake", "hose", "gloves", "seeds"];
  const deeds: Deed[] = [];
  for (let shopper = 0; shopper < 20; shopper++) {
    const circle = shopper % 2 === 0 ? tea : garden;
    for (let p = 0; p < circle.length; p++) {
      if (p !== (shopper >> 1) % circle.length)
        deeds.push(deed(`shopper-${shopper}`, circle[p], { day: shopper + 3 * p }));
    }
  }
  const names = [...tea, ...garden];
  return new Shop(
    names.map((name) => product(name, { name, category: tea.includes(name) ? "Tea" : "Garden", price: 10 })),
    deeds,
  );
}
