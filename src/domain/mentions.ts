/** Fields that hold ids of something else than shoppers, which may be equal to that of a shopper. */
const OTHER_IDS: ReadonlySet<string> = new Set([
  "product_id",
  "productId",
  "order_id",
  "orderId",
  "event_id",
  "eventId",
]);

/**
 * Whether a text speaks of one of these shoppers. A JSON text does where a value of it, at any depth, is the id; any
 * other text, such as a row or what is left of a message, where the id stands in it as a word: what nobody can read is
 * taken for theirs rather than kept.
 */
export function mentionsShopper(text: string, ids: readonly string[]): boolean {
  const value = parsed(text);
  if (value === undefined) return ids.some((id) => holdsWord(text, id));
  return holdsValue(value, new Set(ids));
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}

function holdsValue(value: unknown, ids: ReadonlySet<string>): boolean {
  if (typeof value === "string" || typeof value === "number") return ids.has(String(value));
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some((one) => holdsValue(one, ids));
  return Object.entries(value).some(([name, one]) => !OTHER_IDS.has(name) && holdsValue(one, ids));
}

function holdsWord(text: string, id: string): boolean {
  return spellings(id).some((spelling) => {
    for (let at = text.indexOf(spelling); at >= 0; at = text.indexOf(spelling, at + 1)) {
      if (!isWordPart(text[at - 1]) && !isWordPart(text[at + spelling.length])) return true;
    }
    return false;
  });
}

function isWordPart(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_-]/u.test(character);
}

/** How an id may stand in a text: as it is, and as JSON writes it with and without letters beyond ASCII. */
export function spellings(id: string): string[] {
  const inJson = JSON.stringify(id).slice(1, -1);
  const inAscii = inJson.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const inUpperCase = inAscii.replace(/\\u[0-9a-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`);
  return [...new Set([id, inJson, inJson.replaceAll("/", "\\/"), inAscii, inUpperCase])];
}
