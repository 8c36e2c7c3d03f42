import type { SettingValue } from "./operations.js";

const MINUTE_MS = 60_000;
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 1440 * MINUTE_MS],
  ["hour", 60 * MINUTE_MS],
  ["minute", MINUTE_MS],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "3 hours ago" */
export function ago(time: string, nowMs = Date.now()): string {
  const passedMs = nowMs - Date.parse(time);
  for (const [unit, unitMs] of UNITS)
    if (passedMs >= unitMs) return relative.format(-Math.floor(passedMs / unitMs), unit);
  return "just now";
}

/** "25 Nov, 14:05", in the reader's zone. */
export function moment(time: string): string {
  const day = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } as const;
  return new Date(time).toLocaleString("en-GB", day);
}

/** "4.2 s", "2 min 5 s" */
export function duration(fromTime: string, toTime: string): string {
  const seconds = Math.max(0, Date.parse(toTime) - Date.parse(fromTime)) / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

export function count(value: number): string {
  return value.toLocaleString("en", { notation: value >= 100_000 ? "compact" : "standard", maximumFractionDigits: 1 });
}

/** With as many digits as milliseconds deserve. */
export function milliseconds(value: number | null): string {
  if (value === null) return "–";
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "+4.2 %"; nothing to compare with gives a dash. */
export function change(from: number, to: number): string {
  if (from === 0) return "–";
  const percent = (to / from - 1) * 100;
  if (Math.abs(percent) < 0.05) return "±0 %";
  return `${percent > 0 ? "+" : "−"}${Math.abs(percent).toFixed(1)} %`;
}

/** A setting's value for people. */
export function shownValue(value: SettingValue): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (value === "") return "(empty)";
  return typeof value === "number" ? value.toLocaleString("en", { maximumFractionDigits: 4 }) : value;
}

const WORDS: Readonly<Record<string, string>> = {
  PERSONALIZED: "Personal",
  SESSION: "Visit",
  ITEM_TO_ITEM: "Item to item",
  FALLBACK_TRENDING: "Trending",
  FALLBACK_POPULAR: "Popular",
  FALLBACK_CATALOG: "Newest",
};

/** "ADD_TO_CART" and "add_to_cart" as "Add to cart"; sources by the names that people use. */
export function words(name: string): string {
  if (name in WORDS) return WORDS[name];
  const text = name.toLowerCase().replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
