import type { RawInteraction } from "../domain/engine.js";
import { RecommenderError } from "../domain/errors.js";
import type { Interaction } from "../domain/interaction.js";
import type { BulkWriter } from "../domain/ports.js";
import type { ProductChange } from "../domain/product.js";
import { decodeInteraction } from "./decodeInteraction.js";
import { decodeProduct } from "./decodeProduct.js";
import { decodeUser, type User } from "./decodeUser.js";
import { type EndedEvents, EventTally } from "./eventTally.js";
import { findTable, listFolder, namesOf, type TableFile } from "./findTable.js";
import type { ImportProgress } from "./importProgress.js";
import { importTable } from "./importTable.js";
import { Rejection } from "./rejection.js";
import { RejectsFile, type RejectsSummary } from "./rejectsFile.js";
import { RepeatFilter } from "./repeatFilter.js";
import { daysToMs, findNewestMs, shiftDaysToNow } from "./timeShift.js";

export interface ShopImport {
  readonly folder: string;
  readonly writer: BulkWriter;
  /** Move all times by whole weeks, so that the newest lies in the week before `nowMs`. */
  readonly shiftToNow: boolean;
  readonly nowMs: number;
  /** The oldest time that is kept, of times as moved; without it every time is. */
  readonly oldestMs?: number;
  readonly onProgress: (progress: ImportProgress) => void;
  /** Where rejected rows are written, if there are any. */
  readonly rejectsPath: string;
}

/** `rows` counts what the file holds, rejected rows included; a table without a file is null. */
export interface ImportSummary extends RejectsSummary {
  readonly products: { readonly rows: number; readonly changed: number } | null;
  readonly users: { readonly rows: number; readonly changed: number } | null;
  readonly interactions: {
    readonly rows: number;
    readonly accepted: number;
    readonly duplicates: number;
    /** The newest time that came in, after moving; null when no row has one. */
    readonly newestMs: number | null;
  } | null;
  readonly shiftDays: number;
  /** What became of the rows of interactions, for a monitor. */
  readonly events: readonly EndedEvents[];
}

interface ShopFiles {
  readonly products: TableFile | null;
  readonly users: TableFile | null;
  readonly interactions: TableFile | null;
}

const INTERACTION_COLUMNS = ["user_id or session_id", "product_id", "timestamp", "action_type"];

/**
 * Import a folder: products, then users, then interactions, in chunks that are each committed by themselves. Bad rows
 * are counted and written down, never fatal. Idempotent, through the writer: the same files twice change nothing.
 *
 * @throws RecommenderError INVALID_IMPORT for a folder or a file that is no import; what was read before stays imported
 */
export async function importShop(order: ShopImport): Promise<ImportSummary> {
  const files = await findFiles(order.folder);
  const rejects = new RejectsFile(order.rejectsPath);
  try {
    const shiftDays = await chooseShift(files.interactions, order);
    const products = files.products && (await importProducts(files.products, order, rejects));
    const users = files.users && (await importUsers(files.users, order, rejects));
    const tally = new EventTally();
    const interactions =
      files.interactions && (await importInteractions(files.interactions, order, { rejects, tally, shiftDays }));
    await order.writer.analyze();
    const summary = rejects.summary();
    for (const { file, reason, count } of summary.rejected) {
      if (file === files.interactions?.file) tally.add("other", reason === "too_old" ? "too_old" : "rejected", count);
    }
    return { products, users, interactions, shiftDays, events: tally.counts(), ...summary };
  } finally {
    await rejects.close();
  }
}

async function findFiles(folder: string): Promise<ShopFiles> {
  const names = await listFolder(folder);
  const products = findTable(folder, names, "products");
  const users = findTable(folder, names, "users");
  const interactions = findTable(folder, names, "user_interactions");
  if (products !== null || interactions !== null) return { products, users, interactions };
  const requirement = `${namesOf("user_interactions")} or ${namesOf("products")} is required`;
  const found = names.length === 0 ? "an empty folder" : names.slice(0, 20).join(", ");
  throw new RecommenderError("INVALID_IMPORT", `Cannot import ${folder}: ${requirement}, found ${found}`, { folder });
}

async function chooseShift(table: TableFile | null, order: ShopImport): Promise<number> {
  if (!order.shiftToNow || table === null) return 0;
  const newestMs = await findNewestMs(table, INTERACTION_COLUMNS, order.nowMs);
  return newestMs === null ? 0 : shiftDaysToNow(newestMs, order.nowMs);
}

async function importProducts(table: TableFile, { writer, onProgress }: ShopImport, rejects: RejectsFile) {
  let changed = 0;
  const rows = await importTable<ProductChange>(table, {
    required: ["product_id"],
    decode: (fields) => {
      const decoded = decodeProduct(fields);
      return decoded instanceof Rejection ? decoded : decoded.product;
    },
    write: async (chunk) => {
      const written = await writer.writeProducts(chunk);
      changed += written.changed;
    },
    maxInFlight: 1,
    rejects,
    onProgress,
  });
  return { rows, changed };
}

async function importUsers(table: TableFile, { writer, onProgress }: ShopImport, rejects: RejectsFile) {
  let changed = 0;
  const rows = await importTable<User>(table, {
    required: ["user_id"],
    decode: (fields) => {
      const decoded = decodeUser(fields);
      return decoded instanceof Rejection ? decoded : decoded.user;
    },
    write: async (chunk) => {
      const written = await writer.writeUsers(chunk);
      changed += written.changed;
    },
    maxInFlight: 1,
    rejects,
    onProgress,
  });
  return { rows, changed };
}

async function importInteractions(
  table: TableFile,
  { writer, onProgress, nowMs, oldestMs }: ShopImport,
  { rejects, tally, shiftDays }: { rejects: RejectsFile; tally: EventTally; shiftDays: number },
) {
  const shiftMs = daysToMs(shiftDays);
  const total = { accepted: 0, duplicates: 0, newestMs: null as number | null };
  const repeats = new RepeatFilter();
  const rows = await importTable<Interaction>(table, {
    required: INTERACTION_COLUMNS,
    decode: (fields) => {
      const decoded = decodeInteraction(fields as RawInteraction, { nowMs, door: "file", shiftMs, oldestMs });
      if (decoded instanceof Rejection) return decoded;
      const { occurredAtMs } = decoded.interaction;
      if (occurredAtMs !== null && occurredAtMs > (total.newestMs ?? -1)) total.newestMs = occurredAtMs;
      return decoded.interaction;
    },
    write: async (chunk) => {
      const fresh = repeats.apply(chunk);
      const written = await writer.writeInteractions(fresh);
      tally.addWritten(chunk, written);
      total.accepted += written.accepted;
      total.duplicates += written.duplicates + chunk.length - fresh.length;
    },
    // One keeps PostgreSQL busy while the text of the other is being made here; the filter knows of one chunk before.
    maxInFlight: 2,
    rejects,
    onProgress,
  });
  return { rows, ...total };
}
