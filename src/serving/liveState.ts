import { isInForce, type MerchandisingSource } from "../domain/merchandisingRule.js";
import type { CatalogueSource, ErasedShoppers, ModelStore, SettingsSource, TrendSource } from "../domain/ports.js";
import type { SettingValues } from "../domain/setting.js";
import { decodeModel } from "../model/artifact.js";
import type { Model } from "../model/model.js";
import type { GateParameters } from "../scorer/gates.js";
import type { Scorer } from "../scorer/scorer.js";
import { forgetErased } from "./forgetErased.js";
import { withFreshTrend } from "./freshTrend.js";
import { type PreparedRule, prepareRule } from "./merchandise.js";
import type { ProductVersion } from "./productVersion.js";
import type { ServingState } from "./recommender.js";
import { EMPTY_MODEL, prepareServedModel, type ServedModel } from "./servedModel.js";
import { type ServingRules, servingRules } from "./servingRules.js";

/** How often a replica looks for a new model, changed products and changed settings, when nobody wakes it. */
export const REFRESH_MS = 500;
/** However often it is woken, a replica leaves the store alone for so long after each answer. */
const SHORTEST_PAUSE_MS = 20;
/** How often the trend takes in what has happened since the training. */
const TREND_REFRESH_MS = 20_000;
/** Product state older than this may show what was hidden since: the replica is not ready. */
export const MAX_STATE_AGE_MS = 5000;

/** Products taken over at a time; in between, requests are answered. */
const PRODUCTS_PER_BREATH = 2000;

/** State changes worth a log line. */
export type LiveStateEvent =
  | { readonly kind: "modelSwapped"; readonly version: string }
  | { readonly kind: "modelRefused"; readonly version: string; readonly error: unknown }
  | { readonly kind: "refreshFailed"; readonly error: unknown }
  | { readonly kind: "placingFailed"; readonly error: unknown }
  | { readonly kind: "trendFailed"; readonly error: unknown }
  | { readonly kind: "refreshRecovered" };

export interface LiveStateOptions {
  readonly models: ModelStore;
  readonly catalogue: CatalogueSource;
  readonly settings: SettingsSource;
  readonly merchandising: MerchandisingSource;
  readonly trends: TrendSource;
  readonly erased: ErasedShoppers;
  readonly createScorer: (gates: GateParameters) => Scorer;
  readonly onEvent: (event: LiveStateEvent) => void;
  readonly clock: () => number;
  /** Is kept at the state of the products, where somebody wants to know its name. */
  readonly productVersion?: ProductVersion;
}

/**
 * The state a replica serves from, kept fresh by asking the store: the active model, every product, the settings and
 * the merchandiser's rules. A model is loaded and checked beside the one that serves and swapped as one reference; a
 * damaged one is refused and the last good one goes on serving.
 */
export class LiveState {
  private served: ServedModel;
  private rules: ServingRules | null = null;
  /** Those whose window is not open, too: it may open while the store cannot be asked. */
  private merchandising: readonly PreparedRule[] = [];
  private settingsNow: Awaited<ReturnType<SettingsSource["load"]>> | null = null;
  private position: string | null = null;
  private newestErasure: string | null = null;
  private readonly refused = new Set<number>();
  private confirmedAtMs: number;
  private isFailing = false;
  private timer: NodeJS.Timeout | null = null;
  private isStarted = false;
  private isWoken = false;
  private refreshing: Promise<void> | null = null;
  /** Null until it is asked for the first time. */
  private trendAskedAtMs: number | null = null;
  private askingTrend: Promise<void> | null = null;
  private isTrendFailing = false;

  constructor(private readonly options: LiveStateOptions) {
    this.served = this.prepare(EMPTY_MODEL, null, []);
    this.confirmedAtMs = options.clock();
  }

  /** One consistent state. Only valid after the first `refresh`. */
  readonly current = (): ServingState => ({ served: this.served, rules: this.rulesNow() });

  get settings() {
    return this.settingsNow;
  }

  get modelVersion(): string | null {
    return this.served.version;
  }

  /** Milliseconds since the store last confirmed what is served. */
  ageMs(): number {
    return this.options.clock() - this.confirmedAtMs;
  }

  /** Ask the store once. Rejects when the store cannot be asked; what serves stays as it is. */
  async refresh(): Promise<void> {
    const askedAtMs = this.options.clock();
    // The products first: of all that is asked their answer is bounded in time, however the store is lost.
    await this.refreshProducts();
    await this.refreshSettings();
    await this.refreshMerchandising();
    await this.refreshModel();
    await this.refreshErased();
    this.confirmedAtMs = askedAtMs;
    const { trendAskedAtMs } = this;
    if (trendAskedAtMs === null) await this.askTrend(askedAtMs);
    else if (askedAtMs - trendAskedAtMs >= TREND_REFRESH_MS) void this.askTrend(askedAtMs);
  }

  /** Take in what the crowd has done since the training; right away, whenever it was asked last. */
  async refreshTrend(): Promise<void> {
    const { served } = this;
    if (served.trend === null || this.settingsNow === null) return;
    const fresh = await this.options.trends.loadFresh({
      modelVersion: served.version === null ? null : Number(served.version),
      settings: this.settingsNow,
      ...served.trend,
    });
    // Another model came meanwhile, and asks for itself.
    if (this.served.version === served.version) this.served = withFreshTrend(this.served, fresh);
  }

  /** Ask again and again until `stop`; failures are reported once, and so is the recovery. */
  start(): void {
    this.isStarted = true;
    this.refreshIn(REFRESH_MS);
  }

  /** Something may have changed: ask now, or right after what is being asked. Woken often, it asks once. */
  readonly wake = (): void => {
    if (!this.isStarted || this.isWoken) return;
    this.isWoken = true;
    if (this.refreshing === null) this.refreshIn(SHORTEST_PAUSE_MS);
  };

  async stop(): Promise<void> {
    this.isStarted = false;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.refreshing;
    await this.askingTrend;
    await this.served.late.retire();
  }

  private refreshIn(pauseMs: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.isWoken = false;
      this.refreshing = this.refreshReporting().finally(() => {
        this.refreshing = null;
        if (this.isStarted) this.refreshIn(this.isWoken ? SHORTEST_PAUSE_MS : REFRESH_MS);
      });
    }, pauseMs);
  }

  private async refreshReporting(): Promise<void> {
    try {
      await this.refresh();
      if (this.isFailing) this.options.onEvent({ kind: "refreshRecovered" });
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.options.onEvent({ kind: "refreshFailed", error });
      this.isFailing = true;
    }
  }

  private rulesNow(): ServingRules {
    const rules = this.rules as ServingRules;
    if (this.merchandising.length === 0) return rules;
    const nowMs = this.options.clock();
    return { ...rules, merchandising: this.merchandising.filter(({ rule }) => isInForce(rule, nowMs)) };
  }

  private async refreshSettings(): Promise<void> {
    const before = this.settingsNow;
    this.settingsNow = await this.options.settings.load();
    this.rules = servingRules(this.settingsNow);
    // What has happened since the training was weighed as the settings were.
    if (before !== null && saysOtherwise(before, this.settingsNow)) this.askTrendNext();
  }

  private async refreshMerchandising(): Promise<void> {
    this.merchandising = (await this.options.merchandising.load()).map(prepareRule);
  }

  private async refreshProducts(): Promise<void> {
    const { catalogue } = this.options;
    const snapshot = await (this.position === null ? catalogue.loadProducts() : catalogue.loadChanges(this.position));
    let nChanged = 0;
    for (let from = 0; from < snapshot.products.length; from += PRODUCTS_PER_BREATH) {
      if (from > 0) await breath();
      const products = snapshot.products.slice(from, from + PRODUCTS_PER_BREATH);
      nChanged += this.served.catalogue.apply(products);
      this.options.productVersion?.apply(products);
    }
    this.position = snapshot.position;
    if (nChanged > 0) this.placeLateProducts();
  }

  /** At the next refresh, not before the first answer. */
  private askTrendNext(): void {
    if (this.trendAskedAtMs !== null) this.trendAskedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Beside the refreshes, which a long answer must not hold up; failures are reported once. */
  private askTrend(nowMs: number): Promise<void> {
    if (this.askingTrend !== null) return this.askingTrend;
    this.trendAskedAtMs = nowMs;
    this.askingTrend = this.refreshTrend()
      .then(() => {
        this.isTrendFailing = false;
      })
      .catch((error) => {
        if (!this.isTrendFailing) this.options.onEvent({ kind: "trendFailed", error });
        this.isTrendFailing = true;
      })
      .finally(() => {
        this.askingTrend = null;
      });
    return this.askingTrend;
  }

  /** Beside the requests and the next refresh: many that come at once take longer than a replica may be silent. */
  private placeLateProducts(): void {
    this.served.late.place().catch((error) => this.options.onEvent({ kind: "placingFailed", error }));
  }

  private async refreshModel(): Promise<void> {
    const active = await this.options.models.activeModel();
    if (active === null || String(active.version) === this.served.version || this.refused.has(active.version)) return;
    for (const { version } of await this.options.models.servableVersions()) {
      if (String(version) === this.served.version) return;
      if (this.refused.has(version)) continue;
      const model = await this.loadChecked(version);
      if (model === null) continue;
      const previous = this.served;
      const prepared = this.prepare(model, String(version), previous.catalogue.storedProducts());
      this.served = await forgetErased(prepared, this.options.erased);
      previous.scorer.dispose();
      await previous.late.retire();
      this.placeLateProducts();
      this.askTrendNext();
      this.options.onEvent({ kind: "modelSwapped", version: String(version) });
      return;
    }
  }

  /** Whoever was erased since the last look leaves the model that serves. */
  private async refreshErased(): Promise<void> {
    const newest = await this.options.erased.newest();
    if (newest === this.newestErasure) return;
    let served: ServedModel;
    let left: ServedModel;
    do {
      served = this.served;
      left = await forgetErased(served, this.options.erased);
    } while (this.served !== served); // A fresh trend came meanwhile.
    this.served = left;
    this.newestErasure = newest;
  }

  /** The model of one version, or null when its bytes are not what was written. */
  private async loadChecked(version: number): Promise<Model | null> {
    const bytes = await this.options.models.loadArtifact(version).catch((error) => this.refuse(version, error));
    if (bytes === null) return null;
    try {
      return decodeModel(bytes);
    } catch (error) {
      return this.refuse(version, error);
    }
  }

  /** A lost connection says nothing about the model; anything else is the artifact's fault and will not heal. */
  private refuse(version: number, error: unknown): null {
    const code = (error as { code?: unknown }).code;
    if (code !== "MODEL_DAMAGED" && code !== "MODEL_FORMAT") throw error;
    this.refused.add(version);
    this.options.onEvent({ kind: "modelRefused", version: String(version), error });
    return null;
  }

  private prepare(
    model: Model,
    version: string | null,
    products: Parameters<typeof prepareServedModel>[2],
  ): ServedModel {
    return prepareServedModel(model, version, products, this.options.createScorer(model.gates));
  }
}

function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Whether what a shopper does weighs more or less than before. */
function saysOtherwise(before: SettingValues, now: SettingValues): boolean {
  const names = Object.keys(now) as (keyof SettingValues)[];
  return names.some((name) => /^(action|rating)\./.test(name) && before[name] !== now[name]);
}
