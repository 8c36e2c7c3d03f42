import { idProblem } from "./ids.js";
import { PLACEMENTS, type Placement } from "./recommendation.js";

export const RULE_ACTIONS = ["boost", "bury", "pin", "exclude"] as const;
export type RuleAction = (typeof RULE_ACTIONS)[number];

/** Which products a rule is about: those that meet every condition that is given; a list is met by any of its entries. */
export interface RuleConditions {
  readonly productIds: readonly string[] | null;
  /** Each names the categories below it, too. */
  readonly categories: readonly string[] | null;
  readonly tags: readonly string[] | null;
  readonly brands: readonly string[] | null;
  readonly minPrice: number | null;
  readonly maxPrice: number | null;
  readonly minStock: number | null;
  readonly maxStock: number | null;
  /** In the category of the viewed product. */
  readonly sameCategory: boolean | null;
  /** Shares of the viewed product's price. */
  readonly minPriceRatio: number | null;
  readonly maxPriceRatio: number | null;
}

/** What the merchandiser wants of some products. It acts after the score and changes places, never scores. */
export interface MerchandisingRule extends RuleConditions {
  readonly ruleId: string;
  /** What people call it. */
  readonly name: string;
  readonly action: RuleAction;
  /** Of boost, above 1, and of bury, below 1; null for the others. */
  readonly factor: number | null;
  /** Of pin, 1 is the first; null for the others. */
  readonly position: number | null;
  /** The lists it acts in; null for all. */
  readonly placements: readonly Placement[] | null;
  /** ISO 8601 with a zone; null for a window without that end. */
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

/** Why a rule cannot be. */
export interface RuleProblem {
  readonly field: string;
  readonly problem: string;
}

/** A shop's rules; more would cost each list more than its score. */
export const MAX_RULES = 200;
const MAX_ENTRIES = 1000;
const MAX_TEXT = 200;
const MAX_POSITION = 100;
const FACTORS = { least: 0.01, most: 100 } as const;
const MAX_NUMBER = 1e12;

type Check = (value: unknown) => string | null;

const isText: Check = (value) =>
  typeof value === "string" && value.trim() !== "" && value.length <= MAX_TEXT && storable(value)
    ? null
    : `a text of 1 to ${MAX_TEXT} characters is required`;

const isId: Check = (value) => {
  const problem = typeof value === "string" ? idProblem(value) : "is no text";
  return problem === null ? null : `an id is required, found one that ${problem}`;
};

const between =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === "number" && value >= least && value <= most
      ? null
      : `a number from ${least} to ${most} is required`;

const oneOf =
  (texts: readonly string[]): Check =>
  (value) =>
    texts.includes(value as string) ? null : `one of ${texts.join(", ")} is required`;

const listOf =
  (check: Check): Check =>
  (value) => {
    const isList = Array.isArray(value) && value.length > 0 && value.length <= MAX_ENTRIES;
    if (!isList) return `a list of 1 to ${MAX_ENTRIES} entries is required`;
    return value.map(check).find((problem) => problem !== null) ?? null;
  };

const isTime: Check = (value) =>
  typeof value === "string" && ZONED_TIME.test(value) && !Number.isNaN(Date.parse(value)) && isDay(value.slice(0, 10))
    ? null
    : "a time as ISO 8601 with a zone is required, for example 2026-11-27T00:00:00Z";

const ZONED_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** JavaScript takes the 30th of February for the 2nd of March. */
function isDay(text: string): boolean {
  return new Date(text).toISOString().startsWith(text);
}

const anyNumber = between(0, MAX_NUMBER);

const CONDITIONS: Readonly<Record<keyof RuleConditions, Check>> = {
  productIds: listOf(isId),
  categories: listOf(isText),
  tags: listOf(isText),
  brands: listOf(isText),
  minPrice: anyNumber,
  maxPrice: anyNumber,
  minStock: anyNumber,
  maxStock: anyNumber,
  sameCategory: oneOfBoolean,
  minPriceRatio: anyNumber,
  maxPriceRatio: anyNumber,
};

const FIELDS: Readonly<Record<keyof MerchandisingRule, Check>> = {
  ruleId: isId,
  name: isText,
  action: oneOf(RULE_ACTIONS),
  factor: between(FACTORS.least, FACTORS.most),
  position: (value) =>
    Number.isInteger(value) ? between(1, MAX_POSITION)(value) : `a whole number from 1 to ${MAX_POSITION} is required`,
  placements: listOf(oneOf(PLACEMENTS)),
  startsAt: isTime,
  endsAt: isTime,
  ...CONDITIONS,
};

const RANGES = [
  ["minPrice", "maxPrice"],
  ["minStock", "maxStock"],
  ["minPriceRatio", "maxPriceRatio"],
] as const;

/**
 * A rule as somebody sent it or as it is stored, or what is wrong with it. A field that there is none of is refused: a
 * condition with a slip in its name would leave the rule wider than it was meant.
 */
export function readRule(raw: Readonly<Record<string, unknown>>): MerchandisingRule | RuleProblem {
  for (const name of Object.keys(raw)) {
    if (!Object.hasOwn(FIELDS, name)) return { field: name.slice(0, 80), problem: "a rule has no such field" };
  }
  const rule: Record<string, unknown> = {};
  for (const [field, check] of Object.entries(FIELDS)) {
    const value = raw[field] ?? null;
    const problem = value === null && !REQUIRED.has(field) ? null : check(value);
    if (problem !== null) return { field, problem };
    rule[field] = value;
  }
  const whole = rule as unknown as MerchandisingRule;
  return contradiction(whole) ?? whole;
}

export function isRuleProblem(read: MerchandisingRule | RuleProblem): read is RuleProblem {
  return "problem" in read;
}

const REQUIRED: ReadonlySet<string> = new Set(["ruleId", "name", "action"]);

function contradiction(rule: MerchandisingRule): RuleProblem | null {
  const { action, factor, position, startsAt, endsAt } = rule;
  if (action === "boost" && (factor ?? 0) <= 1) return { field: "factor", problem: "a boost requires one above 1" };
  if (action === "bury" && (factor ?? 1) >= 1) return { field: "factor", problem: "a bury requires one below 1" };
  if (action === "pin" && position === null) return { field: "position", problem: "a pin requires one" };
  if (factor !== null && action !== "boost" && action !== "bury") {
    return { field: "factor", problem: `a rule to ${action} has none` };
  }
  if (position !== null && action !== "pin") return { field: "position", problem: `a rule to ${action} has none` };
  for (const [min, max] of RANGES) {
    if ((rule[min] ?? 0) > (rule[max] ?? MAX_NUMBER)) return { field: max, problem: `at least ${min} is required` };
  }
  if (startsAt !== null && endsAt !== null && Date.parse(startsAt) >= Date.parse(endsAt)) {
    return { field: "endsAt", problem: "a time after startsAt is required" };
  }
  const isAboutSome = Object.keys(CONDITIONS).some((name) => (rule[name as keyof RuleConditions] ?? false) !== false);
  return isAboutSome ? null : { field: "rule", problem: "at least one condition is required" };
}

function oneOfBoolean(value: unknown): string | null {
  return typeof value === "boolean" ? null : "true or false is required";
}

function storable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

/** Whether a rule's window is open: from its start, and no longer at its end. */
export function isInForce({ startsAt, endsAt }: MerchandisingRule, nowMs: number): boolean {
  return (startsAt === null || Date.parse(startsAt) <= nowMs) && (endsAt === null || nowMs < Date.parse(endsAt));
}

/** Whether it speaks of the viewed product, and so says nothing where none is viewed. */
export function isRelative({ sameCategory, minPriceRatio, maxPriceRatio }: RuleConditions): boolean {
  return sameCategory === true || minPriceRatio !== null || maxPriceRatio !== null;
}

/** The shop's rules as those who serve read them. */
export interface MerchandisingSource {
  /** In the order of their ids; a row that is no rule is reported and passed over. */
  load(): Promise<readonly MerchandisingRule[]>;
}
