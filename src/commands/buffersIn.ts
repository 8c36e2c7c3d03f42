/**
 * The memory of every typed array in a value, each once: what a thread that needs the value no more hands over with it
 * instead of copying it. Plain objects, arrays and maps are walked; memory that threads share stays where it is.
 */
export function buffersIn(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  collect(value, found);
  return [...found];
}

function collect(value: unknown, found: Set<ArrayBuffer>): void {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
    return;
  }
  if (value === null || typeof value !== "object") return;
  for (const part of value instanceof Map ? value.values() : Object.values(value)) collect(part, found);
}
