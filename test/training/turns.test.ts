import { describe, expect, it } from "vitest";
import { Turns } from "../../src/training/turns.js";

/** Work that ends when told to. */
function openWork() {
  let resolve = (_: string) => {};
  let reject = (_: Error) => {};
  const promise = new Promise<string>((onEnd, onFailure) => {
    resolve = onEnd;
    reject = onFailure;
  });
  let hasBegun = false;
  const work = () => {
    hasBegun = true;
    return promise;
  };
  return { work, resolve, reject, hasBegun: () => hasBegun };
}

const breath = () => new Promise((resolve) => setImmediate(resolve));

describe("Turns", () => {
  it("lets so many run at once, the others in the order in which they came", async () => {
    const turns = new Turns(2);
    const [a, b, c, d] = [openWork(), openWork(), openWork(), openWork()];
    const ends = [a, b, c, d].map(({ work }) => turns.take(work));
    await breath();
    expect([a, b, c, d].map(({ hasBegun }) => hasBegun())).toEqual([true, true, false, false]);
    b.resolve("b");
    await breath();
    expect([c, d].map(({ hasBegun }) => hasBegun())).toEqual([true, false]);
    a.resolve("a");
    c.resolve("c");
    d.resolve("d");
    expect(await Promise.all(ends)).toEqual(["a", "b", "c", "d"]);
  });

  it("begin nothing more once one has failed", async () => {
    const turns = new Turns(1);
    const [a, b] = [openWork(), openWork()];
    const ends = [a, b].map(({ work }) => turns.take(work));
    a.reject(new Error("broken"));
    const settled = await Promise.allSettled(ends);
    expect(settled.map((one) => one.status === "rejected" && (one.reason as Error).message)).toEqual([
      "broken",
      "broken",
    ]);
    expect(b.hasBegun()).toBe(false);
  });
});
