import { expect } from "vitest";
import { event } from "../ingest/streams.js";
import type { ShopStream } from "../tools/shopStream.js";
import { eventually } from "../tools/testKafka.js";

/** Locks are listed for the whole server, on which other files test at the same time. */
export const WAITING_WRITES_SQL = `SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted
  AND relation = 'interaction_receipts'::regclass
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** Events `from` to `to` − 1. */
export function events(from: number, to: number): Record<string, unknown>[] {
  return Array.from({ length: to - from }, (_, i) => event(from + i));
}

/** Send in pieces, so that faults meet a stream that flows. */
export async function sendSlowly(shop: ShopStream, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += 500) await shop.send(events(start, Math.min(to, start + 500)));
}

/** The truth is the log: every event that was sent is stored once, and the broker knows that nothing is left. */
export async function expectEachOnce(shop: ShopStream, nEvents: number, nMessages = nEvents): Promise<void> {
  await shop.countsReach(nEvents);
  await eventually(shop.committed, (n) => n === nMessages, "the commit of all messages");
  expect(await shop.counted()).toEqual({ rows: nEvents, distinct: nEvents, receipts: nEvents });
}
