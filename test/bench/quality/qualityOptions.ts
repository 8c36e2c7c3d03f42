import { parseArgs } from "node:util";
import { QUALITY_SETS } from "./qualitySets.js";

export interface QualityOptions {
  /** Folder with one folder per data set, or null where none is named. */
  readonly data: string | null;
  /** Sets to measure, in their usual order. */
  readonly only: readonly string[];
  /** Folder of a ready cold split, or null to make one. */
  readonly cold: string | null;
  /** File to write all results to. */
  readonly json: string | null;
  /** Write the tables into README.md. */
  readonly readme: boolean;
}

/** @throws Error for an unknown option or set */
export function readQualityOptions(args: readonly string[], defaultData: string | undefined): QualityOptions {
  const text = { type: "string" } as const;
  const options = { data: text, only: text, cold: text, json: text, readme: { type: "boolean" } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const known = QUALITY_SETS.map(({ name }) => name);
  const only = values.only === undefined ? known : values.only.split(",").map((name) => name.trim());
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`Cannot use --only: some of ${known.join(", ")} are required, found ${unknown.join(", ")}`);
  }
  return {
    data: values.data ?? (defaultData || null),
    only,
    cold: values.cold ?? null,
    json: values.json ?? null,
    readme: values.readme ?? false,
  };
}
