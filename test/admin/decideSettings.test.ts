import { describe, expect, it } from "vitest";
import { type AskedChange, decideSettings } from "../../src/admin/decideSettings.js";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";

const current = { version: 3, values: { ...DEFAULT_SETTINGS, "weight.content": 2 } };

function change(changes: readonly AskedChange[], expectedVersion: number | null = 3) {
  return decideSettings(current, { kind: "change", changes, expectedVersion });
}

describe("a change of settings", () => {
  it("is accepted with what each setting was changed from and to", () => {
    const changes = [
      { name: "weight.content", value: 0 },
      { name: "exclude.seen", value: true },
    ];
    expect(change(changes)).toEqual({
      kind: "accepted",
      changes: [
        { name: "weight.content", from: 2, to: 0 },
        { name: "exclude.seen", from: false, to: true },
      ],
      values: { ...current.values, "weight.content": 0, "exclude.seen": true },
    });
  });

  it("to null brings the default back", () => {
    expect(change([{ name: "weight.content", value: null }])).toMatchObject({
      changes: [{ name: "weight.content", from: 2, to: 1 }],
      values: DEFAULT_SETTINGS,
    });
  });

  it.each([
    ["no change at all", [], "changes", /at least one change/],
    [
      "an unknown name",
      [{ name: "weight.magic", value: 1 }],
      "changes[0].name",
      /"weight.magic" is unknown.*weight.content/,
    ],
    ["a name every object has", [{ name: "constructor", value: 1 }], "changes[0].name", /is unknown/],
    ["NaN", [{ name: "weight.basket", value: Number.NaN }], "changes[0].value", /finite number, found NaN/],
    [
      "infinity",
      [{ name: "weight.basket", value: Number.POSITIVE_INFINITY }],
      "changes[0].value",
      /finite number, found Infinity/,
    ],
    ["a text", [{ name: "weight.basket", value: "2" }], "changes[0].value", /finite number, found "2"/],
    ["a number for a claim", [{ name: "exclude.seen", value: 1 }], "changes[0].value", /true or false, found 1/],
    ["nothing", [{ name: "weight.basket", value: undefined }], "changes[0].value", /found nothing/],
    ["a value out of range", [{ name: "weight.basket", value: 101 }], "changes[0].value", /from 0 to 100, found 101/],
  ])("with %s is refused", (_what, changes, field, message) => {
    expect(change(changes as AskedChange[])).toEqual({
      kind: "invalid",
      field,
      message: expect.stringMatching(message),
    });
  });

  it("is refused whole when one of several is wrong, and when one setting comes twice", () => {
    const good = { name: "weight.basket", value: 1 };
    expect(change([good, { name: "weight.content", value: -1 }])).toMatchObject({ field: "changes[1].value" });
    expect(change([good, good])).toMatchObject({ kind: "invalid", field: "changes[1].name" });
  });

  it("made for another version conflicts; made for whichever holds it does not", () => {
    const changes = [{ name: "weight.basket", value: 1 }];
    expect(change(changes, 2)).toEqual({ kind: "conflict", currentVersion: 3 });
    expect(change(changes, null).kind).toBe("accepted");
  });
});

describe("a rollback", () => {
  it("changes exactly what differs from the version brought back", () => {
    const target = { ...DEFAULT_SETTINGS, "exclude.seen": true };
    expect(decideSettings(current, { kind: "rollback", target, expectedVersion: null })).toEqual({
      kind: "accepted",
      changes: [
        { name: "weight.content", from: 2, to: 1 },
        { name: "exclude.seen", from: false, to: true },
      ],
      values: target,
    });
  });

  it("to a version that never was is refused", () => {
    const decision = decideSettings(current, { kind: "rollback", target: null, expectedVersion: null });
    expect(decision).toEqual({ kind: "invalid", field: "version", message: expect.stringContaining("never was") });
  });
});
