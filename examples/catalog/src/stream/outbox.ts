import { Inject, Injectable, Logger, type OnApplicationShutdown } from "@nestjs/common";
import type { ShopState, WaitingMessage } from "../shop/shopFile.js";
import { ShopFile } from "../shop/shopFile.js";
import { DOOR } from "../tokens.js";
import type { Door } from "./door.js";

const MOST_AT_ONCE = 500;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5000;

/**
 * Messages on their way out: they are in the shop's file before anybody is told that something happened, and leave it when
 * they have arrived. So nothing is lost while the engine or Kafka is away; what is sent twice counts once there.
 */
@Injectable()
export class Outbox implements OnApplicationShutdown {
  private readonly log = new Logger("outbox");
  private nFailures = 0;
  private isStopping = false;
  private timer: NodeJS.Timeout | null = null;
  private sending: Promise<void> | null = null;

  constructor(
    @Inject(ShopFile) private readonly file: ShopFile,
    @Inject(DOOR) private readonly door: Door,
  ) {}

  /** Add messages, in memory: the caller saves them with what they tell of, then calls `wake`. */
  add(messages: readonly WaitingMessage[]): void {
    this.waiting.push(...messages);
  }

  /** Begin to send what waits, unless that goes on already. */
  wake(): void {
    if (this.sending !== null || this.timer !== null || this.isStopping || this.waiting.length === 0) return;
    this.sending = this.sendAll().finally(() => {
      this.sending = null;
      if (this.nFailures > 0) this.wakeLater();
      else this.wake();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.sending;
    await this.door.close();
  }

  private get waiting(): ShopState["waiting"] {
    return this.file.state.waiting;
  }

  private async sendAll(): Promise<void> {
    try {
      while (this.waiting.length > 0 && !this.isStopping) {
        const some = firstOfOneTopic(this.waiting);
        await this.door.send(some);
        this.waiting.splice(0, some.length);
        await this.file.save();
        if (this.nFailures > 0) this.log.log("messages leave again");
        this.nFailures = 0;
      }
    } catch (error) {
      this.nFailures++;
      if (this.nFailures === 1) this.log.warn(`${this.waiting.length} messages wait: ${(error as Error).message}`);
    }
  }

  private wakeLater(): void {
    if (this.isStopping) return;
    const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.nFailures - 1));
    this.timer = setTimeout(() => {
      this.timer = null;
      this.wake();
    }, delayMs);
  }
}

/** As many as go at once, and as far as they go to the same topic. */
function firstOfOneTopic(waiting: readonly WaitingMessage[]): readonly WaitingMessage[] {
  const some = waiting.slice(0, MOST_AT_ONCE);
  const other = some.findIndex(({ topic }) => topic !== some[0].topic);
  return other === -1 ? some : some.slice(0, other);
}
