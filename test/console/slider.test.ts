import { describe, expect, it } from "vitest";
import { SIGNALS } from "../../console/parts/signals.js";
import { sliderOf } from "../../console/views/slider.js";
import { type NumberSetting, SETTINGS, SIGNAL_NAMES } from "../../src/domain/setting.js";

const numbers = Object.entries(SETTINGS).filter(([, { type }]) => type === "number") as [string, NumberSetting][];

function sliderFor({ min, max, defaultValue }: NumberSetting, value = defaultValue) {
  const rest = { name: "", format: null, value, help: "", effect: "AT_ONCE" } as const;
  return sliderOf({ ...rest, type: "NUMBER", min, max, default: defaultValue }, value);
}

describe("the slider of a setting", () => {
  it.each(numbers)("%s stays in its range, and reaches what holds", (_name, setting) => {
    for (const value of [setting.min, setting.defaultValue, setting.max]) {
      const slider = sliderFor(setting, value);
      if (slider === null) continue;
      expect(slider.min).toBeGreaterThanOrEqual(setting.min);
      expect(slider.max).toBeLessThanOrEqual(setting.max);
      expect(value).toBeGreaterThanOrEqual(slider.min);
      expect(value).toBeLessThanOrEqual(slider.max);
      expect((slider.max - slider.min) / slider.step).toBeGreaterThan(9);
    }
  });

  it("covers what people use of a wide range, and leaves the widest to be typed", () => {
    expect(sliderFor(SETTINGS["weight.content"])).toEqual({ min: 0, max: 4, step: 0.05 });
    expect(sliderFor(SETTINGS["diversity.strength"])).toEqual({ min: 0, max: 1, step: 0.01 });
    expect(sliderFor(SETTINGS["limits.requestsPerMinute"])).toBeNull();
  });
});

it("every signal of the engine has a colour", () => {
  expect(SIGNALS).toEqual(SIGNAL_NAMES);
});
