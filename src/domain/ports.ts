import type { Interaction } from "./interaction.js";
import type { ModelComparison } from "./modelComparison.js";
import type { ProductChange, StoredProduct } from "./product.js";
import type { SettingValues } from "./setting.js";
import type { RunClaim } from "./trainingRun.js";

/** What the services ask of the store. Postgres is one implementation; tests bring others. */

/** The recent past of one shopper, newest first; the arrays have equal lengths. */
export interface ShopperHistory {
  /** Store numbers of the products (see StoredProduct.productNo). */
  readonly productNo: Int32Array;
  /** Action codes (see ACTION_TYPES). */
  readonly action: Uint8Array;
  /** Milliseconds since 1970; NaN when unknown. */
  readonly occurredAtMs: Float64Array;
  /** Quantity or rating; NaN when unknown. */
  readonly value: Float64Array;
  /** At least the products asked for that are older than the bounded part above, so that what is left out stays out. */
  readonly olderProducts: Int32Array;
  /** What the shop knows of the shopper, as "attribute=value" texts in alphabetical order. */
  readonly segments: readonly string[];
  /** True when the shopper wants no personal lists; nothing else is then told of them. */
  readonly isOptedOut?: boolean;
}

/** The past of somebody nothing is known of. */
export const EMPTY_HISTORY: ShopperHistory = {
  productNo: new Int32Array(0),
  action: new Uint8Array(0),
  occurredAtMs: new Float64Array(0),
  value: new Float64Array(0),
  olderProducts: new Int32Array(0),
  segments: [],
};

/** Which products beyond the bounded part of a history are asked for: those purchased, or all. */
export type OlderProducts = "purchased" | "seen";

/** How many of a shopper's newest interactions form the profile. */
export const MAX_PROFILE_INTERACTIONS = 500;

export interface ShopperHistories {
  /** One history per user id, in the same order; an unknown user has an empty one. At most two SQL statements whatever the number. */
  load(userIds: readonly string[], older: OlderProducts): Promise<readonly ShopperHistory[]>;
  /**
   * The same for visits: what happened in each without a shopper. What belongs to a shopper is never reached by the id
   * of a visit, which is no secret. At most two SQL statements whatever the number.
   */
  loadSessions(sessionIds: readonly string[], older: OlderProducts): Promise<readonly ShopperHistory[]>;
}

export interface WriteResult {
  readonly accepted: number;
  readonly duplicates: number;
  /** Copies of events of an erased shopper, which are refused; absent where there were none. */
  readonly erased?: number;
}

export interface LiveWriteResult extends WriteResult {
  /** The event keys that count from now on: one for each accepted interaction. */
  readonly countedKeys: ReadonlySet<string>;
  /** The event keys of the refused copies of an erased shopper's events. */
  readonly erasedKeys: ReadonlySet<string>;
}

export interface InteractionWriter {
  /**
   * Write interactions in one transaction; those whose event key has counted before change nothing.
   * Products named for the first time become stubs. Resolves when committed.
   */
  write(interactions: readonly Interaction[]): Promise<LiveWriteResult>;
}

/** A bulk load; chunks may run at once, each is committed by itself and idempotent. */
export interface BulkWriter {
  writeInteractions(interactions: readonly Interaction[]): Promise<LiveWriteResult>;
  /**
   * Insert catalogue products, or change what is named of those that are there; of several with one id the last stands,
   * attribute by attribute. `changed` counts those that differ from what was stored.
   */
  writeProducts(products: readonly ProductChange[]): Promise<{ readonly changed: number }>;
  writeUsers(
    users: readonly { readonly userId: string; readonly attributes: Record<string, string> }[],
  ): Promise<{ readonly changed: number }>;
  /** Refresh the planner's statistics and the visibility map after a large load. */
  analyze(): Promise<void>;
}

/** A page of interactions for training, column by column; the arrays have equal lengths. */
export interface InteractionColumns {
  readonly shopper: readonly string[];
  readonly productId: readonly string[];
  readonly action: Uint8Array;
  readonly occurredAtMs: Float64Array;
  readonly value: Float64Array;
  readonly orderId: readonly (string | null)[];
  readonly eventKey: readonly string[];
}

/** Whose part is read; without a word, that of shoppers who want no personal lists stays out. */
export interface AskedShoppers {
  readonly withOptedOut: boolean;
}

export interface TrainingSource {
  countInteractions(): Promise<number>;
  /** Every stored interaction once, in pages, in no promised order; `shopper` is the user, or else the session. */
  readInteractions(asked?: AskedShoppers): AsyncIterable<InteractionColumns>;
  /** The segments of every shopper the shop knows something of (see segmentsOf). */
  readSegments(asked?: AskedShoppers): Promise<ReadonlyMap<string, readonly string[]>>;
  /** All products that are not deleted, stubs included. */
  readProducts(): Promise<readonly StoredProduct[]>;
}

export interface CatalogueSource {
  loadProducts(): Promise<CatalogueSnapshot>;
  /** Products changed since `position` (deleted ones included), by transaction: a late commit is not missed. */
  loadChanges(position: string): Promise<CatalogueSnapshot>;
}

export interface CatalogueSnapshot {
  readonly products: readonly StoredProduct[];
  /** Hand this to `loadChanges`; opaque. */
  readonly position: string;
}

/** Which events are asked for, and how they count. */
export interface TrendQuery {
  /** Events accepted since the training of this model began; null for all. */
  readonly modelVersion: number | null;
  /** The newest event the model has seen; NaN when it knows no time. */
  readonly newestMs: number;
  readonly halfLifeDays: number;
  readonly weightPower: number;
  readonly settings: SettingValues;
}

/** Trending scores of what happened since a training, counted from the newest event of all. */
export interface FreshTrend {
  readonly productNo: Int32Array;
  readonly score: Float64Array;
  /** The event that ages count from. */
  readonly newestMs: number;
}

export interface TrendSource {
  loadFresh(query: TrendQuery): Promise<FreshTrend>;
}

export interface ModelSummary {
  readonly version: number;
  readonly checksum: string;
}

/** A model as it stands among the others, for people. */
export interface StoredModel extends ModelSummary {
  /** active | retired | refused */
  readonly status: string;
  readonly createdAt: Date;
  readonly nBytes: number;
  readonly isPinned: boolean;
  /** How it did against the model that served when it was trained; null where that was not recorded. */
  readonly comparison: ModelComparison | null;
}

export interface NewModel {
  readonly artifact: Uint8Array;
  /** Its held-out lists as bytes (see model/heldOutLists), null when nothing could be held out. */
  readonly heldOut: Uint8Array | null;
  readonly header: unknown;
  /** Decides whether the model becomes the active one or is kept as refused. */
  readonly comparison: ModelComparison;
  /** The run that gave it, which ends with the publication; null for a model from elsewhere. */
  readonly run: RunClaim | null;
}

export interface ModelStore {
  /**
   * Write a model in chunks and, if it was accepted and no model is pinned, make it the one active model, and end its
   * run: one transaction. Returns its version.
   *
   * @throws RecommenderError TRAINING_FAILED if the run was cancelled or is another worker's by now
   */
  publish(model: NewModel): Promise<number>;
  activeModel(): Promise<ModelSummary | null>;
  /** Bytes of one version; refuses a missing or incomplete one. */
  loadArtifact(version: number): Promise<Uint8Array>;
  /** The held-out lists stored with one version, null where there are none. */
  loadHeldOut(version: number): Promise<Uint8Array | null>;
  /** Versions that may serve, the active one first, then the newest earlier ones. */
  servableVersions(): Promise<readonly ModelSummary[]>;
  /** The newest models with what became of them, newest first. */
  newestModels(most: number): Promise<readonly StoredModel[]>;
  /**
   * Make a stored version the one active model, such as the one before. Pinned, it serves until another is activated;
   * otherwise the next accepted model takes its place. False if there is no such version.
   */
  activate(version: number, options: { readonly pin: boolean }): Promise<boolean>;
  /** Delete all but the newest models; those that serve, or would after a damage, stay. Returns the deleted versions. */
  deleteAllBut(newest: number): Promise<readonly number[]>;
}

/** Who was erased, as far as a model needs to know. */
export interface ErasedShoppers {
  /** Names the newest erasure; null before the first. Changes with each. */
  newest(): Promise<string | null>;
  /**
   * Positions of those keys (see domain/shopperKey) whose shoppers were erased since the model of that version read what
   * it learned from.
   */
  among(keys: Int32Array, version: number): Promise<ReadonlySet<number>>;
}

export interface SettingsSource {
  /** Stored values over the defaults; a nonsense row is reported through `onProblem` and its default stands. */
  load(): Promise<SettingValues>;
}
