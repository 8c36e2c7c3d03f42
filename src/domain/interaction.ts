import { hash } from "node:crypto";

/** What a shopper can do. The position in this list is the code stored in the database: append only. */
export const ACTION_TYPES = [
  "other",
  "view",
  "click",
  "add_to_cart",
  "remove_from_cart",
  "wishlist",
  "purchase",
  "rating",
  "dislike",
  "return",
] as const;

export type ActionType = (typeof ACTION_TYPES)[number];

const CODE_BY_NAME = new Map<string, number>(ACTION_TYPES.map((name, code) => [name, code]));

/** Stored code of each action, for code that compares stored rows. */
export const ACTION = Object.fromEntries(ACTION_TYPES.map((name, code) => [name, code])) as Record<ActionType, number>;

/** Code of an action name; an unknown name is stored as "other" (0), which weighs nothing. */
export function actionCode(actionName: string): number {
  return CODE_BY_NAME.get(actionName) ?? ACTION.other;
}

/** One thing a shopper did with one product. "Event" is its name on the wire, interaction everywhere in the code. */
export interface Interaction {
  /** 128-bit key as 32 hex digits: the same event id always has the same key, whatever else differs. */
  readonly eventKey: string;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly productId: string;
  readonly actionName: string;
  /** Quantity, rating, or null. */
  readonly value: number | null;
  readonly orderId: string | null;
  readonly quantity: number | null;
  readonly price: number | null;
  /** Milliseconds since 1970, or null when a file row has no time: such a row is old, never recent. */
  readonly occurredAtMs: number | null;
}

export type InteractionFacts = Omit<Interaction, "eventKey">;

/**
 * The key under which an interaction counts once. With an event id it depends on that id alone; without one on user or
 * session, product, action, time, order and value, so the same file row twice is one interaction.
 */
export function deriveEventKey(eventId: string | null, facts: InteractionFacts): string {
  if (eventId !== null) return hash("sha256", `id\n${eventId}`, "hex").slice(0, 32);
  const shopper = facts.userId !== null ? `u\n${facts.userId}` : `s\n${facts.sessionId}`;
  const parts = [shopper, facts.productId, facts.actionName, facts.occurredAtMs, facts.orderId, facts.value];
  return hash("sha256", JSON.stringify(parts), "hex").slice(0, 32);
}
