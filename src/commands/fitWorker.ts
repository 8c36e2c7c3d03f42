import { parentPort, workerData } from "node:worker_threads";
import { RecommenderError } from "../domain/errors.js";
import type { MatrixFit, SignalInput, WholeSignal } from "../signals/signal.js";
import { matrixSignal, WHOLE_SIGNALS } from "../training/signalCatalogue.js";
import type { FitAnswer, FitTask, MatrixOrder } from "./fitThreads.js";

/** Prepared signals kept: as many as are usually fitted at once. */
const MAX_PREPARED = 2;

const input = workerData as SignalInput;
const prepared = new Map<number, MatrixFit | null>();

/**
 * Entry of a fitting thread: prepares a signal once and fits whatever range it is asked for. What was fitted is copied on
 * its way back: once any memory of a thread was handed over, V8 checks every access to any typed array of it (a training
 * of the sample shop: 15.9 against 12.9 s).
 */
parentPort?.on("message", (task: FitTask) => parentPort?.postMessage(answer(task)));

function answer(task: FitTask): FitAnswer {
  try {
    return { result: perform(task) };
  } catch (error) {
    const code = error instanceof RecommenderError ? error.code : null;
    if (!(error instanceof Error)) return { message: String(error), stack: null, code };
    return { message: error.message, stack: error.stack ?? null, code };
  }
}

function perform(task: FitTask): unknown {
  if (task.kind === "whole") {
    const signal: WholeSignal<unknown> = WHOLE_SIGNALS[task.name];
    return signal.fit(input, task.parameters);
  }
  const fit = preparedFor(task.of);
  if (task.kind === "range") return fit?.fitRange(task.range) ?? null;
  return fit?.assemble(task.pieces) ?? null;
}

function preparedFor({ id, name, parameters, fitted }: MatrixOrder): MatrixFit | null {
  if (!prepared.has(id)) {
    const oldest = prepared.keys().next();
    if (prepared.size >= MAX_PREPARED && oldest.done !== true) prepared.delete(oldest.value);
    prepared.set(id, matrixSignal(name).prepare(input, parameters, fitted));
  }
  return prepared.get(id) ?? null;
}
