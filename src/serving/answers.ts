import { type Accumulator, addPackedRows } from "../signals/accumulator.js";
import { categoryPaths } from "../signals/categoryTrend.js";
import { searchHistories } from "../signals/historySearch.js";
import type { PackedMatrix } from "../signals/packedMatrix.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import type { LateRows } from "./lateRows.js";
import { type Profile, profileVector } from "./profile.js";
import type { Scratch } from "./scratch.js";
import type { ServedSignal } from "./servedSignals.js";

/**
 * f_s(p, ·) for the signals that answer over all products: added to the empty accumulator of each signal. The latent
 * signal answers on candidates only and the prior is the same for everybody, so both stand elsewhere.
 *
 * @param asked numbers of the signals
 */
export function accumulateEvery(asked: readonly number[], profile: Profile, scratch: Scratch): void {
  const { signals, rowGroups } = scratch.served;
  for (const group of rowGroups) {
    const members = group.filter((s) => asked.includes(s));
    const rows = members.map((s) => signals[s] as ServedRows);
    if (rows.length > 0)
      addProductRows(
        rows,
        profile,
        members.map((s) => scratch.answers[s]),
        scratch,
      );
  }
  for (const s of asked) {
    const signal = signals[s];
    if (signal !== null && signal.kind !== "rows") accumulateAnswers(signal, profile, scratch.answers[s], scratch);
  }
}

/** f_s(p, ·) of one such signal, added to an empty accumulator. */
export function accumulateAnswers(
  signal: ServedSignal,
  profile: Profile,
  answers: Accumulator,
  scratch: Scratch,
): void {
  if (signal.kind === "rows") addProductRows([signal], profile, [answers], scratch);
  else if (signal.kind === "categoryRows") addCategoryRows(signal.matrix, profile, signal.horizon, answers, scratch);
  else if (signal.kind === "segmentRows") addSegmentRows(signal.matrix, profile, answers, scratch);
  else if (signal.kind === "identity") addProfile(profile, profile.weights[signal.horizon], answers);
  else if (signal.kind === "histories") {
    searchHistories(
      signal.index,
      signal.parameters,
      profileVector(profile, signal.horizon),
      answers,
      scratch.historyScratch(signal.index),
    );
  }
}

type ServedRows = Extract<ServedSignal, { kind: "rows" }>;

/**
 * What the profile's products say, less at most half of it for what negative entries object to.
 *
 * @param signals of one horizon, packed together
 */
function addProductRows(
  signals: readonly ServedRows[],
  profile: Profile,
  answers: readonly Accumulator[],
  scratch: Scratch,
): void {
  const weights = profile.weights[signals[0].horizon];
  addPackedRows(
    answers,
    signals.map(({ packed }) => packed),
    profile.product,
    weights,
  );
  const against = isObjecting(weights) ? weights.map((weight) => -weight) : null;
  for (let i = 0; i < signals.length; i++) {
    const late = signals[i].late?.isEmpty === false ? signals[i].late : undefined;
    if (late !== undefined) addLateRows(late, profile.product, weights, answers[i]);
    if (against !== null) object(signals[i].packed, late, profile.product, against, answers[i], scratch.objections);
  }
}

function addLateRows(late: LateRows, products: Int32Array, amounts: Float64Array, answers: Accumulator): void {
  for (let e = 0; e < amounts.length; e++) if (amounts[e] > 0) late.addRow(answers, products[e], amounts[e]);
}

function object(
  packed: PackedMatrix,
  late: LateRows | undefined,
  products: Int32Array,
  against: Float64Array,
  answers: Accumulator,
  objections: Accumulator,
): void {
  addPackedRows([objections], [packed], products, against);
  if (late !== undefined) addLateRows(late, products, against, objections);
  for (let t = 0; t < objections.nTouched; t++) {
    const product = objections.touched[t];
    if (answers.sum[product] > 0) answers.sum[product] -= Math.min(objections.sum[product], answers.sum[product] / 2);
  }
  objections.clear();
}

function isObjecting(weights: Float64Array): boolean {
  for (let e = 0; e < weights.length; e++) if (weights[e] < 0) return true;
  return false;
}

/** What sells in the categories the profile's products stand in. */
function addCategoryRows(
  matrix: SparseMatrix,
  profile: Profile,
  horizon: number,
  answers: Accumulator,
  { served }: Scratch,
): void {
  const weights = profile.weights[horizon];
  const weightOfRow = new Map<number, number>();
  for (let e = 0; e < weights.length; e++) {
    if (weights[e] <= 0) continue;
    const row = nearestRow(served.catalogue.categoryText(profile.product[e]), served.categoryRow);
    if (row !== undefined) weightOfRow.set(row, (weightOfRow.get(row) ?? 0) + weights[e]);
  }
  for (const [row, weight] of weightOfRow) answers.addRow(matrix, row, weight);
}

/** The row of the category itself or of the nearest shelf above it. */
function nearestRow(category: string | null, rowOf: ReadonlyMap<string, number>): number | undefined {
  if (category === null || rowOf.size === 0) return undefined;
  for (const path of categoryPaths({ category }).reverse()) {
    const row = rowOf.get(path);
    if (row !== undefined) return row;
  }
  return undefined;
}

/** What sells to shoppers of the same kinds, each kind with an equal voice. */
function addSegmentRows(matrix: SparseMatrix, profile: Profile, answers: Accumulator, { served }: Scratch): void {
  for (const segment of profile.segments) {
    const row = served.segmentRow.get(segment);
    if (row !== undefined) answers.addRow(matrix, row, 1);
  }
}

/** The profile itself: what was chosen before may be chosen again. */
function addProfile(profile: Profile, weights: Float64Array, answers: Accumulator): void {
  for (let e = 0; e < weights.length; e++) if (weights[e] > 0) answers.add(profile.product[e], weights[e]);
}
