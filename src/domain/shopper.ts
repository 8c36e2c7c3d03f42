import type { StoreTransaction } from "./adminCommand.js";

/** Shoppers as people: who is who, who wants to be forgotten, and what is held of whom. */

/** A name that events come under: a user id, or the id of a visit without one. */
export interface ShopperName {
  readonly kind: "user" | "session";
  readonly id: string;
}

/** The one name that is given to be merged; null where there is none, or two. */
export function mergedName(userId: string | null, sessionId: string | null): ShopperName | null {
  if (userId !== null && sessionId !== null) return null;
  if (userId !== null) return { kind: "user", id: userId };
  return sessionId === null ? null : { kind: "session", id: sessionId };
}

/** What is known, before a merge, of the two names. */
export interface MergeStanding {
  readonly from: ShopperName;
  readonly into: string;
  /** Under whom the events of `from` are kept; null while under its own name. */
  readonly fromIsKeptUnder: string | null;
  /** The same for `into`. */
  readonly intoIsKeptUnder: string | null;
}

export type MergeDecision =
  | { readonly kind: "merge"; readonly into: string }
  /** It has been done; nothing is left to do. */
  | { readonly kind: "merged before"; readonly into: string }
  | ShopperRefusal;

/** Why something asked of a shopper is not done. Expected: data, no error. */
export interface ShopperRefusal {
  readonly kind: "refused";
  /** SAME_SHOPPER: both names are one shopper. MERGED_ELSEWHERE: the history has gone to somebody else. */
  readonly code: "INVALID_INPUT" | "SAME_SHOPPER" | "MERGED_ELSEWHERE";
  /** The part of what was asked that is at fault. */
  readonly field: string;
  readonly message: string;
}

export interface MergeDone {
  readonly kind: "merged";
  /** Who has the history now: `into`, or whom that was merged into. */
  readonly userId: string;
  readonly movedInteractions: number;
}

export interface ErasureDone {
  readonly kind: "erased";
  readonly erasedAt: Date;
  readonly erasedInteractions: number;
  readonly erasedDeadLetters: number;
}

export interface PersonalizationSet {
  readonly kind: "set";
  readonly isAllowed: boolean;
}

export interface ExportedInteraction {
  readonly eventKey: string;
  readonly sessionId: string | null;
  readonly productId: string;
  readonly action: string;
  readonly value: number | null;
  readonly orderId: string | null;
  readonly quantity: number | null;
  readonly price: number | null;
  readonly occurredAt: Date | null;
  readonly receivedAt: Date;
}

export interface ExportedDeadLetter {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** As text; bytes that are no UTF-8 are replaced. */
  readonly payload: string | null;
  readonly reason: string;
  readonly receivedAt: Date;
}

/** Everything held of one shopper. */
export interface ShopperExport {
  readonly userId: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly isPersonalizationAllowed: boolean;
  /** Names whose events are kept under this shopper. */
  readonly aliases: readonly (ShopperName & { readonly mergedAt: Date })[];
  /** Oldest first, those of unknown time before all others. */
  readonly interactions: readonly ExportedInteraction[];
  readonly deadLetters: readonly ExportedDeadLetter[];
}

/** Who is who, as the store keeps it; each call is one transaction, in which nobody else writes of shoppers. */
export interface ShopperStore {
  /** The same store, but as part of a transaction that somebody else commits. */
  within(transaction: StoreTransaction): ShopperStore;
  merge(
    from: ShopperName,
    into: string,
    decide: (standing: MergeStanding) => MergeDecision,
  ): Promise<MergeDone | ShopperRefusal>;
  /** @returns with the names that are forgotten from now on: the shopper's own and those merged into it */
  erase(userId: string): Promise<ErasureDone & { readonly names: readonly string[] }>;
  setPersonalization(userId: string, isAllowed: boolean): Promise<void>;
  export(userId: string): Promise<ShopperExport>;
}

/**
 * What can be asked about shoppers, by whichever door. A name that was merged stands for the shopper it was merged into.
 * An unknown shopper is no error: there is nothing to move, to erase or to show, and what is said of them holds when
 * their first event comes.
 */
export interface ShopperAdministration {
  /** Move a history to another shopper, late events included. */
  merge(from: ShopperName, into: string): Promise<MergeDone | ShopperRefusal>;
  /** Remove everything held; copies of events up to now are refused from now on. */
  erase(userId: string): Promise<ErasureDone | ShopperRefusal>;
  setPersonalization(userId: string, isAllowed: boolean): Promise<PersonalizationSet | ShopperRefusal>;
  export(userId: string): Promise<ShopperExport | ShopperRefusal>;
}
