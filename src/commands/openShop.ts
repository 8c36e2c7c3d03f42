import type { Config } from "../config.js";
import { RecommenderError } from "../domain/errors.js";
import { type EmbeddedPostgresOptions, openEmbeddedPostgres } from "../platform/embeddedPostgres.js";
import { Lifecycle } from "../platform/lifecycle.js";
import { createLogger } from "../platform/logger.js";
import type { Steps } from "../platform/steps.js";
import { type Database, openDatabase } from "../store/database.js";
import { migrate } from "../store/migrate.js";

/** A migrated database, and how to let it go. */
export interface Shop {
  readonly database: Database;
  readonly url: string;
  readonly isEmbedded: boolean;
  close(): Promise<void>;
}

export interface ShopOptions extends Pick<EmbeddedPostgresOptions, "mode" | "onEvent"> {
  /** Lets the shop go when the process stops. */
  readonly lifecycle: Lifecycle;
}

/**
 * Open the shop's database: the one DATABASE_URL names, or the embedded one. `own` is for the serving process, which
 * keeps the embedded server; `share` for commands, which use a running one or start it for themselves.
 */
export async function openShop(config: Config, steps: Steps, { lifecycle, ...options }: ShopOptions): Promise<Shop> {
  const opening = open(config, steps, options);
  // Added before it is open, so that a stop in the middle of it leaves no server behind.
  lifecycle.add("database", async () => (await opening.catch(() => null))?.close());
  return opening;
}

async function open(config: Config, steps: Steps, options: Omit<ShopOptions, "lifecycle">): Promise<Shop> {
  const { url, isEmbedded, stop } = await openServer(config, steps, { dir: config.DATA_DIR, ...options });
  try {
    const database = await openDatabase({
      url,
      maxConnections: config.DATABASE_MAX_CONNECTIONS,
      statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
      applicationName: "recommender",
    });
    const close = async () => {
      await database.close();
      await stop();
    };
    await steps.run("schema", () => migrate(database.pool), describeMigrations);
    return { database, url, isEmbedded, close };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a shell reports of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

/** Open the shop for one command, and let it go however the command ends: a Ctrl-C leaves no server behind. */
export async function withShop(config: Config, steps: Steps, work: (shop: Shop) => Promise<void>): Promise<void> {
  const lifecycle = new Lifecycle(createLogger(config.LOG_LEVEL), config.SHUTDOWN_TIMEOUT_MS);
  lifecycle.stopOnSignals(INTERRUPTED, () => {});
  try {
    await work(await openShop(config, steps, { lifecycle, mode: "share" }));
  } catch (error) {
    if (!lifecycle.isStopping) throw error;
  } finally {
    await lifecycle.stop();
  }
}

async function openServer(config: Config, steps: Steps, options: EmbeddedPostgresOptions) {
  if (config.DATABASE_URL !== null) {
    return { url: config.DATABASE_URL, isEmbedded: false, stop: async () => {} };
  }
  const server = await steps.run(
    "database",
    () => openEmbeddedPostgres(options),
    (opened) => opened.description,
  );
  return { url: server.url, isEmbedded: true, stop: () => server.stop() };
}

function describeMigrations({ applied, total }: { applied: readonly string[]; total: number }): string {
  return applied.length === 0 ? `up to date, ${total} migrations` : `applied ${applied.join(", ")}`;
}

/** Commands that change a shop by hand need to know which one. */
export function requireDatabase(config: Config): void {
  if (config.NODE_ENV !== "production" || config.DATABASE_URL !== null) return;
  throw new RecommenderError(
    "INVALID_CONFIG",
    "Cannot start: NODE_ENV=production requires DATABASE_URL, found nothing; the embedded database is for development",
  );
}
