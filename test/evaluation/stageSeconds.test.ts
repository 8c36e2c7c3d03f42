import { expect, it } from "vitest";
import { StageSeconds } from "../../src/evaluation/stageSeconds.js";

it("counts what lies between two reports as the first one's stage, and adds up its parts", async () => {
  let nowMs = 0;
  const stages = new StageSeconds(() => nowMs);
  const result = await stages.follow(async (enter) => {
    nowMs += 500; // before the first report: nobody's
    for (const [stage, ms] of [
      ["reading", 1000],
      ["fitting", 2000],
      ["fitting", 3000],
      ["reading", 250],
    ] as const) {
      enter(stage);
      nowMs += ms;
    }
    return "done";
  });
  expect(result).toBe("done");
  expect(stages.seconds()).toEqual({ reading: 1.25, fitting: 5 });
});
