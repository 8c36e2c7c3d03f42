import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type ErrorCode, RecommenderError } from "../domain/errors.js";
import type { SignalName } from "../domain/setting.js";
import type { Parameters, RowRange, SignalInput } from "../signals/signal.js";
import { type SparseMatrix, spreadRows } from "../signals/sparseMatrix.js";
import type { FittedMatrices, OpenFitter, WholeFits, WholeSignalName } from "../training/fitter.js";
import { rangesOf } from "../training/fitter.js";
import { checkedMatrix, requireFinite } from "../training/localFitter.js";
import { matrixSignal } from "../training/signalCatalogue.js";
import { sharedCopy } from "./sharedCopy.js";

/** What a fitting thread is asked for. */
export type FitTask =
  | { readonly kind: "range"; readonly of: MatrixOrder; readonly range: RowRange }
  | { readonly kind: "assemble"; readonly of: MatrixOrder; readonly pieces: readonly SparseMatrix[] }
  | { readonly kind: "whole"; readonly name: WholeSignalName; readonly parameters: Parameters };

/** One fit of one signal; `id` tells it from others that are under way. */
export interface MatrixOrder {
  readonly id: number;
  readonly name: SignalName;
  readonly parameters: Parameters;
  readonly fitted: FittedMatrices;
}

export type FitAnswer = { readonly result: unknown } | FitFailure;

export interface FitFailure {
  readonly message: string;
  readonly stack: string | null;
  readonly code: ErrorCode | null;
}

interface Waiting {
  readonly task: FitTask;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Fit on `nThreads` threads beside the calling one. The log and everything else large is shared, not copied, and the
 * pieces come back in order, so the number of threads changes the time and nothing else.
 */
export function fitterOnThreads(nThreads: number): OpenFitter {
  return (input) => {
    const pool = new FitPool(sharedCopy(input), nThreads);
    let nOrders = 0;
    return {
      async fitMatrix(name, parameters, fitted, rows) {
        const reads = matrixSignal(name).reads ?? [];
        const read = new Map([...fitted].filter(([other]) => reads.includes(other)));
        const of: MatrixOrder = { id: nOrders++, name, parameters, fitted: sharedCopy(read) };
        const ranges = rangesOf(input.log.nProducts, rows);
        const pieces = await Promise.all(ranges.map((range) => pool.run({ kind: "range", of, range })));
        if (pieces.length === 0 || pieces[0] === null) return null;
        const matrix = (await pool.run({ kind: "assemble", of, pieces: pieces as SparseMatrix[] })) as SparseMatrix;
        return checkedMatrix(name, rows === undefined ? matrix : spreadRows(matrix, rows));
      },
      async fitWhole(name, parameters, isAhead = false) {
        const fitted = await pool.run({ kind: "whole", name, parameters }, isAhead);
        requireFinite(name, fitted);
        return fitted as WholeFits[typeof name] | null;
      },
      close: () => pool.close(),
    };
  };
}

/** Threads that take the oldest waiting task as they become free, and those asked for ahead when no other waits. */
class FitPool {
  private readonly threads: Worker[];
  private readonly free: Worker[];
  private readonly queue: Waiting[] = [];
  private readonly ahead: Waiting[] = [];
  private readonly running = new Map<Worker, Waiting>();
  private failure: Error | null = null;

  constructor(input: SignalInput, nThreads: number) {
    this.threads = Array.from({ length: nThreads }, () => this.start(input));
    this.free = [...this.threads];
  }

  run(task: FitTask, isAhead = false): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.failure !== null) {
        reject(this.failure);
        return;
      }
      // What is complete is put together first, while the threads that fitted it still have it prepared.
      if (task.kind === "assemble") this.queue.unshift({ task, resolve, reject });
      else (isAhead ? this.ahead : this.queue).push({ task, resolve, reject });
      this.handOut();
    });
  }

  async close(): Promise<void> {
    await pause(IDLE_MS);
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  private start(input: SignalInput): Worker {
    const thread = new Worker(entry(), { workerData: input, name: "fit" });
    thread.on("message", (answer: FitAnswer) => this.settle(thread, answer));
    thread.on("error", (error) => this.fail(error));
    return thread;
  }

  private handOut(): void {
    while (this.free.length > 0) {
      const waiting = this.queue.shift() ?? this.ahead.shift();
      if (waiting === undefined) return;
      const thread = this.free.pop() as Worker;
      this.running.set(thread, waiting);
      thread.postMessage(waiting.task);
    }
  }

  private settle(thread: Worker, answer: FitAnswer): void {
    const waiting = this.running.get(thread);
    this.running.delete(thread);
    this.free.push(thread);
    if ("result" in answer) waiting?.resolve(answer.result);
    else waiting?.reject(failureOf(waiting.task, answer));
    this.handOut();
  }

  /** A thread that dies takes the whole fit with it: what it was doing is lost. */
  private fail(error: Error): void {
    this.failure = error;
    for (const waiting of [...this.running.values(), ...this.queue, ...this.ahead]) waiting.reject(error);
    this.running.clear();
    this.queue.length = 0;
    this.ahead.length = 0;
  }
}

/**
 * Node 20 takes the whole process down when a thread is ended for which V8 still compiles in the background. One that has
 * been idle for so long has nothing left to compile.
 */
const IDLE_MS = 200;

/** What went wrong and in which signal; the stack is the thread's, where it happened. */
function failureOf(task: FitTask, { message, stack, code }: FitFailure): Error {
  const stage = task.kind === "whole" ? task.name : task.of.name;
  const text = `Cannot fit ${stage}: ${message}`;
  const error = code === null ? new Error(text) : new RecommenderError(code, text, { stage });
  if (stack !== null) error.stack = `${text}\n${stack}`;
  return error;
}

/** The built entry: a thread cannot run TypeScript, so from sources (tests) the one in dist/ is taken. */
function entry(): URL {
  const beside = new URL("./fitWorker.js", import.meta.url);
  return existsSync(fileURLToPath(beside)) ? beside : new URL("../../dist/commands/fitWorker.js", import.meta.url);
}
