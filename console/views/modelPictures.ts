import type { Model } from "../operations.js";
import type { Picture } from "../parts/charts.js";
import { axis } from "./overviewPictures.js";

/** The quality of every version that was compared, oldest first, beside what it was compared with. */
export function versionsPicture(models: readonly Model[]): Picture {
  const compared = models.filter(({ comparison }) => comparison?.candidate).toReversed();
  const of = (name: "candidate" | "served" | "popularity") =>
    compared.map(({ comparison }) => comparison?.[name]?.ndcg.toFixed(4) ?? null);
  return (theme) => {
    const line = (name: string, data: readonly (string | null)[], color: string, type: string) => {
      const lineStyle = { width: 2, type };
      return { name, type: "line", data, symbol: "circle", symbolSize: 7, connectNulls: true, color, lineStyle };
    };
    return {
      xAxis: { type: "category", data: compared.map(({ version }) => `v${version}`), ...axis(theme) },
      yAxis: { type: "value", ...axis(theme) },
      series: [
        line("This version", of("candidate"), theme.accent, "solid"),
        line("Served before", of("served"), theme.series[1], "dashed"),
        line("Most popular", of("popularity"), theme.muted, "dotted"),
      ],
    };
  };
}
