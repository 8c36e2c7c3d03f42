import type { Accumulator } from "../signals/accumulator.js";
import { categoryPaths } from "../signals/categoryTrend.js";
import { searchHistories } from "../signals/historySearch.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import { type Profile, profileVector } from "./profile.js";
import type { Scratch } from "./scratch.js";
import type { ServedSignal } from "./servedSignals.js";

/**
 * f_s(p, ·) for the signals that answer over all products: added to an empty accumulator. The latent signal answers on
 * candidates only and the prior is the same for everybody, so both stand elsewhere.
 */
export function accumulateAnswers(
  signal: ServedSignal,
  profile: Profile,
  answers: Accumulator,
  scratch: Scratch,
): void {
  if (signal.kind === "rows") addProductRows(signal, profile, answers, scratch);
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

/** What the profile's products say, less at most half of it for what negative entries object to. */
function addProductRows(
  { packed, late, horizon }: Extract<ServedSignal, { kind: "rows" }>,
  profile: Profile,
  answers: Accumulator,
  { objections }: Scratch,
): void {
  const weights = profile.weights[horizon];
  const lateRows = late === undefined || late.isEmpty ? null : late;
  answers.addPackedRows(packed, profile.product, weights);
  if (isObjecting(weights))
    objections.addPackedRows(
      packed,
      profile.product,
      weights.map((weight) => -weight),
    );
  if (lateRows !== null) {
    for (let e = 0; e < weights.length; e++) {
      if (weights[e] > 0) lateRows.addRow(answers, profile.product[e], weights[e]);
      else if (weights[e] < 0) lateRows.addRow(objections, profile.product[e], -weights[e]);
    }
  }
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
