import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/scorer/seededRandom.js";
import { Proposals } from "../../src/serving/proposals.js";
import { Accumulator } from "../../src/signals/accumulator.js";

const SCALE_SIZE = 100;

/** Answers for `nProducts`, a few of them large, some negative, many equal. */
function answersOf(nProducts: number, seed: number): Accumulator {
  const random = seededRandom(seed);
  const answers = new Accumulator(nProducts);
  for (let product = 0; product < nProducts; product++) {
    if (random() < 0.7) answers.add(product, Math.round(1000 * random() ** 8) - 20 * random());
  }
  return answers;
}

/** The same by the plain way: everything positive, sorted. */
function sorted({ sum }: Accumulator, mayBeListed: (product: number) => boolean): number[] {
  const positive = [...sum.keys()].filter((product) => sum[product] > 0 && mayBeListed(product));
  return positive.sort((a, b) => sum[b] - sum[a] || a - b);
}

describe("proposals", () => {
  const inOrder = (a: number, b: number) => a - b;

  it.each([
    ["few products", 60, () => true],
    ["many products", 5000, () => true],
    ["many products, every other hidden", 5000, (product: number) => product % 2 === 0],
    ["many products, nearly all hidden", 5000, (product: number) => product % 100 === 0],
    ["many products, all hidden", 5000, () => false],
  ] as const)("are the best that may be listed, of %s", (_, nProducts, mayBeListed) => {
    const proposals = new Proposals(nProducts, inOrder);
    for (let seed = 1; seed <= 20; seed++) {
      const answers = answersOf(nProducts, seed);
      const scale = proposals.take(answers, 40);
      const best = sorted(answers, () => true).slice(0, SCALE_SIZE);
      const total = best.reduce((sum, product) => sum + answers.sum[product], 0);
      expect(scale).toBeCloseTo(total / SCALE_SIZE, 9);
      const proposed = proposals.best(40, mayBeListed).sort(inOrder);
      expect(proposed).toEqual(sorted(answers, mayBeListed).slice(0, 40).sort(inOrder));
    }
  });

  it("are right where the sample misleads: all that is large stands where no sample is taken", () => {
    const answers = new Accumulator(5000);
    for (let product = 0; product < 5000; product++)
      answers.add(product, product % 8 === 0 ? 1e-3 * product : 100 + product);
    const proposals = new Proposals(5000, inOrder);
    proposals.take(answers, 40);
    expect(proposals.best(40, () => true).sort(inOrder)).toEqual(
      sorted(answers, () => true)
        .slice(0, 40)
        .sort(inOrder),
    );
  });

  it("are right where the sample holds all that is large", () => {
    const answers = new Accumulator(5000);
    for (let product = 0; product < 5000; product++) answers.add(product, product % 8 === 0 ? 100 + product : 1e-3);
    const proposals = new Proposals(5000, inOrder);
    expect(proposals.take(answers, 40)).toBeGreaterThan(100);
    expect(proposals.best(40, () => true).sort(inOrder)).toEqual(
      sorted(answers, () => true)
        .slice(0, 40)
        .sort(inOrder),
    );
  });
});
