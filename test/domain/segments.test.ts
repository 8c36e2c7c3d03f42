import { describe, expect, it } from "vitest";
import { segmentsOf } from "../../src/domain/segments.js";

describe("the segments of a shopper", () => {
  it("are attributes with their values, in alphabetical order", () => {
    expect(segmentsOf({ gender: "F", city: "Bremen" })).toEqual(["city=bremen", "gender=f"]);
    expect(segmentsOf({ city: "Bremen", gender: "F" })).toEqual(["city=bremen", "gender=f"]);
  });

  it("know no upper case, so one kind is not two", () => {
    expect(segmentsOf({ city: "BREMEN" })).toEqual(segmentsOf({ city: "Bremen" }));
  });

  it.each([
    ["0", "0–9"],
    ["9", "0–9"],
    ["10", "10–19"],
    ["21", "20–29"],
    ["27.5", "20–29"],
    ["029", "20–29"],
    ["-1", "-10–-1"],
  ])("take the number %s into the band %s", (age, band) => {
    expect(segmentsOf({ age })).toEqual([`age=${band}`]);
  });

  it.each(["1e3", "21 years", "1,5", "+7", "."])("leave %s as it is: not every digit is a number", (value) => {
    expect(segmentsOf({ size: value })).toEqual([`size=${value}`]);
  });

  it("leave out what is empty and what is a text about one shopper", () => {
    expect(segmentsOf({ a: "", b: "x".repeat(64), c: "x".repeat(65) })).toEqual([`b=${"x".repeat(64)}`]);
    expect(segmentsOf({})).toEqual([]);
  });
});
