/**
 * JSON text of what a stranger sent, fit for PostgreSQL: it refuses NUL and lone surrogates in texts, and JSON has no
 * word for a number that is not finite; both are kept as a text that shows what was found.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part) => {
    if (typeof part === "string") return part.toWellFormed().replaceAll("\0", "\ufffd");
    return typeof part === "number" && !Number.isFinite(part) ? String(part) : part;
  });
}
