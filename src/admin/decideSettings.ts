import { isSettingName, SETTINGS, type SettingName, type SettingValues, settingProblem } from "../domain/setting.js";
import type { SettingChange, SettingsState } from "../domain/settingsVersion.js";

/** A value asked for one setting; null asks for its default. Neither has been checked. */
export interface AskedChange {
  readonly name: string;
  readonly value: unknown;
}

/** What is asked of the settings. With `expectedVersion` it is only meant for the version that whoever asks has seen. */
export type SettingsCommand = { readonly expectedVersion: number | null } & (
  | { readonly kind: "change"; readonly changes: readonly AskedChange[] }
  /** `target` is what held after the version to bring back; null where there is no such version. */
  | { readonly kind: "rollback"; readonly target: SettingValues | null }
);

/** What is to hold from now on, or why nothing changes. */
export type SettingsDecision =
  | { readonly kind: "accepted"; readonly changes: readonly SettingChange[]; readonly values: SettingValues }
  | SettingsRefusal;

export type SettingsRefusal =
  | { readonly kind: "invalid"; readonly field: string; readonly message: string }
  | { readonly kind: "conflict"; readonly currentVersion: number };

interface SettingValue {
  readonly name: SettingName;
  /** Null for the default. */
  readonly value: SettingValues[SettingName] | null;
}

/** Decide on the settings: all that is asked, or nothing and the first thing that is wrong. */
export function decideSettings(current: SettingsState, command: SettingsCommand): SettingsDecision {
  const refusal = command.kind === "change" ? changesProblem(command.changes) : targetProblem(current, command.target);
  if (refusal !== null) return refusal;
  const { expectedVersion } = command;
  if (expectedVersion !== null && expectedVersion !== current.version) {
    return { kind: "conflict", currentVersion: current.version };
  }
  if (command.kind === "change") return accept(current, command.changes as readonly SettingValue[]);
  return accept(current, differences(current.values, command.target as SettingValues));
}

function changesProblem(changes: readonly AskedChange[]): SettingsRefusal | null {
  if (changes.length === 0) return invalid("changes", "at least one change is required, found none");
  const seen = new Set<string>();
  for (let i = 0; i < changes.length; i++) {
    const { name, value } = changes[i];
    if (!isSettingName(name)) return invalid(`changes[${i}].name`, `${quoted(name)} ${settingProblem(name, value)}`);
    if (seen.has(name)) return invalid(`changes[${i}].name`, `one change of ${name} is required, found a second`);
    seen.add(name);
    const problem = value === null ? null : settingProblem(name, value);
    if (problem !== null) return invalid(`changes[${i}].value`, `${name} ${problem}`);
  }
  return null;
}

function targetProblem({ version }: SettingsState, target: SettingValues | null): SettingsRefusal | null {
  if (target !== null) return null;
  return invalid("version", `a version from 0 to ${version} is required, found one that never was`);
}

function differences(from: SettingValues, to: SettingValues): SettingValue[] {
  const names = Object.keys(SETTINGS) as SettingName[];
  return names.filter((name) => from[name] !== to[name]).map((name) => ({ name, value: to[name] }));
}

function accept({ values }: SettingsState, asked: readonly SettingValue[]): SettingsDecision {
  const changes = asked.map(({ name, value }): SettingChange => {
    return { name, from: values[name], to: value ?? SETTINGS[name].defaultValue };
  });
  const changed = Object.fromEntries(changes.map(({ name, to }) => [name, to]));
  return { kind: "accepted", changes, values: { ...values, ...changed } };
}

function invalid(field: string, message: string): SettingsRefusal {
  return { kind: "invalid", field, message };
}

const LONGEST_SHOWN = 80;

function quoted(name: string): string {
  return JSON.stringify(name.length <= LONGEST_SHOWN ? name : `${name.slice(0, LONGEST_SHOWN)}…`);
}
