import { execFileSync } from "node:child_process";
import os from "node:os";

/** Core 0 for the service, and this process (with the PostgreSQL it starts) off it; null where cores cannot be chosen. */
export function serviceCore(): number | null {
  if (os.cpus().length < 2) return null;
  try {
    execFileSync("taskset", ["-a", "-p", "-c", `1-${os.cpus().length - 1}`, String(process.pid)], { stdio: "ignore" });
    return 0;
  } catch {
    return null;
  }
}
