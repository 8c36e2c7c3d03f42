import { expect, test } from "vitest";
import type { ModelStore, NewModel, TrainingSource } from "../../src/domain/ports.js";
import { DEFAULT_SETTINGS, type SettingValues, settingProblem } from "../../src/domain/setting.js";
import { loadBackend } from "../../src/scorer/backend.js";
import { runTraining } from "../../src/training/runTraining.js";
import { twoCircles } from "../worlds/shop.js";

const MINUTE_MS = 60_000;

/** A training of two circles whose clock stands still, but jumps by `minutes` when the stage `slow` begins. */
function trainingOf({ slow, minutes }: { slow: string; minutes: number }, settings: Partial<SettingValues> = {}) {
  const shop = twoCircles();
  const stages: string[] = [];
  const published: NewModel[] = [];
  let nowMs = 1_000_000 * MINUTE_MS;
  const source: TrainingSource = {
    countInteractions: async () => shop.rows.length,
    async *readInteractions() {
      yield shop.columns();
    },
    readSegments: async () => shop.segments,
    readProducts: async () => shop.stored(),
  };
  const models = {
    publish: async (model: NewModel) => published.push(model),
    deleteAllBut: async () => [],
    servableVersions: async () => [],
  } as Partial<ModelStore> as ModelStore;
  const ports = {
    ...{ source, models },
    settings: { load: async () => ({ ...DEFAULT_SETTINGS, ...settings }) },
    clock: () => nowMs,
  };
  const run = async () =>
    runTraining(ports, { backend: await loadBackend({ choice: "cpu", nativeDir: null }) }, null, ({ stage }) => {
      if (stage === slow && stages.at(-1) !== slow) nowMs += minutes * MINUTE_MS;
      stages.push(stage);
    });
  return { run, stages, published };
}

test.each([
  ["reading interactions", "arranging interactions"],
  ["comparing models", "fitting to everything"],
  ["fitting to everything", "fitting to everything"],
])("a training whose time is up after %s ends before %s and publishes nothing", async (slow, next) => {
  const { run, stages, published } = trainingOf({ slow, minutes: 60.3 });
  const message = `Cannot finish the training: at most 60 minutes are allowed (training.maxMinutes), 60.3 had passed at "${next}"`;
  await expect(run()).rejects.toMatchObject({ code: "TRAINING_FAILED", message });
  expect(stages.at(-1)).toBe(slow);
  expect(published).toEqual([]);
});

test("how long a training takes changes nothing of what it learns, as long as the time is not up", async () => {
  const [quick, slow] = [0, 60].map((minutes) => trainingOf({ slow: "reading interactions", minutes }));
  await quick.run();
  await slow.run();
  expect(slow.published[0].artifact).toEqual(quick.published[0].artifact);
});

test("the shop says how many minutes a training may take", async () => {
  const short = trainingOf({ slow: "reading interactions", minutes: 2.5 }, { "training.maxMinutes": 2 });
  await expect(short.run()).rejects.toThrow(/at most 2 minutes are allowed .*, 2\.5 had passed/);
  const long = trainingOf({ slow: "reading interactions", minutes: 1000 }, { "training.maxMinutes": 1440 });
  await long.run();
  expect(long.published).toHaveLength(1);
  for (const [value, problem] of [
    [0.5, /from 1 to 1440/],
    [1441, /from 1 to 1440/],
  ] as const) {
    expect(settingProblem("training.maxMinutes", value)).toMatch(problem);
  }
});
