import { printFigure } from "./report.js";
import { type RunningService, startService } from "./service.js";

const TRENDING = JSON.stringify({ query: "{ trendingProducts(first: 10) { source edges { rank node { id } } } }" });

/** First and later starts, each until its first answer; import and training from the lines they print. */
export async function benchStarts(dataDir: string): Promise<void> {
  const environment = { DATA_DIR: dataDir, DATABASE_URL: "" };
  const first = await timedStart(environment);
  const { peakMb, nowMb } = first.service.memory();
  await first.service.stop();
  const later: number[] = [];
  for (let run = 0; run < 3; run++) {
    const again = await timedStart(environment);
    later.push(again.seconds);
    await again.service.stop();
  }
  printFigure({ what: "first start to first answer", value: `${first.seconds.toFixed(1)} s`, required: "< 60 s" });
  const median = later.sort((a, b) => a - b)[1];
  printFigure({ what: "later start to first answer, median of 3", value: `${median.toFixed(1)} s`, required: "< 5 s" });
  for (const line of first.service.lines) if (/^(import|model) .*\(\d/.test(line)) console.log(`  ${line}`);
  printFigure({
    what: "resident memory after the first start; peak with import and training",
    value: `${nowMb.toFixed(0)} MB; ${peakMb.toFixed(0)} MB`,
    required: "< 500 MB",
  });
}

async function timedStart(environment: Record<string, string>): Promise<{ service: RunningService; seconds: number }> {
  const startedMs = performance.now();
  const service = await startService({ environment, core: null });
  const response = await fetch(`${service.address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: TRENDING,
  });
  const { data } = (await response.json()) as { data: { trendingProducts: { edges: unknown[] } } };
  if (data.trendingProducts.edges.length !== 10) throw new Error("The first answer must hold ten products");
  return { service, seconds: (performance.now() - startedMs) / 1000 };
}
