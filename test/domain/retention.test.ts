import { expect, test } from "vitest";
import { oldestKeptMs } from "../../src/domain/retention.js";

const NOW_MS = Date.UTC(2026, 10, 25, 12);

test.each([
  [0, 0],
  [1, Date.UTC(2026, 9, 1)],
  [0.5, Date.UTC(2026, 9, 1)],
  [12, Date.UTC(2025, 10, 1)],
  [1200, 0],
])("with %s whole months besides the current one the oldest kept time is %d", (months, oldestMs) => {
  expect(oldestKeptMs(NOW_MS, months)).toBe(oldestMs);
});
