import { describe, expect, it } from "vitest";
import { loadBackend } from "../../src/scorer/backend.js";
import { checkGates, HAND_GATES, N_SIGNALS } from "../../src/scorer/gates.js";
import { createReferenceScorer } from "../../src/scorer/reference.js";
import { createTensorScorer } from "../../src/scorer/tensorScorer.js";
import { describeScorer } from "../contracts/scorerContract.js";

const wasm = () => loadBackend({ choice: "wasm", nativeDir: null });

describeScorer("the plain reference", async (gates) => createReferenceScorer(gates));
describeScorer("TensorFlow.js with WebAssembly", async (gates) => createTensorScorer(gates, await wasm()));
describeScorer("TensorFlow.js with plain JavaScript", async (gates) =>
  createTensorScorer(gates, await loadBackend({ choice: "cpu", nativeDir: null })),
);

describe("the tensor scorer", () => {
  it("leaves no tensor behind over 1,000 calls", async () => {
    const backend = await wasm();
    const scorer = createTensorScorer(HAND_GATES, backend);
    const batch = {
      start: Int32Array.of(0, 3),
      placement: ["user" as const],
      value: Float32Array.from({ length: 3 * N_SIGNALS }, (_, i) => i),
    };
    const weight = new Float64Array(N_SIGNALS).fill(1);
    scorer.score(batch, weight);
    const before = backend.tf.memory().numTensors;
    for (let call = 0; call < 1000; call++) scorer.score(batch, weight);
    expect(backend.tf.memory().numTensors).toBe(before);
  });
});

describe("gates read from an artifact", () => {
  it("are refused when their kind is unknown", () => {
    expect(() => checkGates({ kind: "oracle" })).toThrow(/gates of kind "constant" are required/);
  });

  it("are refused when a placement lacks a gate or has one that is not finite", () => {
    const broken = { ...HAND_GATES, byPlacement: { ...HAND_GATES.byPlacement, similar: [1, Number.NaN, 0, 0] } };
    expect(() => checkGates(broken)).toThrow(/placement similar/);
    expect(() => checkGates({ kind: "constant", byPlacement: {} })).toThrow(/placement user/);
  });
});

describe("choosing a backend", () => {
  it("says why the native one cannot be had when it is asked for by name", async () => {
    await expect(loadBackend({ choice: "tensorflow", nativeDir: "/nonexistent" })).rejects.toThrow(
      /@tensorflow\/tfjs-node is required/,
    );
  });

  it("falls back to WebAssembly and notes why when the named folder holds no native one", async () => {
    const backend = await loadBackend({ choice: "auto", nativeDir: "/nonexistent" });
    expect(backend.name).toBe("wasm");
    expect(backend.note).toMatch(/loading it failed/);
  });
});
