import { expect, it } from "vitest";
import type { Interaction } from "../../src/domain/interaction.js";
import type { InteractionWriter } from "../../src/domain/ports.js";
import { createWriteBatcher } from "../../src/ingest/writeBatcher.js";
import { interaction } from "../store/interactions.js";
import { MemoryWriter } from "./memoryWriter.js";

const events = (...ids: string[]) => ids.map((eventId) => interaction({ eventId }));

it("calls that wait at the same time are one transaction, and each learns what became of its own", async () => {
  const store = new MemoryWriter();
  const { write } = createWriteBatcher(store);
  const results = await Promise.all([write(events("a", "b")), write(events("b", "c", "c")), write(events("a"))]);
  expect(store.calls).toEqual(["interactions 6"]);
  expect(results.map(({ accepted, duplicates }) => [accepted, duplicates])).toEqual([
    [2, 0],
    [1, 2],
    [0, 1],
  ]);
  const [{ eventKey }] = events("c");
  expect([...results[1].countedKeys]).toEqual([eventKey]);
});

it("what comes while two transactions run goes together into the next", async () => {
  const { writer, calls, letGo } = heldWriter();
  const { write } = createWriteBatcher(writer);
  const running = [write(events("a"))];
  await turn();
  running.push(write(events("b")));
  await turn();
  running.push(write(events("c")), write(events("d")), write(events("e")));
  await turn();
  expect(calls).toEqual([1, 1]);
  letGo();
  await Promise.all(running);
  expect(calls).toEqual([1, 1, 3]);
});

it("a call is never split, and a transaction takes five thousand", async () => {
  const store = new MemoryWriter();
  const { write } = createWriteBatcher(store);
  const call = (from: number, n: number) => write(events(...Array.from({ length: n }, (_, i) => `${from + i}`)));
  await Promise.all([call(0, 3000), call(3000, 2000), call(5000, 1), call(10_000, 6000)]);
  expect(store.calls).toEqual(["interactions 5000", "interactions 1", "interactions 6000"]);
});

it("a failed transaction fails the calls in it and no other", async () => {
  const store = new MemoryWriter();
  let nWrites = 0;
  const writer = {
    write: (interactions: readonly Interaction[]) =>
      nWrites++ === 0 ? Promise.reject(new Error("away")) : store.write(interactions),
  };
  const { write } = createWriteBatcher(writer);
  const failed = await Promise.allSettled([write(events("a")), write(events("b"))]);
  expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await write(events("a"))).toMatchObject({ accepted: 1 });
});

/** A writer whose transactions end when the test says so. */
function heldWriter() {
  const store = new MemoryWriter();
  const calls: number[] = [];
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const writer: InteractionWriter = {
    async write(interactions) {
      calls.push(interactions.length);
      await gate;
      return store.write(interactions);
    },
  };
  return { writer, calls, letGo: () => letGo() };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
