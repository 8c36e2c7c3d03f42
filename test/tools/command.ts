import { type ChildProcess, spawn } from "node:child_process";
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

/** Start a command with these variables and none of the machine's own that the service knows. */
export function startCommand(args: readonly string[], environment: Record<string, string>): RunningCommand {
  const inherited = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...inherited, LOG_LEVEL: "warn", ...environment } });
  onTestFinished(() => {
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
