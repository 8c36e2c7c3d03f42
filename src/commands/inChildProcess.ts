import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ErrorCode, RecommenderError } from "../domain/errors.js";

type ChildMessage<Progress, Result> =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "done"; readonly result: Result }
  /** A failure the engine names; the class of an error does not survive the way between processes. */
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: "failed"; readonly message: string; readonly stack: string | null };

/** Work in a process of its own. */
export interface WorkInChild<Result> {
  readonly result: Promise<Result>;
  /** End it at once; what it had not committed is gone. */
  stop(): Promise<void>;
}

/**
 * Run long work beside the process that answers requests: these are answered meanwhile, the memory that the work needed is
 * given back when it ends, and should it run out of memory it dies alone. `name` is the file of this folder that calls
 * `workInChild`. Its order goes through a channel, so that no address or secret stands in a list of processes.
 *
 * @throws RecommenderError as the work does; TRAINING_FAILED or INVALID_IMPORT by `whenLost` if the process just ends
 */
export function inChildProcess<Progress, Result>(
  name: string,
  order: object,
  { onProgress, whenLost }: { onProgress: (progress: Progress) => void; whenLost: ErrorCode },
): WorkInChild<Result> {
  const child = fork(entryOf(name), { serialization: "advanced", execArgv: ["--enable-source-maps"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const result = new Promise<Result>((resolve, reject) => {
    child.on("message", (sent) => {
      const message = sent as ChildMessage<Progress, Result>;
      if (message.kind === "ready") child.send(order);
      if (message.kind === "progress") onProgress(message.progress);
      if (message.kind === "done") resolve(message.result);
      if (message.kind === "refused") reject(new RecommenderError(message.code, message.message));
      if (message.kind === "failed") reject(failureOf(message));
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      const how = signal === null ? `with code ${code}` : `by ${signal}`;
      reject(new RecommenderError(whenLost, `Cannot finish: the process ${name} ended ${how}`, { name }));
    });
  });
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  return { result, stop };
}

function failureOf({ message, stack }: { readonly message: string; readonly stack: string | null }): Error {
  const error = new Error(message);
  if (stack !== null) error.stack = stack;
  return error;
}

/** The built entry: a process cannot run TypeScript, so from sources (tests) the one in dist/ is taken. */
function entryOf(name: string): string {
  const beside = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL(`../../dist/commands/${name}.js`, import.meta.url));
}

/** The other side: called once by the entry of a process. Does nothing where nobody started it for work. */
export async function workInChild<Order, Progress, Result>(
  work: (order: Order, report: (progress: Progress) => void) => Promise<Result>,
): Promise<void> {
  if (process.send === undefined) return;
  endWithParent();
  const answer = await answerOf(work, await receiveOrder<Order>());
  process.send(answer, undefined, undefined, () => process.exit());
}

function receiveOrder<Order>(): Promise<Order> {
  const order = new Promise<Order>((resolve) => process.once("message", (sent) => resolve(sent as Order)));
  process.send?.({ kind: "ready" });
  return order;
}

/** Ctrl-C reaches every process of a terminal at once; the parent stops this one in its turn, or takes it along. */
function endWithParent(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  process.once("disconnect", () => process.exit(1));
}

async function answerOf<Order, Progress, Result>(
  work: (order: Order, report: (progress: Progress) => void) => Promise<Result>,
  order: Order,
): Promise<ChildMessage<Progress, Result>> {
  const report = (progress: Progress) => {
    process.send?.({ kind: "progress", progress });
  };
  try {
    return { kind: "done", result: await work(order, report) };
  } catch (error) {
    if (error instanceof RecommenderError) return { kind: "refused", code: error.code, message: error.message };
    const { message, stack = null } = error instanceof Error ? error : new Error(String(error));
    return { kind: "failed", message, stack };
  }
}
