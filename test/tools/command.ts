import { type ChildProcess, spawn } from "node:child_process";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** A command of the built service, as a person at a terminal runs it. */
export interface RunningCommand {
  readonly process: ChildProcess;
  /** Everything printed so far. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Resolves with the first line of standard output that matches, or rejects when the command ends before. */
  line(pattern: RegExp): Promise<string>;
  /** Resolves when the command has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/**
 * These variables and none of the machine's own that the service knows. Port and data folder have no default here: those
 * of the service may belong to one that runs beside the tests.
 */
export function commandEnvironment(environment: Record<string, string>): Record<string, string> {
  const inherited = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  const own = { PORT: "0", DATA_DIR: path.join(os.tmpdir(), `recommender-command-${process.pid}`) };
  return { ...inherited, LOG_LEVEL: "warn", ...own, ...environment };
}

/** Start a command in an environment of its own (see `commandEnvironment`); killed when the test ends, or when `atEnd` says. */
export function startCommand(
  args: readonly string[],
  environment: Record<string, string>,
  atEnd: (kill: () => void) => void = onTestFinished,
): RunningCommand {
  const child = spawn(process.execPath, [MAIN, ...args], { env: commandEnvironment(environment) });
  atEnd(() => {
    child.kill("SIGKILL");
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = stdout.split("\n").find((text) => pattern.test(text));
        if (found !== undefined) resolve(found);
      };
      look();
      child.stdout.on("data", look);
      void ended.then(() => reject(new Error(`The command ended without ${pattern}: ${stdout}${stderr}`)));
    });
  return { process: child, output: () => ({ stdout, stderr }), line, ended };
}
