import { expect, test } from "vitest";
import { cronProblem } from "../../src/domain/cron.js";
import { settingProblem } from "../../src/domain/setting.js";

test.each(["0 3 * * *", "*/15 * * * *", "0 0 1,15 * 1-5", " 5 4 * * 7 ", "0-30/10 2 * * *"])(
  "%j is a schedule",
  (text) => {
    expect(cronProblem(text)).toBeNull();
  },
);

test.each(["", "0 3 * *", "60 3 * * *", "0 24 * * *", "0 3 0 * *", "0 3 * 13 *", "0 3 * * 8", "0 3 * * * *"])(
  "%j is none",
  (text) => {
    expect(cronProblem(text)).toMatch(/^requires five fields/);
  },
);

test.each(["a b c d e", "*/0 * * * *", "5-1 * * * *", "@daily", "0 3 * * *; DROP TABLE models"])(
  "nor is %j",
  (text) => {
    expect(settingProblem("training.schedule", text)).toMatch(/^requires five fields, .*, found "/);
  },
);

test("the schedule of trainings may be empty, and is text", () => {
  expect(settingProblem("training.schedule", "")).toBeNull();
  expect(settingProblem("training.schedule", 3)).toBe("requires text, found 3");
});
