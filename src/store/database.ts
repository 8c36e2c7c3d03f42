import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { RecommenderError } from "../domain/errors.js";
import { PrismaClient } from "./generated/client.js";

export interface DatabaseOptions {
  readonly url: string;
  readonly maxConnections: number;
  /** 0 sets no limit. */
  readonly statementTimeoutMs: number;
  readonly applicationName: string;
  /** Told of connections that broke while idle; the pool replaces them. */
  readonly onConnectionLost?: (error: Error) => void;
}

/** One pool, used by parameterised SQL on the hot paths and by Prisma elsewhere. */
export interface Database {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** A transaction of ours that does nothing for so long is lost; it must not hold back what replicas may read. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;

/**
 * Open a pool and prove that it can be used.
 *
 * @throws RecommenderError DATABASE_UNAVAILABLE naming host, port and database, never the password
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections,
    application_name: options.applicationName,
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  // Without a listener a connection that breaks while idle would end the process.
  pool.on("error", (error) => options.onConnectionLost?.(error));
  // Nor may one that breaks in the hands of whoever asked for it, or on its way there: their next statement tells them.
  pool.on("connect", (client) => client.on("error", () => {}));
  await requireAnswer(pool, options.url);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) });
  return {
    pool,
    prisma,
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

async function requireAnswer(pool: pg.Pool, url: string): Promise<void> {
  try {
    await pool.query("SELECT 1");
  } catch (error) {
    await pool.end();
    const { host, pathname } = new URL(url);
    throw new RecommenderError(
      "DATABASE_UNAVAILABLE",
      `Cannot reach PostgreSQL at ${host}${pathname}: a server that accepts the connection is required, found "${reasonOf(error)}"`,
      { host },
      error,
    );
  }
}

/** A refused connection to a name with two addresses is an AggregateError without a text of its own. */
function reasonOf(error: unknown): string {
  const causes = error instanceof AggregateError ? error.errors : [error];
  return causes.map((cause) => (cause as Error).message).join(", ");
}

/** Run work in one transaction on one connection. A connection that broke inside it leaves the pool. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // The statement that fails tells the caller; without a listener a connection that breaks between two ends the process.
  const onBroken = (error: Error) => {
    broken = error;
  };
  client.on("error", onBroken);
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((failure) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.off("error", onBroken);
    client.release(broken);
  }
}
