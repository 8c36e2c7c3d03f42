import pg from "pg";

/** What the triggers on products, settings and models notify; the message is empty, the tables say what changed. */
const CHANNEL = "recommender_changed";
/** How often the connection proves that it is alive: a cut one need not say so. */
const KEEPALIVE_MS = 5_000;
const ANSWER_TIMEOUT_MS = 5_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

export type ChangeListenerEvent =
  | { readonly kind: "listenerLost"; readonly error: unknown }
  | { readonly kind: "listenerBack" };

export interface ChangeListenerOptions {
  readonly url: string;
  /** Something may have changed: after a notification, and after every connection, since none came without one. */
  readonly onChange: () => void;
  /** Loss and return, once each. */
  readonly onEvent: (event: ChangeListenerEvent) => void;
}

/**
 * A connection that hears of changes when they are committed. It only hastens what polling finds anyway: while it is lost
 * it is opened again and again, and whoever polls goes on.
 */
export class ChangeListener {
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | null = null;
  private opening: Promise<void> | null = null;
  private isLost = false;
  private isStopped = false;
  private retryMs = FIRST_RETRY_MS;

  constructor(private readonly options: ChangeListenerOptions) {}

  /** Resolves when it listens, or has failed to once; it goes on trying by itself. */
  async start(): Promise<void> {
    this.opening = this.open();
    await this.opening;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.opening;
    if (this.client !== null) drop(this.client);
    this.client = null;
  }

  private async open(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.options.url,
      application_name: "recommender listener",
      connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      keepAlive: true,
    });
    client.on("error", (error) => this.lose(client, error));
    client.on("end", () => this.lose(client, new Error("The listening connection was closed")));
    client.on("notification", () => this.options.onChange());
    this.client = client;
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      this.lose(client, error);
      return;
    }
    this.listening(client);
  }

  private listening(client: pg.Client): void {
    if (this.client !== client) return;
    if (this.isLost) this.options.onEvent({ kind: "listenerBack" });
    this.isLost = false;
    this.retryMs = FIRST_RETRY_MS;
    this.options.onChange();
    this.keepAlive(client);
  }

  private keepAlive(client: pg.Client): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      client.query("SELECT 1").then(
        () => this.client === client && this.keepAlive(client),
        (error) => this.lose(client, error),
      );
    }, KEEPALIVE_MS);
  }

  /** Let a connection go and open another a little later; told once, however many ways the loss shows itself. */
  private lose(client: pg.Client, error: unknown): void {
    if (this.isStopped || this.client !== client) return;
    this.client = null;
    if (this.timer !== null) clearTimeout(this.timer);
    drop(client);
    if (!this.isLost) this.options.onEvent({ kind: "listenerLost", error });
    this.isLost = true;
    this.timer = setTimeout(() => {
      this.opening = this.open();
    }, this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }
}

/** A cut connection never answers a farewell. */
function drop(client: pg.Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
