import type { PoolClient } from "pg";
import type { StoreTransaction } from "../domain/adminCommand.js";
import { type Database, inTransaction } from "./database.js";

/** Run work in one transaction that other rooms hand on without looking inside. */
export function inStoreTransaction<T>({ pool }: Database, work: (transaction: StoreTransaction) => Promise<T>) {
  return inTransaction(pool, (client) => work(client as unknown as StoreTransaction));
}

/** The same for work of which nothing is to stay: what it wrote is undone, and nobody is told of it. */
export function inUndoneTransaction<T>(database: Database, work: (transaction: StoreTransaction) => Promise<T>) {
  return inStoreTransaction(database, async (transaction) => {
    const client = connectionOf(transaction);
    await client.query("SAVEPOINT trial");
    const result = await work(transaction);
    await client.query("ROLLBACK TO SAVEPOINT trial");
    return result;
  });
}

/** The connection on which a transaction runs. */
export function connectionOf(transaction: StoreTransaction): PoolClient {
  return transaction as unknown as PoolClient;
}
