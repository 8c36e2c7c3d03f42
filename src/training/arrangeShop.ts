import { interactionWeight } from "../domain/interactionWeight.js";
import type { Product, StoredProduct } from "../domain/product.js";
import type { SettingValues } from "../domain/setting.js";
import { distinctChoices, type InteractionLog } from "../signals/interactionLog.js";
import type { SignalInput } from "../signals/signal.js";
import { rankForTies } from "../signals/tieRank.js";
import { arrangeLog } from "./arrangeLog.js";
import type { InteractionTable } from "./interactionTable.js";

export interface TrainingData {
  readonly table: InteractionTable;
  /** What the catalogue knows, stubs marked; one that only the table names is a stub, too. */
  readonly products: readonly (Product & Partial<Pick<StoredProduct, "isStub">>)[];
  /** Segments by shopper id. */
  readonly segments: ReadonlyMap<string, readonly string[]>;
}

/** The shop as training sees it: products and shoppers numbered in the order of their ids. */
export interface ArrangedShop {
  readonly productIds: readonly string[];
  readonly shopperIds: readonly string[];
  readonly stored: readonly StoredProduct[];
  readonly input: SignalInput;
}

/** Put a shop's data into an order that does not depend on how they came. */
export function arrangeShop({ table, products, segments }: TrainingData, settings: SettingValues): ArrangedShop {
  const byId = new Map(products.map((product) => [product.productId, product]));
  for (const productId of table.products.texts)
    if (!byId.has(productId)) byId.set(productId, unknownProduct(productId));
  const productIds = [...byId.keys()].sort();
  const log = arrangeLog(table, productIds, interactionWeight(settings));
  const attributes = productIds.map((productId) => byId.get(productId) as TrainingData["products"][number]);
  const stored = attributes.map((product, productNo) => ({
    ...product,
    productNo,
    // What can never be listed must not be in the lists that are learned from.
    isStub: product.isStub ?? false,
    isDeleted: false,
    addedAtMs: 0,
  }));
  const shopperIds = [...table.shoppers.texts].sort();
  const segmentsByShopper = shopperIds.map((shopperId) => segments.get(shopperId) ?? []);
  return { productIds, shopperIds, stored, input: inputOf(log, attributes, segmentsByShopper, productIds) };
}

/** What signals learn from: a log, or a part of one, with what follows from it. */
export function inputOf(
  log: InteractionLog,
  attributes: SignalInput["attributes"],
  segments: SignalInput["segments"],
  productIds: readonly string[],
): SignalInput {
  const choices = distinctChoices(log);
  return { log, choices, attributes, segments, tieRank: rankForTies(productIds, choices.popularity) };
}

function unknownProduct(productId: string): TrainingData["products"][number] {
  return {
    isStub: true,
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
  };
}
