import { describe, expect, it } from "vitest";
import { loadBackend } from "../../src/scorer/backend.js";
import { createTensorScorer } from "../../src/scorer/tensorScorer.js";
import { describeScorer } from "../contracts/scorerContract.js";

const nativeDir = process.env.TFJS_NODE_DIR ?? null;

if (nativeDir === null && process.env.REQUIRE_TFJS_NODE !== "1") {
  const reason = "TFJS_NODE_DIR names no folder with @tensorflow/tfjs-node (scripts/install-tfjs-node makes one)";
  // The reporter tells that something was skipped, not why.
  console.log(`Skipped, the scorer on native TensorFlow: ${reason}`);
  describe("a scorer on native TensorFlow", () => {
    it.skip(reason, () => {});
  });
} else {
  const native = () => loadBackend({ choice: "tensorflow", nativeDir });
  describeScorer("native TensorFlow", async (gates) => createTensorScorer(gates, await native()));

  describe("the native backend", () => {
    it("is what `auto` takes where it is present", async () => {
      expect((await loadBackend({ choice: "auto", nativeDir })).name).toBe("tensorflow");
      expect((await native()).tf.getBackend()).toBe("tensorflow");
    });
  });
}
