import { randomUUID } from "node:crypto";
import { type ConstValueNode, GraphQLScalarType, Kind, type ValueNode } from "graphql";
import type { AdminCommand, CommandRecord, CommandRefusal, CommandVerdict } from "../domain/adminCommand.js";
import { idProblem } from "../domain/ids.js";
import { SETTINGS, type SettingDefinition, type SettingName } from "../domain/setting.js";
import type { SettingsState, SettingsVersion } from "../domain/settingsVersion.js";
import { type Caller, requireAdmin } from "./caller.js";
import type { GraphContext } from "./context.js";
import { badUserInput } from "./errors.js";

interface UpdateInput {
  readonly changes: readonly { readonly name: string; readonly value?: unknown }[];
  readonly expectedVersion: number;
  readonly reason?: string | null;
}

interface RollbackArguments {
  readonly version: number;
  readonly reason?: string | null;
}

interface HistoryArguments {
  readonly first?: number | null;
  readonly after?: number | null;
}

/** Most entries of the audit, or commands, in one answer. */
export const MAX_ENTRIES = 100;

/** Resolvers of what administrators ask of the settings and of the commands that changed them. */
export const adminSettings = {
  Query: {
    async recommendationSettings(_root: unknown, _args: unknown, { caller, admin }: GraphContext) {
      requireAdmin(caller, "read the settings");
      return shownSettings(await admin.settings.current());
    },
    async recommendationSettingsHistory(_root: unknown, args: HistoryArguments, { caller, admin }: GraphContext) {
      requireAdmin(caller, "read the history of the settings");
      return admin.settings.history(readFirst(args.first), args.after ?? null).then((rows) => rows.map(shownVersion));
    },
    async recommendationCommands(_root: unknown, args: { first?: number | null }, { caller, admin }: GraphContext) {
      requireAdmin(caller, "read the commands");
      return (await admin.newestCommands(readFirst(args.first))).map(shownCommand);
    },
    async recommendationCommand(_root: unknown, { id }: { id: string }, { caller, admin }: GraphContext) {
      requireAdmin(caller, "read the commands");
      const command = idProblem(id) === null ? await admin.findCommand(id) : null;
      return command && shownCommand(command);
    },
  },
  Mutation: {
    async updateRecommendationSettings(_root: unknown, { input }: { input: UpdateInput }, context: GraphContext) {
      requireAdmin(context.caller, "change the settings");
      const changes = input.changes.map(({ name, value }) => ({ parameter_name: name, value }));
      const change = changes.length === 1 ? changes[0] : { changes };
      const body = { ...change, expected_version: input.expectedVersion, reason: input.reason ?? null };
      return settingsResult(await context.admin.submit(commandOf(context.caller, "set_parameter", body)), context);
    },
    async rollbackRecommendationSettings(_root: unknown, args: RollbackArguments, context: GraphContext) {
      requireAdmin(context.caller, "bring settings back");
      const body = { version: args.version, reason: args.reason ?? null };
      return settingsResult(await context.admin.submit(commandOf(context.caller, "rollback_settings", body)), context);
    },
  },
  RecommendationSettingValue: new GraphQLScalarType({
    name: "RecommendationSettingValue",
    parseValue: (value) => value,
    parseLiteral: (node) => literalValue(node),
  }),
};

/** A command of the graph's door: whoever got through it as an administrator has proved it. */
export function commandOf(
  caller: Caller,
  type: string,
  body: AdminCommand["body"],
  commandId: string = randomUUID(),
): AdminCommand {
  const issuedBy = caller.userId ?? "administrator";
  return { commandId, type, body, door: "graphql", issuedBy, issuedAtMs: Date.now(), isVerified: true };
}

/** What a refused command answers; null for one that was accepted. */
export function refusalOf({ status, outcome }: CommandRecord | CommandVerdict): CommandRefusal | null {
  return status === "refused" ? (outcome as CommandRefusal) : null;
}

async function settingsResult(record: CommandRecord, { admin }: GraphContext) {
  const refusal = refusalOf(record);
  const settings = shownSettings(await admin.settings.current());
  if (refusal?.code === "VERSION_CONFLICT") {
    return { __typename: "VersionConflict", message: refusal.message, current: settings };
  }
  if (refusal !== null) return { __typename: "InvalidInput", field: refusal.field, message: refusal.message };
  const { version } = record.outcome as { version: number };
  const [change] = await admin.settings.history(1, version + 1);
  return { __typename: "UpdateRecommendationSettingsSuccess", settings, change: shownVersion(change) };
}

function shownSettings({ version, values }: SettingsState) {
  const entries = Object.entries(SETTINGS) as [SettingName, SettingDefinition][];
  return { version, settings: entries.map(([name, definition]) => shownSetting(name, definition, values[name])) };
}

function shownSetting(name: SettingName, definition: SettingDefinition, value: unknown) {
  const { type, defaultValue, help, effect } = definition;
  const [min, max] = definition.type === "number" ? [definition.min, definition.max] : [null, null];
  const format = definition.type === "text" ? definition.format : null;
  const shownEffect = effect === "at once" ? "AT_ONCE" : "AT_THE_NEXT_TRAINING";
  return { name, type: type.toUpperCase(), min, max, format, default: defaultValue, value, help, effect: shownEffect };
}

function shownVersion({ changedAt, door, ...version }: SettingsVersion) {
  return { ...version, changedAt: changedAt.toISOString(), door: door.toUpperCase() };
}

function shownCommand(command: CommandRecord) {
  const { commandId, door, status, receivedAt, decidedAt, publishedAt, body, outcome, ...rest } = command;
  return {
    ...rest,
    id: commandId,
    door: door.toUpperCase(),
    status: status.toUpperCase(),
    body: JSON.stringify(body),
    outcome: outcome === null ? null : JSON.stringify(outcome),
    receivedAt: receivedAt.toISOString(),
    decidedAt: decidedAt?.toISOString() ?? null,
    publishedAt: publishedAt?.toISOString() ?? null,
  };
}

/** How many entries are asked for. */
export function readFirst(first: number | null = null): number {
  if (first === null) return DEFAULT_ENTRIES;
  if (first >= 1 && first <= MAX_ENTRIES) return first;
  throw badUserInput(`Cannot list entries: first from 1 to ${MAX_ENTRIES} is required, found ${first}`);
}

/** The SDL says the same. */
const DEFAULT_ENTRIES = 20;

/**
 * What a literal says, whatever its type: the decision refuses what no setting can be, with a result instead of an
 * error. The literal 1e999 is infinite.
 */
function literalValue(node: ValueNode | ConstValueNode): unknown {
  if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return Number(node.value);
  if (node.kind === Kind.STRING || node.kind === Kind.BOOLEAN || node.kind === Kind.ENUM) return node.value;
  return node.kind === Kind.LIST ? [] : {};
}
