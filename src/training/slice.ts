import { hashId } from "../domain/ids.js";
import { ACTION } from "../domain/interaction.js";
import type { InteractionLog } from "../signals/interactionLog.js";

/** How a part of the log was held out to learn what pays. */
export type SliceKind = "time" | "lastEvent" | "sessionPrefix" | "randomFifth";

/** One question of the slice: what would this shopper choose next? */
export interface HeldOutCase {
  readonly shopper: number;
  /** Rows of the log the profile is made of, oldest first. */
  readonly visible: Int32Array;
  /** Distinct products chosen in the held-out part; at least one. */
  readonly targets: Int32Array;
  /** When the first of them was chosen; NaN when any of their times is unknown. */
  readonly chosenFromMs: number;
}

export interface Slice {
  readonly kind: SliceKind;
  /** 1 for every row that signals must not learn from. */
  readonly isHidden: Uint8Array;
  readonly cases: readonly HeldOutCase[];
  /** The counts that decided, for the model's header. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface SliceRules {
  /** What a list may not hold decides what can be a right answer. */
  readonly excludesPurchased: boolean;
  readonly excludesSeen: boolean;
  /** Most cases; more are thinned by a hash of the shopper, so which ones remain does not depend on order. */
  readonly maxCases: number;
}

/** Share of the rows, the newest, that a time cut holds out. */
const TIME_SHARE = 0.15;
const MIN_RECURRING_SHOPPERS = 500;
const MIN_RECURRING_SHARE = 0.2;
/** Below this share of ids that come back an id is a session. */
const MAX_SESSION_RECURRENCE = 0.05;
const MAX_PREFIX_SESSIONS = 6000;
/** Shops whose average order holds more products than this are asked for the next order, others for the next product. */
const LARGE_ORDER = 3;

/**
 * Hold out the part of the log that resembles what lists are asked for: a time cut where enough shoppers come back,
 * else each shopper's last choice; session prefixes where ids do not come back at all; a random fifth where no time is
 * known. Returns null where no shopper has two choices to part.
 */
export function chooseSlice(log: InteractionLog, rules: SliceRules): Slice | null {
  const isGoal = goalRows(log);
  if (shareOfKnownTimes(log) < 0.5) return nonEmpty(randomFifth(log, isGoal, rules));
  const cutMs = timeQuantile(log, 1 - TIME_SHARE);
  const recurrence = countRecurrence(log, cutMs);
  const counts = { ...recurrence };
  const { nRepeatersBefore, nRecurring, nIds, nRecurringIds } = recurrence;
  if (nRecurring >= MIN_RECURRING_SHOPPERS && nRecurring >= MIN_RECURRING_SHARE * nRepeatersBefore) {
    return nonEmpty(timeCut(log, isGoal, cutMs, rules, counts));
  }
  if (nRecurringIds < MAX_SESSION_RECURRENCE * nIds && nIds >= MIN_RECURRING_SHOPPERS) {
    return nonEmpty(sessionPrefixes(log, rules, counts));
  }
  return nonEmpty(lastChoices(log, isGoal, rules, counts));
}

function nonEmpty(slice: Slice): Slice | null {
  return slice.cases.length === 0 ? null : slice;
}

/** 1 for rows that count as success: purchases where the shop has enough of them, else every choice. */
function goalRows(log: InteractionLog): Uint8Array {
  const isPurchase = (row: number) => log.action[row] === ACTION.purchase && log.weight[row] > 0;
  let nBuyers = 0;
  let nChoosers = 0;
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    let buys = false;
    let chooses = false;
    for (let row = log.start[shopper]; row < log.start[shopper + 1]; row++) {
      buys ||= isPurchase(row);
      chooses ||= log.weight[row] > 0;
    }
    if (buys) nBuyers++;
    if (chooses) nChoosers++;
  }
  const asksPurchase = nBuyers >= MIN_RECURRING_SHOPPERS || nBuyers >= MIN_RECURRING_SHARE * nChoosers;
  return Uint8Array.from(log.product, (_, row) => Number(log.weight[row] > 0 && (!asksPurchase || isPurchase(row))));
}

function shareOfKnownTimes(log: InteractionLog): number {
  let known = 0;
  for (const time of log.timeMs) if (!Number.isNaN(time)) known++;
  return known / Math.max(1, log.timeMs.length);
}

function timeQuantile(log: InteractionLog, share: number): number {
  const times = log.timeMs.filter((time) => !Number.isNaN(time)).sort();
  return times[Math.floor(times.length * share)] ?? Number.POSITIVE_INFINITY;
}

function countRecurrence(log: InteractionLog, cutMs: number) {
  const counts = { nRepeatersBefore: 0, nRecurring: 0, nIds: 0, nRecurringIds: 0 };
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    const from = log.start[shopper];
    const to = log.start[shopper + 1];
    let nBefore = 0;
    for (let row = from; row < to; row++) if (!(log.timeMs[row] >= cutMs)) nBefore++;
    const comesAfter = nBefore < to - from;
    if (to > from) counts.nIds++;
    if (nBefore > 0 && comesAfter) counts.nRecurringIds++;
    if (nBefore < 2) continue;
    counts.nRepeatersBefore++;
    if (comesAfter) counts.nRecurring++;
  }
  return counts;
}

function timeCut(
  log: InteractionLog,
  isGoal: Uint8Array,
  cutMs: number,
  rules: SliceRules,
  counts: Record<string, number>,
): Slice {
  const isHidden = Uint8Array.from(log.timeMs, (time) => Number(time >= cutMs));
  const cases: HeldOutCase[] = [];
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    const visible: number[] = [];
    const wanted: number[] = [];
    for (let row = log.start[shopper]; row < log.start[shopper + 1]; row++) {
      if (isHidden[row] === 0) visible.push(row);
      else if (isGoal[row] === 1) wanted.push(row);
    }
    addCase(cases, log, shopper, visible, wanted, rules);
  }
  return { kind: "time", isHidden, cases: thin(cases, rules.maxCases), counts: { ...counts, nCases: cases.length } };
}

/**
 * Each shopper's last choice, or last order where orders are large. What would keep the product out of the list hides
 * with it; the rest of the history stays, newer rows included.
 */
function lastChoices(
  log: InteractionLog,
  isGoal: Uint8Array,
  rules: SliceRules,
  counts: Record<string, number>,
): Slice {
  const asksOrders = averageOrder(log) > LARGE_ORDER;
  const isHidden = new Uint8Array(log.product.length);
  const cases: HeldOutCase[] = [];
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    const from = log.start[shopper];
    const to = log.start[shopper + 1];
    let last = to - 1;
    while (last >= from && isGoal[last] === 0) last--;
    if (last < from) continue;
    const isWanted = (row: number) =>
      isGoal[row] === 1 &&
      (row === last || (asksOrders && log.basket[row] >= 0 && log.basket[row] === log.basket[last]));
    const wanted: number[] = [];
    for (let row = from; row < to; row++) if (isWanted(row)) wanted.push(row);
    const products = new Set(wanted.map((row) => log.product[row]));
    const hides = (row: number) =>
      isWanted(row) ||
      (products.has(log.product[row]) &&
        (rules.excludesSeen || (rules.excludesPurchased && log.action[row] === ACTION.purchase)));
    const visible: number[] = [];
    for (let row = from; row < to; row++) if (!hides(row)) visible.push(row);
    if (visible.length === 0) continue;
    for (let row = from; row < to; row++) if (hides(row)) isHidden[row] = 1;
    addCase(cases, log, shopper, visible, wanted, rules);
  }
  return {
    kind: "lastEvent",
    isHidden,
    cases: thin(cases, rules.maxCases),
    counts: { ...counts, nCases: cases.length },
  };
}

function averageOrder(log: InteractionLog): number {
  let rows = 0;
  for (const basket of log.basket) if (basket >= 0) rows++;
  return log.nBaskets === 0 ? 0 : rows / log.nBaskets;
}

/** The newest sessions, each cut at a place that a hash chooses: what comes next? */
function sessionPrefixes(log: InteractionLog, rules: SliceRules, counts: Record<string, number>): Slice {
  const sessions: { shopper: number; endMs: number }[] = [];
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    const end = log.start[shopper + 1] - 1;
    if (end > log.start[shopper]) sessions.push({ shopper, endMs: log.timeMs[end] });
  }
  sessions.sort((a, b) => b.endMs - a.endMs || hashId(`${a.shopper}`) - hashId(`${b.shopper}`));
  const nHeldOut = Math.min(MAX_PREFIX_SESSIONS, Math.ceil(sessions.length / 10));
  const isHidden = new Uint8Array(log.product.length);
  const cases: HeldOutCase[] = [];
  for (const { shopper } of sessions.slice(0, nHeldOut)) {
    const from = log.start[shopper];
    const to = log.start[shopper + 1];
    isHidden.fill(1, from, to);
    for (let row = from + 1; row < to; row++) {
      if (log.weight[row] <= 0) continue;
      const visible = Array.from({ length: row - from }, (_, i) => from + i);
      addCase(cases, log, shopper, visible, [row], rules);
    }
  }
  const kept = thin(cases, rules.maxCases);
  return {
    kind: "sessionPrefix",
    isHidden,
    cases: kept,
    counts: { ...counts, nSessions: nHeldOut, nCases: cases.length },
  };
}

/** A fifth of every shopper's choices, chosen by a hash. */
function randomFifth(log: InteractionLog, isGoal: Uint8Array, rules: SliceRules): Slice {
  const isHidden = new Uint8Array(log.product.length);
  const cases: HeldOutCase[] = [];
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    const from = log.start[shopper];
    const to = log.start[shopper + 1];
    const products = [
      ...new Set(
        Array.from({ length: to - from }, (_, i) => from + i)
          .filter((row) => isGoal[row] === 1)
          .map((row) => log.product[row]),
      ),
    ];
    const nWanted = Math.floor(products.length / 5);
    if (nWanted === 0) continue;
    const order = products
      .map((product) => ({ product, key: hashId(`${shopper}\n${product}`) }))
      .sort((a, b) => a.key - b.key || a.product - b.product);
    const chosen = new Set(order.slice(0, nWanted).map(({ product }) => product));
    const visible: number[] = [];
    const wanted: number[] = [];
    for (let row = from; row < to; row++) {
      if (chosen.has(log.product[row])) {
        isHidden[row] = 1;
        wanted.push(row);
      } else visible.push(row);
    }
    addCase(cases, log, shopper, visible, wanted, rules);
  }
  return { kind: "randomFifth", isHidden, cases: thin(cases, rules.maxCases), counts: { nCases: cases.length } };
}

/** Keep as right answers what a list may hold: not what the visible part excludes. */
function addCase(
  cases: HeldOutCase[],
  log: InteractionLog,
  shopper: number,
  visible: readonly number[],
  wanted: readonly number[],
  rules: SliceRules,
): void {
  const excluded = new Set<number>();
  for (const row of visible) {
    if (rules.excludesSeen || (rules.excludesPurchased && log.action[row] === ACTION.purchase))
      excluded.add(log.product[row]);
  }
  const targets = [...new Set(wanted.map((row) => log.product[row]))].filter((product) => !excluded.has(product));
  if (targets.length === 0) return;
  const chosenFromMs = Math.min(...wanted.map((row) => log.timeMs[row]));
  cases.push({ shopper, visible: Int32Array.from(visible), targets: Int32Array.from(targets), chosenFromMs });
}

function thin(cases: readonly HeldOutCase[], most: number): readonly HeldOutCase[] {
  const keyed = cases.map((one, i) => ({ one, i, key: hashId(`${one.shopper}\n${one.visible.length}`) }));
  keyed.sort((a, b) => a.key - b.key || a.i - b.i);
  return keyed.slice(0, most).map(({ one }) => one);
}
