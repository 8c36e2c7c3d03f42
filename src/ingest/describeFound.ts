const LONGEST_QUOTE = 80;

/** Name a value in a message without ever echoing it whole: a client may send megabytes, or control characters. */
export function describeFound(value: unknown): string {
  if (value === undefined || value === null || value === "") return "nothing";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "string") return typeof value === "object" ? "an object" : `a ${typeof value}`;
  if (value.length <= LONGEST_QUOTE) return JSON.stringify(value);
  return `${JSON.stringify(value.slice(0, LONGEST_QUOTE))}… (${value.length} characters)`;
}
