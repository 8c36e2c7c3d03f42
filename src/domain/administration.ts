import type { AdminCommand, CommandRecord, CommandVerdict, DecidedCommand, StoreTransaction } from "./adminCommand.js";
import type { MerchandisingRule, MerchandisingSource } from "./merchandisingRule.js";
import type { StoredModel } from "./ports.js";
import type { SettingValues } from "./setting.js";
import type { SettingsState, SettingsVersion } from "./settingsVersion.js";
import type { ShopperAdministration } from "./shopper.js";
import type { TrainingRuns } from "./trainingRun.js";

/** What the graph asks of the admin room. */
export interface Administration {
  readonly shoppers: ShopperAdministration;
  readonly settings: SettingsAudit;
  /** Decide a command now. One whose id was decided before changes nothing; its record comes back. */
  submit(command: AdminCommand): Promise<CommandRecord>;
  /** What a command would come to now; nothing of it is kept. */
  tryOut(command: AdminCommand): Promise<CommandVerdict>;
  /** The newest commands by whichever door, newest first. */
  newestCommands(most: number): Promise<readonly CommandRecord[]>;
  /** The command of that id; null where there is none. */
  findCommand(commandId: string): Promise<CommandRecord | null>;
  readonly runs: Pick<TrainingRuns, "find" | "newest">;
  /** The merchandiser's rules, in the order of their ids. */
  rules(): Promise<readonly MerchandisingRule[]>;
  /** How many products that could be listed now a rule is about; what it says of a viewed product is left aside. */
  nMatching(rule: MerchandisingRule): number;
  /** The newest models with what became of them, newest first. */
  newestModels(most: number): Promise<readonly StoredModel[]>;
}

/** What can be read of the settings and their past. */
export interface SettingsAudit {
  current(): Promise<SettingsState>;
  /** Changes, newest first; with `before` only those of an earlier version. */
  history(most: number, before: number | null): Promise<readonly SettingsVersion[]>;
}

/** The settings as commands change them. */
export interface SettingsLedger extends SettingsAudit {
  /** The settings that hold, kept from being changed by others until the transaction ends. */
  hold(transaction: StoreTransaction): Promise<SettingsState>;
  /** What held after that version; null where there is no such version. Version 0 is the defaults. */
  valuesAt(version: number, transaction: StoreTransaction): Promise<SettingValues | null>;
  /** Append a version to what `hold` returned and put its values in force. */
  append(next: NewSettingsVersion, transaction: StoreTransaction): Promise<void>;
}

export interface NewSettingsVersion extends Omit<SettingsVersion, "changedAt"> {
  /** What holds from now on. */
  readonly values: SettingValues;
}

/** The merchandiser's rules as commands change them. */
export interface MerchandisingRules extends MerchandisingSource {
  /** Keep a rule, in the place of the one of its id; false when there are as many as a shop may have. */
  put(rule: MerchandisingRule, updatedBy: string | null, transaction: StoreTransaction): Promise<boolean>;
  /** False where there is none of that id. */
  remove(ruleId: string, transaction: StoreTransaction): Promise<boolean>;
}

/** The commands and what became of them. */
export interface CommandStore {
  inTransaction<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T>;
  /** The same, but nothing of it stays. */
  inUndoneTransaction<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T>;
  /** Keep a command that waits for its decision; false when its id is known. Waits while another adds the same id. */
  add(command: AdminCommand, transaction: StoreTransaction): Promise<boolean>;
  /** The command of that id, kept from being decided by others until the transaction ends. */
  hold(commandId: string, transaction: StoreTransaction): Promise<CommandRecord>;
  /**
   * The oldest command that waits, or null when none does or somebody else is deciding: commands are decided one after
   * the other, whatever the number of processes.
   */
  takeOldest(transaction: StoreTransaction): Promise<AdminCommand | null>;
  finish(commandId: string, verdict: CommandVerdict, transaction: StoreTransaction): Promise<void>;
  newest(most: number): Promise<readonly CommandRecord[]>;
  find(commandId: string): Promise<CommandRecord | null>;
}

/** What became of the commands that came by topic, for whoever sent them. */
export interface CommandOutbox {
  /**
   * Hand outcomes that nobody was told of to `send`, in the order of the decisions, and note them as published when it
   * resolves: at least once, since whoever is killed in between leaves them to the next. One process does so at a time.
   * Resolves to their number.
   */
  publish(most: number, send: (outcomes: readonly DecidedCommand[]) => Promise<void>): Promise<number>;
}
