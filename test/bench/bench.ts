import { benchFreshness } from "./freshness.js";
import { benchImportAlone } from "./import.js";
import { benchIngestHttp } from "./ingest/http.js";
import { benchIngestKafka } from "./ingest/kafka.js";
import { benchQuality } from "./quality/benchQuality.js";
import { QUALITY_RUN, runInThisProcess } from "./quality/qualityRun.js";
import { benchService } from "./serving.js";

/**
 * `npm run bench`: the service as it starts and serves. `npm run bench -- quality`: how good its lists are.
 * `npm run bench -- ingest-http` and `-- ingest-kafka [EVENTS]`: how many events it takes; `-- ingest`: both, and files.
 * `npm run bench -- freshness`: how long after a commit two replicas show it.
 */
const [what, ...rest] = process.argv.slice(2);
if (what === undefined) await benchService();
else if (what === "quality") process.exitCode = await benchQuality(rest);
else if (what === "freshness") await benchFreshness();
else if (what === "ingest-http") await benchIngestHttp();
else if (what === "ingest-kafka") await benchIngestKafka(Number(rest[0] ?? 1_000_000));
else if (what === "ingest") {
  await benchIngestKafka(Number(rest[0] ?? 1_000_000));
  await benchIngestHttp();
  await benchImportAlone();
} else if (what === QUALITY_RUN) await runInThisProcess(rest[0]);
else {
  console.error(
    `Cannot run the benchmark '${what}': nothing, for the service, quality, freshness, ingest, ingest-kafka or ingest-http is required`,
  );
  process.exitCode = 1;
}
