import { expect, test } from "vitest";
import { SIGNAL_NAMES, type SignalName } from "../../src/domain/setting.js";
import { HAND_GATES } from "../../src/scorer/gates.js";
import { gatesByStrength, LEARNED_PLACEMENTS } from "../../src/training/gatesByStrength.js";

const STRENGTH = new Map<SignalName, number>([
  ["collaborative", 0.2],
  ["content", 0.05],
  ["sequence", 0],
]);
const gateOf = (name: SignalName, nQuestions: number) =>
  gatesByStrength(STRENGTH, nQuestions).byPlacement.user[SIGNAL_NAMES.indexOf(name)];
const byHand = (name: SignalName) => HAND_GATES.byPlacement.user[SIGNAL_NAMES.indexOf(name)];

test("a signal speaks as loud as its lists are good, and one without lists of its own as by hand", () => {
  expect([gateOf("collaborative", 600), gateOf("content", 600), gateOf("sequence", 600)]).toEqual([1, 0.125, 0]);
  expect(gateOf("latent", 600)).toBe(byHand("latent"));
});

test("few questions silence nobody: the fewer, the nearer to the gates by hand", () => {
  expect(gateOf("sequence", 75)).toBeCloseTo(byHand("sequence") / 2, 12);
  expect(gateOf("sequence", 3)).toBeCloseTo(0.98 * byHand("sequence"), 12);
  expect(gateOf("sequence", 150)).toBe(0);
});

test("where no signal found anything all gates stay as by hand", () => {
  expect(gatesByStrength(new Map([["content", 0]]), 600)).toBe(HAND_GATES);
});

test("lists that no question was asked for keep their gates", () => {
  const { byPlacement } = gatesByStrength(STRENGTH, 600);
  for (const placement of ["cart", "product", "similar", "boughtTogether", "trending"] as const) {
    expect(LEARNED_PLACEMENTS).not.toContain(placement);
    expect(byPlacement[placement]).toEqual(HAND_GATES.byPlacement[placement]);
  }
});
