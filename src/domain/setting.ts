import { cronProblem } from "./cron.js";

/** The ranking signals, in the order in which their terms are added. */
export const SIGNAL_NAMES = [
  "collaborative",
  "regression",
  "sequence",
  "sequenceShort",
  "basket",
  "content",
  "inherited",
  "session",
  "neighbours",
  "latent",
  "repeat",
  "trending",
  "categoryTrend",
  "segmentTrend",
] as const;
export type SignalName = (typeof SIGNAL_NAMES)[number];

/** When a changed value shows: in the next list, or after the next training. */
export type SettingEffect = "at once" | "at the next training";

interface SettingShape {
  readonly help: string;
  readonly effect: SettingEffect;
}

export interface NumberSetting extends SettingShape {
  readonly type: "number";
  readonly defaultValue: number;
  readonly min: number;
  readonly max: number;
}

export interface BooleanSetting extends SettingShape {
  readonly type: "boolean";
  readonly defaultValue: boolean;
}

export interface TextSetting extends SettingShape {
  readonly type: "text";
  readonly defaultValue: string;
  /** What is allowed, for people. */
  readonly format: string;
  /** Say why a text is not allowed, or return null. */
  readonly problem: (text: string) => string | null;
}

export type SettingDefinition = NumberSetting | BooleanSetting | TextSetting;

/** What a setting can be set to. */
export type SettingValue = number | boolean | string;

function weight(help: string): NumberSetting {
  return { type: "number", defaultValue: 1, min: 0, max: 100, effect: "at once", help };
}

function action(defaultValue: number, help: string): NumberSetting {
  return { type: "number", defaultValue, min: -100, max: 100, effect: "at once", help };
}

function cap(help: string): NumberSetting {
  return { type: "number", defaultValue: 0, min: 0, max: 100, effect: "at once", help };
}

/** Every setting there is. Unknown names and values out of range are refused with the list of what exists. */
export const SETTINGS = {
  "weight.collaborative": weight("How much what similar shoppers chose counts; 0 removes it."),
  "weight.regression": weight("How much what together best predicts a choice counts; 0 removes it."),
  "weight.sequence": weight("How much what followed in other histories counts; 0 removes it."),
  "weight.sequenceShort": weight("How much what followed the last few steps counts; 0 removes it."),
  "weight.basket": weight("How much being bought in the same order counts; 0 removes it."),
  "weight.content": weight("How much alike names, categories, tags and prices count; 0 removes it."),
  "weight.inherited": weight("How much a product takes over from products of like description counts; 0 removes it."),
  "weight.session": weight("How much the most alike recent sessions count; 0 removes it."),
  "weight.neighbours": weight("How much the most alike shoppers' recent choices count; 0 removes it."),
  "weight.latent": weight("How much nearness in the space of learned tastes counts; 0 removes it."),
  "weight.repeat": weight("How much having been chosen before counts, where a list may repeat; 0 removes it."),
  "weight.trending": weight("How much what the shop sells right now counts; 0 removes it."),
  "weight.categoryTrend": weight("How much what sells right now in a shopper's categories counts; 0 removes it."),
  "weight.segmentTrend": weight("How much what sells right now to shoppers of the same kind counts; 0 removes it."),
  "action.view": action(1, "What a view adds to a shopper's profile."),
  "action.click": action(1, "What a click adds to a shopper's profile."),
  "action.add_to_cart": action(3, "What adding to the cart adds to a shopper's profile."),
  "action.remove_from_cart": action(-1, "What removing from the cart adds to a shopper's profile."),
  "action.wishlist": action(2, "What a wish adds to a shopper's profile."),
  "action.purchase": action(5, "What a purchase adds to a shopper's profile."),
  "action.dislike": action(-5, "What a dislike adds to a shopper's profile."),
  "action.return": action(-2, "What a return adds to a shopper's profile."),
  "rating.neutral": {
    type: "number",
    defaultValue: 3,
    min: -1000,
    max: 1000,
    effect: "at once",
    help: "The rating that says nothing; a rating r adds (r − neutral) · 2 to a profile.",
  },
  "profile.halfLifeDays": {
    type: "number",
    defaultValue: 365,
    min: 0.01,
    max: 36500,
    effect: "at once",
    help: "Days, counted from a profile's newest event, after which an event counts half, besides what each signal has learned of how far back to look.",
  },
  "trending.halfLifeDays": {
    type: "number",
    defaultValue: 0,
    min: 0,
    max: 36500,
    effect: "at the next training",
    help: "Days, counted from the newest event of the shop, after which an event counts half for trending; 0 lets the training choose.",
  },
  "training.effort": {
    type: "number",
    defaultValue: 1,
    min: 1,
    max: 2,
    effect: "at the next training",
    help: "How much a training tries: 1 the plan that suits most shops, 2 more values, judged on more shoppers, in about three times the time.",
  },
  "exclude.purchased": {
    type: "boolean",
    defaultValue: true,
    effect: "at once",
    help: "Leave out of a shopper's recommendations what they have already purchased.",
  },
  "exclude.seen": {
    type: "boolean",
    defaultValue: false,
    effect: "at once",
    help: "Leave out of a shopper's recommendations whatever they have interacted with.",
  },
  "newProducts.share": {
    type: "number",
    defaultValue: 0.05,
    min: 0,
    max: 0.5,
    effect: "at once",
    help: "Share of the places of a shopper's list for products that came after training and are like what they chose.",
  },
  "diversity.strength": {
    type: "number",
    defaultValue: 0,
    min: 0,
    max: 1,
    effect: "at once",
    help: "How much being unlike the products above counts against the score; 0 for not at all. Not in similar products.",
  },
  "cap.perCategory": cap("Most products of one category in a list, while others qualify; 0 for any number."),
  "cap.perBrand": cap("Most products of one brand in a list, while others qualify; 0 for any number."),
  "candidates.perSignal": {
    type: "number",
    defaultValue: 40,
    min: 10,
    max: 1000,
    effect: "at once",
    help: "How many products each signal proposes for a list.",
  },
  "training.minImprovement": {
    type: "number",
    defaultValue: -0.01,
    min: -1,
    max: 1,
    effect: "at the next training",
    help: "How much better than the served model a new one has to be, as a share of its NDCG@20 on held-out questions; negative allows it to be worse.",
  },
  "training.maxMinutes": {
    type: "number",
    defaultValue: 60,
    min: 1,
    max: 1440,
    effect: "at the next training",
    help: "Minutes after which a training gives up; what it would have learned is lost, and the served model stays.",
  },
  "training.schedule": {
    type: "text",
    defaultValue: "",
    format: "cron, UTC",
    problem: (text) => (text === "" ? null : cronProblem(text)),
    effect: "at once",
    help: "When to train: minute hour day month weekday, such as 0 3 * * * for three o'clock every night; empty for never.",
  },
  "training.afterEvents": {
    type: "number",
    defaultValue: 0,
    min: 0,
    max: 1_000_000_000,
    effect: "at once",
    help: "Train when so many interactions have arrived since the last training began; 0 never trains by itself.",
  },
  "models.keep": {
    type: "number",
    defaultValue: 10,
    min: 1,
    max: 1000,
    effect: "at the next training",
    help: "How many of the newest models are kept; those that serve, or would after a damage, always are.",
  },
  "privacy.trainOnOptedOut": {
    type: "boolean",
    defaultValue: false,
    effect: "at the next training",
    help: "Learn from shoppers who want no personal lists, too; their own lists stay the same as for everybody.",
  },
  "retention.months": {
    type: "number",
    defaultValue: 0,
    min: 0,
    max: 1200,
    effect: "at once",
    help: "Whole months besides the current one for which interactions are kept; older ones are deleted within minutes, and refused as too_old. 0 keeps all.",
  },
  "cache.maxAgeSeconds": {
    type: "number",
    defaultValue: 30,
    min: 0,
    max: 86400,
    effect: "at once",
    help: "How long a gateway or browser may keep a product's public lists.",
  },
  "limits.requestSeconds": {
    type: "number",
    defaultValue: 10,
    min: 0.1,
    max: 300,
    effect: "at once",
    help: "Seconds after which a request gets the lists that are ready, and an error in place of the others.",
  },
  "limits.requestsPerMinute": {
    type: "number",
    defaultValue: 0,
    min: 0,
    max: 1_000_000,
    effect: "at once",
    help: "Most requests of one caller in a minute, counted by each process; 0 for any number.",
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof SETTINGS;

export type SettingValues = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends BooleanSetting
    ? boolean
    : (typeof SETTINGS)[Name] extends TextSetting
      ? string
      : number;
};

export const DEFAULT_SETTINGS: SettingValues = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, definition]) => [name, definition.defaultValue]),
) as SettingValues;

/** What a name stands for; null where there is no such setting. */
export function settingDefinition(name: string): SettingDefinition | null {
  return isSettingName(name) ? SETTINGS[name] : null;
}

/** True for the names of SETTINGS, and not for what every object has, such as "constructor". */
export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

/** Say why a value cannot be given to a setting, or return null when it can. */
export function settingProblem(name: string, value: unknown): string | null {
  const definition = settingDefinition(name);
  if (definition === null) return `is unknown; the settings are ${Object.keys(SETTINGS).join(", ")}`;
  if (definition.type === "boolean")
    return typeof value === "boolean" ? null : `requires true or false, found ${shown(value)}`;
  if (definition.type === "text") {
    if (typeof value !== "string") return `requires text, found ${shown(value)}`;
    const problem = definition.problem(value);
    return problem === null ? null : `${problem}, found ${shown(value)}`;
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return `requires a finite number, found ${shown(value)}`;
  if (value < definition.min || value > definition.max) {
    return `requires a number from ${definition.min} to ${definition.max}, found ${value}`;
  }
  return null;
}

const LONGEST_SHOWN = 80;

/** A stored value may be any JSON, of any length; JSON itself has no word for NaN and the infinities. */
function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}
