/**
 * Past sessions as histories to be searched (see historySearch.ts).
 *
 *   likeness factor(h) = 1/√|h| · e^(−rank(h)/(n·recencyShare))        |h| distinct products, rank 0 the newest session
 *   factor(i) = ln(1 + n/df(i))^idfPower                              df(i) sessions that hold i, of n
 *
 * A shopper's choices are cut where more than half an hour passes between two; a session keeps its order and repeats.
 * recencyShare 0 lets all sessions count alike.
 * Source: Garg et al., Sequence and time aware neighborhood for session-based recommendations, SIGIR 2019 (STAN).
 * Cost: two passes over the log and one sort of the sessions.
 */
import { type HistoryIndex, invertHistories, keysOf } from "./historyIndex.js";
import type { InteractionLog } from "./interactionLog.js";
import type { Parameters, SignalInput, WholeSignal } from "./signal.js";

const SESSION_GAP_MS = 30 * 60_000;
/** A visit that does not end is a robot's: cut, so that one neighbour costs no more than a walk over so many entries. */
const MAX_SESSION_STEPS = 200;

export const session: WholeSignal<HistoryIndex> = {
  name: "session",
  defaults: {
    nNeighbours: 200,
    maxPostings: 500,
    horizon: 2.5,
    recencyShare: 0,
    positionDecay: 2,
    idfPower: 1,
    power: 1,
    maxHistories: 200_000,
  },
  fit,
};

/** Rows of the log's choices; sessions hold consecutive ones. */
interface Sessions {
  readonly row: Int32Array;
  /** Of each session of two products or more: where it begins and ends in `row`, when it ended, how many products, whose it is. */
  readonly begin: number[];
  readonly end: number[];
  readonly endMs: number[];
  readonly nProducts: number[];
  readonly shopper: number[];
}

function fit({ log }: SignalInput, parameters: Parameters): HistoryIndex | null {
  const sessions = cutSessions(log);
  const newestFirst = sortByRecency(sessions.endMs).subarray(0, parameters.maxHistories);
  const nHistories = newestFirst.length;
  if (nHistories === 0) return null;
  const start = new Int32Array(nHistories + 1);
  const likeness = new Float32Array(nHistories);
  const perRank = parameters.recencyShare > 0 ? 1 / (nHistories * parameters.recencyShare) : 0;
  for (let h = 0; h < nHistories; h++) {
    const s = newestFirst[h];
    start[h + 1] = start[h] + sessions.end[s] - sessions.begin[s];
    likeness[h] = Math.exp(-h * perRank) / Math.sqrt(sessions.nProducts[s]);
  }
  const product = new Int32Array(start[nHistories]);
  for (let h = 0; h < nHistories; h++) {
    const begin = sessions.begin[newestFirst[h]];
    for (let e = start[h]; e < start[h + 1]; e++) product[e] = log.product[sessions.row[begin + e - start[h]]];
  }
  const { postingStart, posting } = invertHistories(start, product, log.nProducts);
  const productFactor = Float32Array.from({ length: log.nProducts }, (_, p) => {
    const df = Math.max(1, postingStart[p + 1] - postingStart[p]);
    return Math.log(1 + nHistories / df) ** parameters.idfPower;
  });
  const weight = new Float32Array(product.length).fill(1);
  const shopperKey = keysOf(
    newestFirst.map((s) => sessions.shopper[s]),
    log.shopperKey,
  );
  return { start, product, weight, likeness, shopperKey, postingStart, posting, productFactor };
}

function cutSessions(log: InteractionLog): Sessions {
  const row = new Int32Array(log.product.length);
  const sessions: Sessions = { row, begin: [], end: [], endMs: [], nProducts: [], shopper: [] };
  const seenIn = new Int32Array(log.nProducts).fill(-1);
  let n = 0;
  let begin = 0;
  let nProducts = 0;
  const close = (shopper: number) => {
    if (nProducts >= 2) {
      sessions.begin.push(begin);
      sessions.end.push(n);
      sessions.endMs.push(log.timeMs[row[n - 1]]);
      sessions.nProducts.push(nProducts);
      sessions.shopper.push(shopper);
    }
    begin = n;
    nProducts = 0;
  };
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    for (let r = log.start[shopper]; r < log.start[shopper + 1]; r++) {
      if (log.weight[r] <= 0) continue;
      if (n > begin && (n - begin === MAX_SESSION_STEPS || isApart(log.timeMs[row[n - 1]], log.timeMs[r])))
        close(shopper);
      row[n++] = r;
      if (seenIn[log.product[r]] === begin) continue;
      seenIn[log.product[r]] = begin;
      nProducts++;
    }
    close(shopper);
  }
  return sessions;
}

/** Whether a new session begins; choices of unknown time stand together, before all others. */
function isApart(beforeMs: number, timeMs: number): boolean {
  return timeMs - beforeMs > SESSION_GAP_MS || Number.isNaN(beforeMs) !== Number.isNaN(timeMs);
}

/** Positions by time, newest first, unknown times last, equal ones in the order of the log. */
function sortByRecency(timeMs: readonly number[]): Int32Array {
  const comparable = Float64Array.from(timeMs, (time) => (Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time));
  const order = Int32Array.from({ length: timeMs.length }, (_, position) => position);
  return order.sort((a, b) => (comparable[a] === comparable[b] ? a - b : comparable[b] - comparable[a]));
}
