import type { SettingsSource } from "../domain/ports.js";
import { DEFAULT_SETTINGS, settingProblem } from "../domain/setting.js";
import type { Database } from "./database.js";

/** Reads stored settings over the defaults. A row that cannot be is reported once, and its default stands. */
export function createSettingsSource({ prisma }: Database, onProblem: (problem: string) => void): SettingsSource {
  const reported = new Set<string>();
  return {
    async load() {
      const rows = await prisma.setting.findMany();
      const stored = rows.filter(({ parameterName, value }) => {
        const problem = settingProblem(parameterName, value);
        const text = `setting ${parameterName} ${problem}`;
        if (problem !== null && !reported.has(text)) onProblem(text);
        if (problem !== null) reported.add(text);
        return problem === null;
      });
      return { ...DEFAULT_SETTINGS, ...Object.fromEntries(stored.map((row) => [row.parameterName, row.value])) };
    },
  };
}
