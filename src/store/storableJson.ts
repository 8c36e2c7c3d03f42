/**
 * JSON text of what a stranger sent, fit for PostgreSQL: it refuses NUL and lone surrogates in texts, and JSON has no
 * word for a number that is not finite; both are kept as a text that shows what was found.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part) => {
    if (typeof part === "string") return part.toWellFormed().replaceAll("\0", "\ufffd");
    return finiteOrShown(part);
  });
}

/**
 * JSON text of what a stranger sent, its texts as they are, so that PostgreSQL refuses a broken one. A number that is not
 * finite, such as the literal 1e999, would be null in it, which has a meaning of its own.
 */
export function jsonOfFinite(value: unknown): string {
  return JSON.stringify(value, (_key, part) => finiteOrShown(part));
}

function finiteOrShown(part: unknown): unknown {
  return typeof part === "number" && !Number.isFinite(part) ? String(part) : part;
}
