import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The service runs as in production: who asks is a router. */
export const ROUTER_SECRET = "the-router-of-the-benchmark";

const MAIN = fileURLToPath(new URL("./main.js", import.meta.url));

/** The built service in a process of its own. */
export interface RunningService {
  readonly address: string;
  /** What it printed while it started. */
  readonly lines: readonly string[];
  /** Resident memory now and at its highest, in MB; NaN where the system does not tell. */
  memory(): { readonly nowMb: number; readonly peakMb: number };
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** Processor to run on, or null for any. */
  readonly core: number | null;
}

/** Start the service and wait for the line that says where it is. */
export async function startService({ environment, core }: ServiceOptions): Promise<RunningService> {
  const command = [process.execPath, "--enable-source-maps", MAIN, "serve"];
  const [program, ...args] = core === null ? command : ["taskset", "-c", String(core), ...command];
  const child = spawn(program, args, { env: { ...process.env, ...environment, PORT: "0", LOG_LEVEL: "warn" } });
  const lines: string[] = [];
  const address = await addressOf(child, lines);
  return {
    address,
    lines,
    memory: () => memoryOf(child.pid as number),
    stop: () => stopped(child),
  };
}

function addressOf(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let rest = "";
    let errors = "";
    child.stderr?.on("data", (chunk) => {
      errors += chunk;
    });
    child.once("close", (code) => reject(new Error(`The service ended with code ${code}: ${errors}`)));
    child.stdout?.on("data", (chunk) => {
      const parts = `${rest}${chunk}`.split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      const address = parts.map((line) => /^(?:Open|Ready at) (.*)\/graphql$/.exec(line)?.[1]).find(Boolean);
      if (address !== undefined) resolve(address);
    });
  });
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    child.kill("SIGINT");
  });
}

function memoryOf(pid: number): { nowMb: number; peakMb: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
    return { nowMb: read("VmRSS"), peakMb: read("VmHWM") };
  } catch {
    return { nowMb: Number.NaN, peakMb: Number.NaN };
  }
}
