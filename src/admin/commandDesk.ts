import type {
  AdminCommand,
  CommandExecutors,
  CommandRecord,
  CommandVerdict,
  StoreTransaction,
} from "../domain/adminCommand.js";
import type { CommandStore } from "../domain/administration.js";

/** How often a process looks for commands that wait. */
export const POLL_MS = 250;
/** How often a command is tried whose execution fails; then it is refused, so that it holds up no other. */
const MAX_ATTEMPTS = 3;

/** What of the deciding is worth a log line. */
export type CommandEvent =
  | { readonly kind: "commandDecided"; readonly command: AdminCommand; readonly verdict: CommandVerdict }
  | { readonly kind: "commandFailed"; readonly commandId: string; readonly error: unknown }
  | { readonly kind: "commandsUnreachable"; readonly error: unknown }
  | { readonly kind: "commandsReachable" };

export interface CommandDeskOptions {
  readonly store: CommandStore;
  readonly executors: CommandExecutors;
  readonly onEvent: (event: CommandEvent) => void;
}

/**
 * Where commands of all doors are decided, by the same executors: those of GraphQL when they come, those that wait in
 * the store one after the other, oldest first, whatever the number of processes. The verdict is kept in the transaction
 * of its effect, so a command acts once however often it is sent, and a killed process leaves it undecided and undone.
 */
export class CommandDesk {
  private readonly nFailures = new Map<string, number>();
  private isFailing = false;
  private timer: NodeJS.Timeout | null = null;
  private deciding: Promise<void> | null = null;
  private lastSubmitted: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: CommandDeskOptions) {}

  /**
   * Decide a command now. One whose id was decided before changes nothing; its record comes back. One at a time: each
   * holds a connection, and its executor may need another, of which a hundred at once would leave none.
   */
  submit(command: AdminCommand): Promise<CommandRecord> {
    return this.inTurn(() => this.decideSubmitted(command));
  }

  /**
   * What a command would come to now, by the executor that would decide it; neither its effect nor a record of it stays.
   * Only for commands that do all they do within the transaction, as those about rules and settings.
   */
  tryOut(command: AdminCommand): Promise<CommandVerdict> {
    const { store } = this.options;
    return this.inTurn(() => store.inUndoneTransaction((transaction) => this.execute(command, transaction)));
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.lastSubmitted.then(work);
    this.lastSubmitted = done.catch(() => {});
    return done;
  }

  private async decideSubmitted(command: AdminCommand): Promise<CommandRecord> {
    const { store, onEvent } = this.options;
    const { record, verdict } = await store.inTransaction(async (transaction) => {
      await store.add(command, transaction);
      const { status } = await store.hold(command.commandId, transaction);
      // What was sent, rather than what was kept of it: JSON has no word for an infinite number, which must be refused.
      const verdict = status === "received" ? await this.decide(command, transaction) : null;
      return { verdict, record: await store.hold(command.commandId, transaction) };
    });
    if (verdict !== null) onEvent({ kind: "commandDecided", command, verdict });
    return record;
  }

  /** Decide all commands that wait, until none is left or another process is at it. Resolves to their number. */
  async decideWaiting(): Promise<number> {
    let nDecided = 0;
    while (await this.decideOldest()) nDecided++;
    return nDecided;
  }

  /** Look for waiting commands again and again until `stop`; a store that cannot be reached is reported once. */
  start(): void {
    this.timer = setTimeout(() => {
      this.deciding = this.decideReporting().finally(() => {
        this.deciding = null;
        if (this.timer !== null) this.start();
      });
    }, POLL_MS);
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await this.deciding;
  }

  private async decideReporting(): Promise<void> {
    try {
      await this.decideWaiting();
      if (this.isFailing) this.options.onEvent({ kind: "commandsReachable" });
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.options.onEvent({ kind: "commandsUnreachable", error });
      this.isFailing = true;
    }
  }

  private async decideOldest(): Promise<boolean> {
    const { store, onEvent } = this.options;
    let taken: AdminCommand | null = null;
    try {
      const verdict = await store.inTransaction(async (transaction) => {
        taken = await store.takeOldest(transaction);
        return taken === null ? null : this.decide(taken, transaction);
      });
      if (taken === null || verdict === null) return false;
      onEvent({ kind: "commandDecided", command: taken, verdict });
      return true;
    } catch (error) {
      if (taken === null) throw error;
      return this.refuseAfterAttempts(taken, error);
    }
  }

  /** Execute a command and keep what became of it, as one. */
  private async decide(command: AdminCommand, transaction: StoreTransaction): Promise<CommandVerdict> {
    const verdict = await this.execute(command, transaction);
    await this.options.store.finish(command.commandId, verdict, transaction);
    return verdict;
  }

  private execute(command: AdminCommand, transaction: StoreTransaction): Promise<CommandVerdict> {
    const { executors } = this.options;
    const { type } = command;
    const execute = Object.hasOwn(executors, type) ? executors[type] : refuseUnknown(Object.keys(executors));
    return execute(command, transaction);
  }

  /** True when it was refused, so that others may go on. A store that is away fails here too: the command goes on waiting. */
  private async refuseAfterAttempts({ commandId }: AdminCommand, error: unknown): Promise<boolean> {
    const nFailures = (this.nFailures.get(commandId) ?? 0) + 1;
    this.nFailures.set(commandId, nFailures);
    this.options.onEvent({ kind: "commandFailed", commandId, error });
    if (nFailures < MAX_ATTEMPTS) return false;
    const outcome = { code: "FAILED", field: "type", message: "its execution failed; the log has the cause" } as const;
    const { store } = this.options;
    await store.inTransaction(async (transaction) => {
      const { status } = await store.hold(commandId, transaction);
      if (status === "received") await store.finish(commandId, { status: "refused", outcome }, transaction);
    });
    this.nFailures.delete(commandId);
    return true;
  }
}

function refuseUnknown(types: readonly string[]) {
  return async ({ type }: AdminCommand): Promise<CommandVerdict> => {
    const message = `one of ${types.join(", ")} is required, found ${JSON.stringify(type.slice(0, 80))}`;
    return { status: "refused", outcome: { code: "UNKNOWN_COMMAND", field: "type", message } };
  };
}
