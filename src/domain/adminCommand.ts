/** By which door a command came. */
export const COMMAND_DOORS = ["graphql", "kafka", "schedule"] as const;
export type CommandDoor = (typeof COMMAND_DOORS)[number];

/** What an administrator, or a program of the admin panel, asks of the engine. It acts once per id. */
export interface AdminCommand {
  readonly commandId: string;
  readonly type: string;
  /** Fields that depend on the type, such as parameter_name and value. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly door: CommandDoor;
  readonly issuedBy: string | null;
  readonly issuedAtMs: number | null;
  /** True when the sender has proved who they are; otherwise `issuedBy` is only claimed. */
  readonly isVerified: boolean;
}

/** What became of a command: what it changed, or why it was refused. Both are plain JSON, kept with the command. */
export type CommandVerdict =
  | { readonly status: "accepted"; readonly outcome: Readonly<Record<string, unknown>> }
  | { readonly status: "refused"; readonly outcome: CommandRefusal };

export interface CommandRefusal {
  /** INVALID_INPUT where sending it again cannot help, VERSION_CONFLICT where it can after a look at what holds now. */
  readonly code: "INVALID_INPUT" | "VERSION_CONFLICT" | "UNKNOWN_COMMAND" | "FAILED";
  /** The part of the command that is at fault. */
  readonly field: string;
  readonly message: string;
}

/** A command with what became of it; `outcome` and `decidedAt` are null while it waits. */
export interface CommandRecord extends AdminCommand {
  readonly status: "received" | CommandVerdict["status"];
  readonly outcome: CommandVerdict["outcome"] | null;
  readonly receivedAt: Date;
  readonly decidedAt: Date | null;
  /** When its outcome was told to the topic of outcomes; null until then, and for a command of another door. */
  readonly publishedAt: Date | null;
}

/** A command that was decided. */
export type DecidedCommand = CommandRecord & CommandVerdict & { readonly decidedAt: Date };

declare const insideOfTransaction: unique symbol;

/** A transaction of the store, handed through rooms that cannot look inside: what is done with it happens as one. */
export interface StoreTransaction {
  readonly [insideOfTransaction]: true;
}

/**
 * Decides one type of command and acts, all within the transaction that keeps the verdict, so that a command acts once.
 * A refusal is returned; what is thrown undoes the transaction and is tried again.
 */
export type CommandExecutor = (command: AdminCommand, transaction: StoreTransaction) => Promise<CommandVerdict>;

/** Executors by the type of command they decide. */
export type CommandExecutors = Readonly<Record<string, CommandExecutor>>;

/** Refuse a command for a part of it that cannot be. */
export function refuseCommand(field: string, message: string): CommandVerdict {
  return { status: "refused", outcome: { code: "INVALID_INPUT", field, message } };
}
