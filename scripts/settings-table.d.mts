export type DescribedSetting = { readonly effect: string; readonly help: string } & (
  | { readonly type: "number"; readonly defaultValue: number; readonly min: number; readonly max: number }
  | { readonly type: "boolean"; readonly defaultValue: boolean }
  | { readonly type: "text"; readonly defaultValue: string; readonly format: string }
);

export function settingsTable(settings: Readonly<Record<string, DescribedSetting>>): string;
