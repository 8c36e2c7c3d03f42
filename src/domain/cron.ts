/** Least and greatest number of each field: minute, hour, day of the month, month, day of the week (7 is Sunday, too). */
const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

const PART = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/;

/** Say why a text is no schedule, or return null when it is one: five fields of numbers, ranges, lists and steps. */
export function cronProblem(text: string): string | null {
  const fields = text.trim().split(/\s+/);
  const isWhole = fields.length === RANGES.length && fields.every((field, at) => isField(field, RANGES[at]));
  if (isWhole) return null;
  return "requires five fields, minute hour day month weekday, such as 0 3 * * * for three o'clock every night (UTC)";
}

function isField(field: string, [least, greatest]: readonly [number, number]): boolean {
  return field.split(",").every((part) => {
    const match = PART.exec(part);
    if (match === null) return false;
    const [, from, to, step] = match;
    const isInside = (text: string | undefined) => text === undefined || (+text >= least && +text <= greatest);
    const isAscending = from === undefined || to === undefined || +from <= +to;
    return isInside(from) && isInside(to) && isAscending && (step === undefined || +step > 0);
  });
}
