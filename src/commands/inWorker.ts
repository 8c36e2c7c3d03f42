import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { type ErrorCode, RecommenderError } from "../domain/errors.js";

type WorkerMessage<Progress, Result> =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "done"; readonly result: Result }
  /** A failure the engine names; the class of an error does not survive the way between threads. */
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string };

/** Work in a thread of its own. */
export interface WorkInThread<Result> {
  readonly result: Promise<Result>;
  /** End it at once; what it had not committed is gone. */
  stop(): Promise<void>;
}

/**
 * Run long work beside the request thread: requests are answered meanwhile, and the memory it needed is given back when
 * it ends. `name` is the file of this folder that calls `workInThread`.
 *
 * @throws RecommenderError as the work does; TRAINING_FAILED or INVALID_IMPORT by `whenLost` if the thread just ends
 */
export function inWorker<Progress, Result>(
  name: string,
  order: object,
  { onProgress, whenLost }: { onProgress: (progress: Progress) => void; whenLost: ErrorCode },
): WorkInThread<Result> {
  const worker = new Worker(entryOf(name), { workerData: order, name });
  const result = new Promise<Result>((resolve, reject) => {
    worker.on("message", (message: WorkerMessage<Progress, Result>) => {
      if (message.kind === "progress") onProgress(message.progress);
      if (message.kind === "done") resolve(message.result);
      if (message.kind === "refused") reject(new RecommenderError(message.code, message.message));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => {
      reject(new RecommenderError(whenLost, `Cannot finish: the thread ${name} ended with code ${code}`, { name }));
    });
  });
  const stop = async () => {
    await worker.terminate();
  };
  return { result, stop };
}

/** The built entry: a thread cannot run TypeScript, so from sources (tests) the one in dist/ is taken. */
function entryOf(name: string): URL {
  const beside = new URL(`./${name}.js`, import.meta.url);
  return existsSync(fileURLToPath(beside)) ? beside : new URL(`../../dist/commands/${name}.js`, import.meta.url);
}

/** The other side: called once by the entry of a thread. Does nothing where there is no thread. */
export async function workInThread<Order, Progress, Result>(
  work: (order: Order, report: (progress: Progress) => void) => Promise<Result>,
): Promise<void> {
  const port = parentPort;
  if (port === null) return;
  const post = (message: WorkerMessage<Progress, Result>) => port.postMessage(message);
  try {
    const result = await work(workerData as Order, (progress) => post({ kind: "progress", progress }));
    post({ kind: "done", result });
  } catch (error) {
    if (!(error instanceof RecommenderError)) throw error;
    post({ kind: "refused", code: error.code, message: error.message });
  }
}
