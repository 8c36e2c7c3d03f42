import { mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import type { ProductChange } from "./product.js";

/** An order as it was placed. */
export interface PlacedOrder {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly userId: string | null;
  readonly placedAt: string;
  readonly items: readonly { readonly productId: string; readonly quantity: number; readonly price: number }[];
}

/** A message that other services have yet to get. */
export interface WaitingMessage {
  readonly topic: "interactions" | "products";
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Everything of the shop that is not in its files. */
export interface ShopState {
  /** When the shop opened here: the file's past is told as if it ended in that week. */
  readonly openedAt: string;
  /** When other services were first told of the whole catalogue; null until then. */
  announcedAt: string | null;
  readonly changes: Record<string, ProductChange>;
  readonly orders: PlacedOrder[];
  /** In the order in which they happened. */
  readonly waiting: WaitingMessage[];
  /** The time of the newest message on products, in milliseconds: no two are of the same moment. */
  lastUpdateMs: number;
}

/**
 * The state, held in memory and kept in one file. What happens together is changed together, without an await between, and
 * is then in the file together or not at all: a change, the stock it takes and the messages it causes.
 */
export class ShopFile {
  private running: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;

  private constructor(
    private readonly file: string,
    readonly state: ShopState,
  ) {}

  /** Read the state, or begin a new one. */
  static async open(dataDir: string): Promise<ShopFile> {
    await mkdir(dataDir, { recursive: true });
    const file = path.join(dataDir, "shop.json");
    const shop = new ShopFile(file, await readState(file));
    await shop.save();
    return shop;
  }

  /** Resolves when everything changed until now is on the disk; calls that come while it writes share the next write. */
  save(): Promise<void> {
    if (this.next !== null) return this.next;
    const before = this.running.catch(() => {});
    this.next = before.then(() => {
      this.next = null;
      return writeWhole(this.file, JSON.stringify(this.state));
    });
    this.running = this.next;
    return this.next;
  }
}

async function readState(file: string): Promise<ShopState> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return newState();
    throw new Error(`Cannot read the shop's state: ${file} is required to be JSON as this service writes it`, {
      cause: error,
    });
  }
}

function newState(): ShopState {
  const openedAt = new Date().toISOString();
  return { openedAt, announcedAt: null, changes: {}, orders: [], waiting: [], lastUpdateMs: 0 };
}

/** A reader, also one after a power cut, finds the old text or the new one. */
async function writeWhole(file: string, text: string): Promise<void> {
  const beside = `${file}.new`;
  const handle = await open(beside, "w");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
}
