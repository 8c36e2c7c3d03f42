import { deriveEventKey, type Interaction, type InteractionFacts } from "../../src/domain/interaction.js";
import type { Product } from "../../src/domain/product.js";

const NOW_MS = Date.UTC(2026, 2, 10, 12);

/** A purchase of one product, with whatever a test wants to be different. */
export function interaction(more: Partial<InteractionFacts> & { eventId?: string } = {}): Interaction {
  const { eventId, ...facts } = more;
  const all: InteractionFacts = {
    userId: "ann",
    sessionId: null,
    productId: "teapot",
    actionName: "purchase",
    value: null,
    orderId: null,
    quantity: null,
    price: null,
    occurredAtMs: NOW_MS,
    ...facts,
  };
  return { eventKey: deriveEventKey(eventId ?? null, all), ...all };
}

export function catalogueProduct(productId: string, more: Partial<Product> = {}): Product {
  return {
    productId,
    name: `The ${productId}`,
    category: "Tea",
    tags: ["hot", 'with "quotes", a comma and \\'],
    price: 4.5,
    description: null,
    brand: null,
    imageUrl: null,
    stock: null,
    isAvailable: true,
    ...more,
  };
}

export const NOW = NOW_MS;
