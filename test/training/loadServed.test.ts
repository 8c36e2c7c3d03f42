import { beforeAll, expect, test } from "vitest";
import { RecommenderError } from "../../src/domain/errors.js";
import type { ModelStore } from "../../src/domain/ports.js";
import { encodeModel } from "../../src/model/artifact.js";
import { loadServed } from "../../src/training/loadServed.js";
import { twoCircles } from "../worlds/shop.js";

let artifact: Uint8Array;
beforeAll(async () => {
  artifact = encodeModel(await twoCircles().train());
});

/** A store with these models, the active one first; an Error is thrown instead of given. */
function storeOf(artifacts: readonly (Uint8Array | Error)[], heldOut: Uint8Array | null = null): ModelStore {
  const read = async (version: number) => {
    const found = artifacts[version];
    if (found instanceof Error) throw found;
    return found;
  };
  const versions = artifacts.map((_, version) => ({ version, checksum: "" }));
  return {
    servableVersions: async () => versions,
    loadArtifact: read,
    loadHeldOut: async () => heldOut,
  } as Partial<ModelStore> as ModelStore;
}

const DAMAGED = Uint8Array.of(1, 2, 3);

test("nothing serves before the first model", async () => {
  expect(await loadServed(storeOf([]))).toBeNull();
});

test("the newest earlier model stands for a damaged active one, as it does in replicas", async () => {
  expect((await loadServed(storeOf([artifact, artifact])))?.version).toBe(0);
  expect((await loadServed(storeOf([DAMAGED, artifact])))?.version).toBe(1);
  expect(await loadServed(storeOf([DAMAGED, DAMAGED]))).toEqual({ version: 0, model: null, heldOut: null });
});

test("damaged lists are as good as none", async () => {
  const rival = await loadServed(storeOf([artifact], DAMAGED));
  expect(rival?.heldOut).toBeNull();
  expect(rival?.model?.productIds.length).toBe(10);
});

test("a lost connection says nothing about a model", async () => {
  const lost = new RecommenderError("DATABASE_UNAVAILABLE", "gone");
  await expect(loadServed(storeOf([lost, artifact]))).rejects.toBe(lost);
});
