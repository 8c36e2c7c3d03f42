import {
  type AdminCommand,
  type CommandExecutor,
  type CommandExecutors,
  type CommandVerdict,
  refuseCommand,
  type StoreTransaction,
} from "../domain/adminCommand.js";
import type { SettingsLedger } from "../domain/administration.js";
import { type AskedChange, decideSettings, type SettingsCommand, type SettingsRefusal } from "./decideSettings.js";
import { isReason, refuseReason } from "./reason.js";

/**
 * The commands that change settings. `set_parameter` has `parameter_name` and `value` (null for the default), or
 * `changes` with several of them; `rollback_settings` has `version`. Both may have `reason` and `expected_version`.
 */
export function settingsCommands(ledger: SettingsLedger): CommandExecutors {
  return {
    set_parameter: executor(ledger, async ({ body }) => {
      const changes = readChanges(body);
      if (changes === null)
        return refuseCommand("changes", "a list of objects with parameter_name and value is required");
      return { kind: "change", changes, expectedVersion: body.expected_version as number | null };
    }),
    rollback_settings: executor(ledger, async ({ body }, transaction) => {
      const target = isVersion(body.version) ? await ledger.valuesAt(body.version, transaction) : null;
      return { kind: "rollback", target, expectedVersion: body.expected_version as number | null };
    }),
  };
}

/** What a command asks of the settings, or the refusal of one that cannot be understood. */
type Read = (command: AdminCommand, transaction: StoreTransaction) => Promise<SettingsCommand | CommandVerdict>;

function executor(ledger: SettingsLedger, read: Read): CommandExecutor {
  return async (command, transaction) => {
    const plain = { ...command, body: { reason: null, expected_version: null, ...command.body } };
    const { reason, expected_version: expectedVersion } = plain.body;
    if (!isReason(reason)) return refuseReason();
    if (expectedVersion !== null && !isVersion(expectedVersion)) {
      return refuseCommand("expectedVersion", "the number of a version is required");
    }
    const current = await ledger.hold(transaction);
    const asked = await read(plain, transaction);
    if ("status" in asked) return asked;
    const decision = decideSettings(current, asked);
    if (decision.kind !== "accepted") return refuse(decision);
    const { commandId, door, isVerified, issuedBy: changedBy } = command;
    const { changes, values } = decision;
    const version = current.version + 1;
    await ledger.append({ version, changedBy, door, isVerified, reason, changes, commandId, values }, transaction);
    return { status: "accepted", outcome: { version, changes } };
  };
}

function refuse(refusal: SettingsRefusal): CommandVerdict {
  if (refusal.kind === "invalid") return refuseCommand(refusal.field, refusal.message);
  const message = `the version that holds is required, which is ${refusal.currentVersion} now`;
  return { status: "refused", outcome: { code: "VERSION_CONFLICT", field: "expectedVersion", message } };
}

function readChanges(body: AdminCommand["body"]): readonly AskedChange[] | null {
  const entries = "changes" in body ? body.changes : [body];
  return Array.isArray(entries) && entries.every(isEntry)
    ? entries.map(({ parameter_name: name, value }) => ({ name, value }))
    : null;
}

function isEntry(entry: unknown): entry is { parameter_name: string; value: unknown } {
  return typeof (entry as { parameter_name?: unknown } | null)?.parameter_name === "string";
}

function isVersion(version: unknown): version is number {
  return Number.isInteger(version) && Math.abs(version as number) <= MAX_VERSION;
}

/** What PostgreSQL's integer holds. */
const MAX_VERSION = 2 ** 31 - 1;
