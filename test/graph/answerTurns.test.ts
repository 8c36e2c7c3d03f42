import { describe, expect, it } from "vitest";
import { AnswerTurns } from "../../src/graph/answerTurns.js";

const aTurnOfTheLoop = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("writing the lists of one answer", () => {
  it("happens at once where the answer is small", async () => {
    const turns = new AnswerTurns();
    let isWritten = false;
    void turns.next(100).then(() => {
      isWritten = true;
    });
    await Promise.resolve();
    await Promise.resolve();
    expect(isWritten).toBe(true);
  });

  it("leaves room for others where it is large, and comes to an end", async () => {
    const turns = new AnswerTurns();
    let nWritten = 0;
    const lists = Array.from({ length: 100 }, () => turns.next(1000).then(() => nWritten++));
    await aTurnOfTheLoop();
    expect(nWritten).toBeGreaterThan(0);
    expect(nWritten).toBeLessThan(50);
    await Promise.all(lists);
    expect(nWritten).toBe(100);
  });
});
