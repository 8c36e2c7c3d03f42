import { Mistake } from "../shop/mistake.js";

const MOST = 100;

/** @throws Mistake BAD_USER_INPUT unless it is a length that a list may have */
export function requireFirst(first: number): number {
  if (first >= 1 && first <= MOST) return first;
  throw new Mistake("BAD_USER_INPUT", `Cannot list: first from 1 to ${MOST} is required, found ${first}`);
}
