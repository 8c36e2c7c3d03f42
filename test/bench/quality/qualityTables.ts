import type { RankerName } from "../../../src/evaluation/rankings.js";
import type { RunResult } from "./qualityRun.js";
import { type Bar, protocolText, type QualitySet } from "./qualitySets.js";

/** A set and what came of it. */
export interface Measured {
  readonly set: QualitySet;
  readonly result: RunResult;
}

export type Verdict = "aim" | "yes" | "**no**";

const BASELINES: readonly RankerName[] = ["popularity", "recent popularity", "co-purchase"];

/** A line per bar: what is reached, what is required, and what needs no model. Markdown. */
export function barsTable(measured: readonly Measured[]): string[] {
  const header = ["data set", "protocol", "metric", "reached", "at least", "aim", "passed", ...BASELINES];
  const rows = measured.flatMap(({ set, result }) =>
    result.rows === null
      ? []
      : set.bars.map((bar, b) => {
          const reached = metricOf(result, bar, "model");
          const about = b === 0 ? [set.name, `\`${protocolText(set)}\``] : ["", ""];
          const metric = bar.group === "all" ? bar.metric : `${bar.metric}, ${bar.group} shoppers`;
          const bars = [
            share(bar.atLeast),
            bar.aim === null ? "" : share(bar.aim),
            reached === null ? "" : verdictOf(bar, reached),
          ];
          const baselines = BASELINES.map((ranker) => share(metricOf(result, bar, ranker)));
          return [...about, metric, share(reached), ...bars, ...baselines];
        }),
  );
  return markdown(header, rows);
}

/** A line per set: what its training took. Markdown. */
export function costTable(measured: readonly Measured[]): string[] {
  const header = ["data set", "interactions", "products", "training", "at most", "peak memory", "at most"];
  const rows = measured.map(({ set, result }) => [
    set.name,
    result.nInteractions.toLocaleString("en-US"),
    result.nProducts.toLocaleString("en-US"),
    `${result.trainingSeconds.toFixed(1)} s`,
    set.maxTrainingSeconds === null ? "" : within(`${set.maxTrainingSeconds} s`, isInTime({ set, result })),
    `${Math.round(result.peakBytes / 1e6)} MB`,
    set.maxPeakBytes === null ? "" : within(`${set.maxPeakBytes / 1e6} MB`, isInMemory({ set, result })),
  ]);
  return markdown(header, rows);
}

/** Whether everything that is required of a set is reached. */
export function isPassed(one: Measured): boolean {
  const { set, result } = one;
  const missed = set.bars.some((bar) => result.rows !== null && (metricOf(result, bar, "model") ?? 0) < bar.atLeast);
  return !missed && isInTime(one) && isInMemory(one);
}

function verdictOf({ atLeast, aim }: Bar, reached: number): Verdict {
  if (reached < atLeast) return "**no**";
  return aim !== null && reached >= aim ? "aim" : "yes";
}

/** Null where the group or the ranker does not exist, such as recent popularity where no time is known. */
function metricOf({ rows }: RunResult, { metric, group }: Bar, ranker: RankerName): number | null {
  const ofRanker = rows?.filter((row) => row.ranker === ranker) ?? [];
  return ofRanker.find((row) => row.group === group)?.byName[metric] ?? null;
}

function isInTime({ set, result }: Measured): boolean {
  return set.maxTrainingSeconds === null || result.trainingSeconds <= set.maxTrainingSeconds;
}

function isInMemory({ set, result }: Measured): boolean {
  return set.maxPeakBytes === null || result.peakBytes <= set.maxPeakBytes;
}

function within(limit: string, isWithin: boolean): string {
  return isWithin ? limit : `${limit} **exceeded**`;
}

/** ".1356": four places, as papers print them. */
function share(value: number | null): string {
  return value === null ? "–" : value.toFixed(4).replace(/^0/, "");
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`.replace(/ {2,}/g, " ");
  return [line(header), line(header.map(() => "---")), ...rows.map(line)];
}
