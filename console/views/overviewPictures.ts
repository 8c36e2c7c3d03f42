import { words } from "../format.js";
import type { Overview } from "../operations.js";
import type { Picture, Theme } from "../parts/charts.js";

const MINUTE_MS = 60_000;
/** More bars than this are no longer told apart. */
const MOST_BARS = 96;

/** Events per minute as bars, one colour an action, the most frequent at the bottom. Long ranges show means of some minutes. */
export function arrivalsPicture(arrivals: Overview["arrivals"], minutes: number, nowMs: number): Picture {
  const binMinutes = Math.ceil(minutes / MOST_BARS);
  const nBins = Math.ceil(minutes / binMinutes);
  const firstMs = (Math.floor(nowMs / MINUTE_MS) - nBins * binMinutes + 1) * MINUTE_MS;
  const perAction = new Map<string, number[]>();
  for (const { minute, action, events } of arrivals) {
    const bin = Math.floor((Date.parse(minute) - firstMs) / (binMinutes * MINUTE_MS));
    if (bin < 0 || bin >= nBins) continue;
    const bins = perAction.get(action) ?? new Array<number>(nBins).fill(0);
    bins[bin] += events / binMinutes;
    perAction.set(action, bins);
  }
  const sum = (bins: readonly number[]) => bins.reduce((a, b) => a + b, 0);
  const series = [...perAction].sort(([, a], [, b]) => sum(b) - sum(a));
  const times = Array.from({ length: nBins }, (_, bin) => clock(firstMs + bin * binMinutes * MINUTE_MS));
  return (theme) => ({
    xAxis: { type: "category", data: times, ...axis(theme), axisTick: { show: false } },
    yAxis: { type: "value", minInterval: 1, ...axis(theme) },
    series: series.map(([action, bins]) => ({
      name: words(action),
      type: "bar",
      stack: "all",
      barCategoryGap: "20%",
      data: bins.map((events) => Math.round(events * 10) / 10),
    })),
  });
}

function clock(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/** Lists by source as bars with their share. */
export function sourcesPicture(lists: Overview["lists"]): Picture {
  const total = lists.reduce((sum, one) => sum + one.lists, 0);
  const rows = [...lists].reverse();
  return (theme) => ({
    grid: { left: 8, right: 64, top: 4, bottom: 4, containLabel: true },
    tooltip: { show: false },
    xAxis: { type: "value", show: false },
    yAxis: {
      type: "category",
      data: rows.map(({ source }) => words(source)),
      ...axis(theme),
      axisTick: { show: false },
    },
    series: [
      {
        type: "bar",
        barWidth: 14,
        itemStyle: { borderRadius: 3, color: theme.accent },
        data: rows.map((one) => one.lists),
        label: {
          show: true,
          position: "right",
          color: theme.text,
          formatter: ({ value }: { value: number }) => `${((100 * value) / total).toFixed(value === 0 ? 0 : 1)} %`,
        },
      },
    ],
  });
}

/** Batches by their time. */
export function latencyPicture(buckets: Overview["latency"]["buckets"]): Picture {
  const names = buckets.map(({ upToMs }, i) =>
    upToMs === null ? `> ${shown(buckets[i - 1]?.upToMs ?? 0)}` : `≤ ${shown(upToMs)}`,
  );
  const last = buckets.findLastIndex(({ batches }) => batches > 0) + 2;
  return (theme) => ({
    grid: { left: 8, right: 12, top: 16, bottom: 4, containLabel: true },
    xAxis: { type: "category", data: names.slice(0, last), ...axis(theme), axisTick: { show: false } },
    yAxis: { type: "value", minInterval: 1, ...axis(theme) },
    series: [
      {
        name: "Batches",
        type: "bar",
        barCategoryGap: "15%",
        itemStyle: { borderRadius: [3, 3, 0, 0], color: theme.accent },
        data: buckets.slice(0, last).map(({ batches }) => batches),
      },
    ],
  });
}

function shown(ms: number): string {
  return ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`;
}

/** An axis that stays behind its data. */
export function axis({ muted, line }: Theme) {
  return {
    axisLine: { lineStyle: { color: line } },
    axisLabel: { color: muted, fontSize: 11 },
    splitLine: { lineStyle: { color: line, type: "dashed" } },
  };
}
