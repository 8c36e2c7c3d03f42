import type { Setting } from "../operations.js";

export interface Slider {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** Wider ranges than this are typed: on a slider every step would be too far. */
const WIDEST = 10_000;
/** Where a range is this many times as wide as what is useful, the slider covers the useful part. */
const USEFUL_DEFAULTS = 4;
const USEFUL_WITHOUT_DEFAULT = 20;
/** The reach of a slider that goes both ways. */
const BOTH_WAYS = 10;
const FEW_STEPS = 2;

/**
 * The slider of a number: its whole range where that is narrow, and otherwise the part around its default in which people
 * move it, made wider for a value beyond; the rest of the range is typed. Null where nothing is gained by one.
 */
export function sliderOf({ min, max, default: normal }: Setting, value: number): Slider | null {
  if (min === null || max === null || typeof normal !== "number" || max - min > WIDEST) return null;
  const [from, to] = max - min <= FEW_STEPS ? [min, max] : usefulRange(min, max, normal);
  const range = { min: Math.min(from, value), max: Math.max(to, value) };
  return { ...range, step: stepOf(to - from, normal) };
}

function usefulRange(min: number, max: number, normal: number): [number, number] {
  if (min < 0) return [Math.max(min, -BOTH_WAYS), Math.min(max, BOTH_WAYS)];
  const reach = normal === 0 ? USEFUL_WITHOUT_DEFAULT : normal * USEFUL_DEFAULTS;
  return [min, Math.min(max, reach)];
}

function stepOf(width: number, normal: number): number {
  if (width <= 1) return 0.01;
  if (width <= 4) return 0.05;
  return Number.isInteger(normal) && width > BOTH_WAYS * 2 ? 1 : 0.5;
}
