import { expect, test } from "vitest";
import { LateRows } from "../../src/serving/lateRows.js";
import { Accumulator } from "../../src/signals/accumulator.js";

const hang = (rows: LateRows, source: number, entries: readonly [number, number][]) =>
  rows.hang(
    source,
    Int32Array.from(entries, ([product]) => product),
    Float32Array.from(entries, ([, value]) => value),
    entries.length,
  );

test("a row keeps its best, whatever came first, equal ones as the order of ties says", () => {
  const portions: [number, number][][] = [
    [[10, 0.5]],
    [
      [13, 0.75],
      [11, 0.5],
    ],
    [
      [12, 0.5],
      [14, 0.25],
    ],
  ];
  for (const order of [portions, portions.toReversed()]) {
    const rows = new LateRows(3, (a, b) => b - a);
    for (const portion of order) hang(rows, 7, portion);
    expect([...rows.entriesOf(7)]).toEqual([
      [13, 0.75],
      [12, 0.5],
      [11, 0.5],
    ]);
    expect(rows.leastOf(7)).toBe(0.5);
  }
});

test("many rows lie apart, and what is not there adds nothing", () => {
  const rows = new LateRows(2, (a, b) => a - b);
  expect(rows.isEmpty).toBe(true);
  for (let source = 0; source < 100; source++) hang(rows, source, [[source + 1, 1]]);
  const answers = new Accumulator(200);
  for (const source of [3, 99, 150]) rows.addRow(answers, source, 2);
  expect([answers.sum[4], answers.sum[100], answers.nTouched]).toEqual([2, 2, 2]);
  expect([rows.isEmpty, rows.leastOf(3), rows.leastOf(150)]).toEqual([false, 0, 0]);
  expect([...rows.entriesOf(150)]).toEqual([]);
});
