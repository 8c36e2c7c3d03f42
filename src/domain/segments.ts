/** Longest attribute value that can be a segment; longer ones are texts about one shopper. */
const MAX_VALUE_LENGTH = 64;
const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * The groups a shopper belongs to, as "attribute=value", in alphabetical order. Numbers fall into bands of ten, so that
 * ages 21 and 27 are one group. Cost: one sort of the attributes.
 */
export function segmentsOf(attributes: Readonly<Record<string, string>>): string[] {
  const segments: string[] = [];
  for (const [name, value] of Object.entries(attributes)) {
    if (value === "" || value.length > MAX_VALUE_LENGTH) continue;
    segments.push(`${name}=${NUMBER.test(value) ? band(Number(value)) : value.toLowerCase()}`);
  }
  return segments.sort();
}

function band(value: number): string {
  const from = Math.floor(value / 10) * 10;
  return `${from}–${from + 9}`;
}
