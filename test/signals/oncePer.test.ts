import { expect, it } from "vitest";
import { oncePer } from "../../src/signals/oncePer.js";

it("makes once per input, also where nothing comes of it, and never takes one input for another that looks alike", () => {
  const asked: string[] = [];
  const lengthOf = oncePer((input: { text: string }, more: number) => {
    asked.push(input.text);
    return input.text === "" ? undefined : input.text.length + more;
  });
  const [one, same, empty] = [{ text: "one" }, { text: "one" }, { text: "" }];
  expect([one, one, same, empty, empty].map((input) => lengthOf(input, 10))).toEqual([
    13,
    13,
    13,
    undefined,
    undefined,
  ]);
  expect(asked).toEqual(["one", "one", ""]);
});
