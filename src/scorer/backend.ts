import { createRequire } from "node:module";
import path from "node:path";
import util from "node:util";
import type * as tfTypes from "@tensorflow/tfjs-core";
import { RecommenderError } from "../domain/errors.js";

export type BackendChoice = "auto" | "tensorflow" | "wasm" | "cpu";

/** One TensorFlow.js engine. Use only the `tf` it carries: a second copy of tfjs-core has its own backends. */
export interface TensorBackend {
  readonly name: "tensorflow" | "wasm" | "cpu";
  readonly tf: typeof tfTypes;
  /** Why a preferred backend was passed over, or null. */
  readonly note: string | null;
}

export interface BackendOptions {
  readonly choice: BackendChoice;
  /** Folder in whose node_modules the native @tensorflow/tfjs-node stands, or null for the service's own. */
  readonly nativeDir: string | null;
}

const NATIVE = "@tensorflow/tfjs-node";

const requireHere = createRequire(import.meta.url);

/**
 * Load the backend that was asked for; `auto` takes the native one where it loads, then wasm.
 *
 * @throws RecommenderError BACKEND_UNAVAILABLE if the one asked for by name cannot be loaded
 */
export async function loadBackend({ choice, nativeDir }: BackendOptions): Promise<TensorBackend> {
  if (choice === "wasm") return loadWasm(null);
  if (choice === "cpu") return loadCpu();
  const native = tryNative(nativeDir);
  if ("backend" in native) return native.backend;
  if (choice === "tensorflow") {
    throw new RecommenderError(
      "BACKEND_UNAVAILABLE",
      `Cannot load the native scorer: ${NATIVE} is required, ${native.problem}`,
      { nativeDir },
    );
  }
  return loadWasm(`tensorflow: ${native.problem}`);
}

/** An unbuilt or half-installed package throws anything at all; whatever it throws, it is absent. */
function tryNative(nativeDir: string | null): { backend: TensorBackend } | { problem: string } {
  restoreRemovedNodeFunctions();
  try {
    const load = nativeDir === null ? requireHere : createRequire(path.resolve(nativeDir) + path.sep);
    const tf = load(NATIVE) as typeof tfTypes;
    return { backend: { name: "tensorflow", tf, note: null } };
  } catch (error) {
    const [first] = (error as Error).message.split("\n");
    if (!first.startsWith(`Cannot find module '${NATIVE}'`)) return { problem: `loading it failed: ${first}` };
    return { problem: `it is not installed${nativeDir === null ? "" : ` in ${nativeDir}`}` };
  }
}

/** tfjs-node 4.22 calls two functions that Node 23 removed; without them its first operation dies. */
function restoreRemovedNodeFunctions(): void {
  const legacy = util as unknown as Record<string, unknown>;
  legacy.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  legacy.isArray ??= Array.isArray;
}

async function loadWasm(note: string | null): Promise<TensorBackend> {
  const tf = requireHere("@tensorflow/tfjs-core") as typeof tfTypes;
  const wasm = requireHere("@tensorflow/tfjs-backend-wasm") as { setWasmPaths(prefix: string): void };
  const entry = requireHere.resolve("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(path.dirname(entry) + path.sep);
  await activate(tf, "wasm");
  return { name: "wasm", tf, note };
}

async function loadCpu(): Promise<TensorBackend> {
  const tf = requireHere("@tensorflow/tfjs-core") as typeof tfTypes;
  requireHere("@tensorflow/tfjs-backend-cpu");
  await activate(tf, "cpu");
  return { name: "cpu", tf, note: null };
}

async function activate(tf: typeof tfTypes, name: string): Promise<void> {
  if (!(await tf.setBackend(name))) {
    throw new RecommenderError("BACKEND_UNAVAILABLE", `Cannot start the ${name} backend of TensorFlow.js`, { name });
  }
  await tf.ready();
}
