import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadBackend } from "../../src/scorer/backend.js";
import type { GateNetwork } from "../../src/scorer/gateNetwork.js";
import { checkGates, HAND_GATES, N_SIGNALS } from "../../src/scorer/gates.js";
import { createReferenceScorer } from "../../src/scorer/reference.js";
import { createTensorScorer } from "../../src/scorer/tensorScorer.js";
import { batchOf, describeScorer, NETWORK_GATES } from "../contracts/scorerContract.js";

const wasm = () => loadBackend({ choice: "wasm", nativeDir: null });

describeScorer("the plain reference", async (gates) => createReferenceScorer(gates));
describeScorer("TensorFlow.js with WebAssembly", async (gates) => createTensorScorer(gates, await wasm()));
describeScorer("TensorFlow.js with plain JavaScript", async (gates) =>
  createTensorScorer(gates, await loadBackend({ choice: "cpu", nativeDir: null })),
);

describe("the tensor scorer", () => {
  it.each([
    ["constant gates", HAND_GATES],
    ["a network", NETWORK_GATES],
  ])("with %s leaves no tensor behind over 1,000 calls, and none at all once disposed", async (_, gates) => {
    const backend = await wasm();
    const { numTensors: nBefore } = backend.tf.memory();
    const scorer = createTensorScorer(gates, backend);
    const batch = batchOf([3, 0, 2], [1, -2, 0, 3]);
    const weight = new Float64Array(N_SIGNALS).fill(1);
    scorer.score(batch, weight);
    const { numTensors, numBytes } = backend.tf.memory();
    for (let call = 0; call < 1000; call++) scorer.score(batch, weight);
    expect(backend.tf.memory()).toMatchObject({ numTensors, numBytes });
    scorer.dispose();
    expect(backend.tf.memory().numTensors).toBe(nBefore);
  });

  it("still answers a batch that comes after it was disposed", async () => {
    const backend = await wasm();
    const scorer = createTensorScorer(NETWORK_GATES, backend);
    const batch = batchOf([3], [1, -2, 0, 3]);
    const weight = new Float64Array(N_SIGNALS).fill(1);
    const before = scorer.score(batch, weight).score;
    scorer.dispose();
    const { numTensors } = backend.tf.memory();
    expect([...scorer.score(batch, weight).score]).toEqual([...before]);
    expect(backend.tf.memory().numTensors).toBe(numTensors);
  });
});

describe("gates read from an artifact", () => {
  const refusal = (change: object) => () => checkGates({ ...NETWORK_GATES, ...change });
  const network = NETWORK_GATES.network as GateNetwork;

  it("come back from JSON as they were", () => {
    for (const gates of [HAND_GATES, NETWORK_GATES]) {
      expect(checkGates(JSON.parse(JSON.stringify(gates)))).toEqual(gates);
    }
  });

  it("are refused when their kind is unknown", () => {
    expect(refusal({ kind: "oracle" })).toThrow(/gates of kind "constant" or "network" are required/);
  });

  it("are refused when a placement lacks a gate or has one that is not finite", () => {
    const similar = HAND_GATES.byPlacement.similar.with(2, Number.NaN);
    expect(refusal({ byPlacement: { ...HAND_GATES.byPlacement, similar } })).toThrow(/placement similar/);
    expect(refusal({ byPlacement: {} })).toThrow(/placement user/);
    expect(refusal({ byPlacement: { ...HAND_GATES.byPlacement, product: [1, 2] } })).toThrow(/placement product/);
  });

  it("are refused when the network is missing, has another shape, or holds a number that is not finite", () => {
    expect(refusal({ network: null })).toThrow(/of the gate network/);
    expect(refusal({ network: { ...network, b2: [1] } })).toThrow(/14 finite numbers are required in b2/);
    expect(refusal({ network: { ...network, w1: network.w1.with(7, Number.NaN) } })).toThrow(/required in w1/);
    expect(refusal({ network: { ...network, deviation: network.deviation.with(0, 0) } })).toThrow(/in deviation/);
    expect(refusal({ network: { ...network, scale: undefined } })).toThrow(/14 finite numbers are required in scale/);
    expect(refusal({ network: { ...network, scale: network.scale.with(0, -1) } })).toThrow(/in scale/);
    expect(refusal({ networkPlacements: ["attic"] })).toThrow(/known placements/);
    expect(refusal({ kind: "constant" })).toThrow(/have no network/);
  });

  it("are refused when what answers are worth for newcomers is not a factor per signal", () => {
    expect(refusal({ newcomerFactor: { user: [1, 2] } })).toThrow(/14 finite factors are required for newcomers/);
    expect(refusal({ newcomerFactor: { user: new Array(14).fill(-1) } })).toThrow(/required for newcomers/);
  });
});

describe("choosing a backend", () => {
  it("says why the native one cannot be had when it is asked for by name", async () => {
    await expect(loadBackend({ choice: "tensorflow", nativeDir: "/nonexistent" })).rejects.toThrow(
      /@tensorflow\/tfjs-node is required, it is not installed in \/nonexistent$/,
    );
  });

  it("says what went wrong with one that is there and does not load", async () => {
    const nativeDir = mkdtempSync(path.join(os.tmpdir(), "recommender-native-"));
    onTestFinished(() => rmSync(nativeDir, { recursive: true }));
    const installed = path.join(nativeDir, "node_modules/@tensorflow/tfjs-node");
    mkdirSync(installed, { recursive: true });
    writeFileSync(path.join(installed, "index.js"), 'require("./binding.node")');
    const { note } = await loadBackend({ choice: "auto", nativeDir });
    expect(note).toBe("tensorflow: loading it failed: Cannot find module './binding.node'");
  });

  it("passes over nothing when WebAssembly is asked for by name", async () => {
    expect(await loadBackend({ choice: "wasm", nativeDir: null })).toMatchObject({ name: "wasm", note: null });
  });

  it("falls back to WebAssembly and notes why when the named folder holds no native one", async () => {
    const backend = await loadBackend({ choice: "auto", nativeDir: "/nonexistent" });
    expect(backend.name).toBe("wasm");
    expect(backend.note).toBe("tensorflow: it is not installed in /nonexistent");
  });
});
