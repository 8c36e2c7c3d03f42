import type { Config } from "../config.js";
import { oldestKeptMs } from "../domain/retention.js";
import { startHealthServer } from "../platform/healthServer.js";
import { createProcessMetrics } from "../platform/metrics.js";
import { requireFreePort } from "../platform/requireFreePort.js";
import type { Steps } from "../platform/steps.js";
import { kafkaOptions, openConsumer } from "./openConsumer.js";
import { openShop, requireDatabase } from "./openShop.js";
import { type Process, runUntilSignal } from "./runUntilSignal.js";
import { followKeptMonths } from "./startRetention.js";

/** `recommender consume`: bring in the shop's topics until a signal, without serving lists. */
export async function consumeCommand(config: Config, steps: Steps): Promise<void> {
  requireDatabase(config);
  kafkaOptions(config);
  await requireFreePort(config.HOST, config.PORT);
  await runUntilSignal(config, (own) => startParts(config, steps, own));
}

async function startParts(config: Config, steps: Steps, { logger, lifecycle }: Process): Promise<void> {
  const shop = await openShop(config, steps, { lifecycle, mode: "share" });
  const metrics = createProcessMetrics();
  const keptMonths = await followKeptMonths(shop.database, logger, lifecycle);
  const oldestMs = () => oldestKeptMs(Date.now(), keptMonths());
  const consumer = openConsumer(config, { shop, logger, metrics, oldestMs });
  lifecycle.add("consumer", () => consumer.stop());
  const health = await startHealthServer({
    host: config.HOST,
    port: config.PORT,
    problems: () => consumer.problems(),
    metrics: metrics.expose,
  });
  lifecycle.add("health", () => health.close());
  steps.line(`Consuming from ${config.KAFKA_BROKERS?.join(", ")}; health at ${health.address}/readyz`);
  await consumer.failed;
}
