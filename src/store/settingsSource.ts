import type { SettingsSource } from "../domain/ports.js";
import { DEFAULT_SETTINGS, isSettingName, type SettingValues, settingProblem } from "../domain/setting.js";
import type { Database } from "./database.js";

/** A row of the table of settings; edited by hand it may hold anything. */
export interface SettingRow {
  readonly parameterName: string;
  readonly value: unknown;
}

/** The stored settings, and the rows of them that cannot be. */
export interface StoredSettings extends SettingsSource {
  /** How many rows were refused when the settings were last read. */
  nRefused(): number;
  /** What the rows say; where one is nonsense, the last good value of its setting. */
  valuesIn(rows: readonly SettingRow[]): Promise<SettingValues>;
}

/**
 * Reads stored settings over the defaults. A row that cannot be is reported once, until it is whole again, and the last
 * good value of its setting stands: the one read before, or else the one of the newest version.
 */
export function createSettingsSource(database: Database, onProblem: (problem: string) => void): StoredSettings {
  const { prisma } = database;
  let refused = new Set<string>();
  let lastGood: Readonly<Record<string, unknown>> | null = null;
  return { load: async () => valuesIn(await prisma.setting.findMany()), nRefused: () => refused.size, valuesIn };

  async function valuesIn(rows: readonly SettingRow[]): Promise<SettingValues> {
    const values: Record<string, unknown> = { ...DEFAULT_SETTINGS };
    const problems = new Set<string>();
    for (const { parameterName, value } of rows) {
      const problem = settingProblem(parameterName, value);
      if (problem === null) values[parameterName] = value;
      else problems.add(`setting ${parameterName} ${problem}`);
      if (problem !== null && isSettingName(parameterName)) {
        lastGood ??= await newestHeld(database);
        values[parameterName] = lastGood[parameterName] ?? DEFAULT_SETTINGS[parameterName];
      }
    }
    for (const problem of problems) if (!refused.has(problem)) onProblem(problem);
    refused = problems;
    lastGood = values;
    return values as SettingValues;
  }
}

/** What the newest version put in force; nothing before the first. */
async function newestHeld({ prisma }: Database): Promise<Readonly<Record<string, unknown>>> {
  const newest = await prisma.settingsVersion.findFirst({ orderBy: { version: "desc" }, select: { held: true } });
  return newest === null ? {} : heldValues(newest.held);
}

/** Kept values over the defaults; what an older release allowed and this one does not is the default again. */
export function heldValues(held: unknown): SettingValues {
  const entries = Object.entries(held as Record<string, unknown>);
  const possible = entries.filter(([name, value]) => settingProblem(name, value) === null);
  return { ...DEFAULT_SETTINGS, ...Object.fromEntries(possible) };
}
