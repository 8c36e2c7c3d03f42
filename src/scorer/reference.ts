import { N_CONTEXT } from "./contextFeatures.js";
import { foldStandardisation, type GateNetwork, N_INPUTS, softplus } from "./gateNetwork.js";
import { type GateParameters, N_SIGNALS, networkOf } from "./gates.js";
import type { BatchScores, ScoreBatch, Scorer } from "./scorer.js";

/** The gates of any row of a batch; rows with constant gates share theirs, so nobody may write into them. */
export type GatesOfRow = (batch: ScoreBatch, row: number) => Float32Array;

/** The plain statement of the score, in float64: the specification that every backend must agree with. */
export function scoreByReference(gates: GateParameters, batch: ScoreBatch, weight: Float64Array): BatchScores {
  const gatesOfRow = referenceGates(gates);
  const score = new Float32Array(batch.start[batch.placement.length]);
  for (let row = 0; row < score.length; row++) {
    score[row] = sumTerms(batch.value, row * N_SIGNALS, gatesOfRow(batch, row), weight);
  }
  return { score, gatesOf: (row) => gatesOfRow(batch, row) };
}

/** The plain statement of the gates, in float64, rounded once. */
export function referenceGates(gates: GateParameters): GatesOfRow {
  const constant = Object.fromEntries(
    Object.entries(gates.byPlacement).map(([placement, row]) => [placement, Float32Array.from(row)]),
  );
  const ofNetwork = gates.network === null ? null : networkGates(gates.network);
  return (batch, row) => {
    const placement = batch.placement[listOfRow(batch.start, row)];
    if (ofNetwork !== null && networkOf(gates, placement) !== null) return ofNetwork(batch, row);
    return constant[placement];
  };
}

/**
 * g(x) of one candidate, the standardisation folded into the first layer. Cost: nHidden multiplications per input that is
 * not 0 and nSignals per hidden unit that is active.
 */
function networkGates(network: GateNetwork): GatesOfRow {
  const { w1, b1 } = foldStandardisation(network);
  const w2 = Float64Array.from(network.w2);
  const b2 = Float64Array.from(network.b2);
  const scale = Float64Array.from(network.scale);
  const input: Active = { at: new Int32Array(N_INPUTS), x: new Float64Array(N_INPUTS), n: 0 };
  const unit: Active = { at: new Int32Array(b1.length), x: new Float64Array(b1.length), n: 0 };
  const hidden = new Float64Array(b1.length);
  const sum = new Float64Array(N_SIGNALS);
  return ({ value, context }, row) => {
    input.n = 0;
    for (let s = 0; s < N_SIGNALS; s++) {
      const answer = value[row * N_SIGNALS + s];
      if (answer !== 0) activate(input, s, answer);
      if (answer > 0) activate(input, N_SIGNALS + s, 1);
    }
    for (let c = 0; c < N_CONTEXT; c++) activate(input, 2 * N_SIGNALS + c, context[row * N_CONTEXT + c]);
    weigh(input, w1, b1, hidden);
    unit.n = 0;
    for (let h = 0; h < hidden.length; h++) if (hidden[h] > 0) activate(unit, h, hidden[h]);
    weigh(unit, w2, b2, sum);
    const gate = new Float32Array(N_SIGNALS);
    for (let s = 0; s < N_SIGNALS; s++) gate[s] = scale[s] === 0 ? 0 : scale[s] * softplus(sum[s]);
    return gate;
  };
}

/** The inputs of a layer that are not 0: their numbers and values, the first n of both. */
interface Active {
  readonly at: Int32Array;
  readonly x: Float64Array;
  n: number;
}

function activate(active: Active, number: number, x: number): void {
  active.at[active.n] = number;
  active.x[active.n++] = x;
}

/** out = Wᵀ x + bias, W row-major, each sum in the order of the inputs; by fours, so that no sum waits for another. */
function weigh({ at, x, n }: Active, w: Float64Array, bias: Float64Array, out: Float64Array): void {
  const width = bias.length;
  let c = 0;
  for (; c + 3 < width; c += 4) {
    let a = bias[c];
    let b = bias[c + 1];
    let d = bias[c + 2];
    let e = bias[c + 3];
    for (let i = 0; i < n; i++) {
      const from = at[i] * width + c;
      a += x[i] * w[from];
      b += x[i] * w[from + 1];
      d += x[i] * w[from + 2];
      e += x[i] * w[from + 3];
    }
    out[c] = a;
    out[c + 1] = b;
    out[c + 2] = d;
    out[c + 3] = e;
  }
  for (; c < width; c++) {
    let sum = bias[c];
    for (let i = 0; i < n; i++) sum += x[i] * w[at[i] * width + c];
    out[c] = sum;
  }
}

/** The list that holds a row: the last that starts at or before it, since empty lists share their start with the next. */
function listOfRow(start: Int32Array, row: number): number {
  let low = 0;
  let high = start.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (start[middle] <= row) low = middle;
    else high = middle;
  }
  return low;
}

/** The left-to-right float64 sum of one row's terms: by definition the score that is returned. */
export function sumTerms(value: Float32Array, offset: number, gate: Float32Array, weight: Float64Array): number {
  let sum = 0;
  for (let s = 0; s < N_SIGNALS; s++) sum += weight[s] * gate[s] * value[offset + s];
  return sum;
}

export function createReferenceScorer(gates: GateParameters): Scorer {
  return {
    backendName: "reference",
    score: (batch, weight) => scoreByReference(gates, batch, weight),
    dispose: () => {},
  };
}
