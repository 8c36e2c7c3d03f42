import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const STOP_TIMEOUT_MS = 12_000;
const LAST_LINES = 12;

/** Programs that run beside each other: the last started is stopped first, so that none loses what it stands on. */
export class Services {
  /** Called once when one ends that nobody has stopped. */
  onEnd = (_service) => {};
  #running = [];
  #guard = null;
  #isStopping = false;

  /**
   * Start a program.
   *
   * @param options where it runs, its environment, the file for what it prints, and `onLine` for each line of its output
   */
  start(name, args, { cwd, env, log, onLine = () => {} }) {
    if (this.#isStopping) throw new Error(`Cannot start ${name}: everything is being stopped`);
    // A group of its own: Ctrl-C at the terminal reaches this program alone, which stops the others in order.
    const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    this.#guard ??= openGuard();
    this.#guard.write(`${child.pid}\n`);
    const service = { name, child, lines: [], log };
    const file = createWriteStream(log);
    readLines(child.stdout, (line) => {
      file.write(`${line}\n`);
      remember(service, line);
      onLine(line);
    });
    readLines(child.stderr, (line) => {
      file.write(`${line}\n`);
      remember(service, line);
    });
    child.once("exit", () => {
      if (!this.#isStopping) this.onEnd(service);
    });
    this.#running.push(service);
    return service;
  }

  get isStopping() {
    return this.#isStopping;
  }

  async stop() {
    if (this.#isStopping) return;
    this.#isStopping = true;
    for (const { child } of this.#running.reverse()) await stop(child);
  }

  /** End everything at once, for whoever does not want to wait. */
  kill() {
    for (const { child } of this.#running) signal(child.pid, "SIGKILL");
  }
}

/** Where process groups are told that shall not outlive this program, not even when it is killed. */
function openGuard() {
  const guard = spawn(process.execPath, [path.join(import.meta.dirname, "guard.mjs")], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.unref();
  // Without a guard everything runs as well.
  guard.stdin.on("error", () => {});
  return guard.stdin;
}

function remember(service, line) {
  service.lines.push(line);
  if (service.lines.length > LAST_LINES) service.lines.shift();
}

function readLines(stream, onLine) {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    lines.forEach(onLine);
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  signal(child.pid, "SIGTERM");
  const inTime = await Promise.race([ended.then(() => true), wait(STOP_TIMEOUT_MS, false, { ref: false })]);
  if (inTime) return;
  signal(child.pid, "SIGKILL");
  await ended;
}

/** To a whole group; one that has ended meanwhile needs none. */
export function signal(group, name) {
  try {
    process.kill(-group, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/** Resolves when the address answers well; what comes before is a service that is not there yet. */
export async function untilAnswers(url, isStopping) {
  while (!isStopping()) {
    const isGood = await fetch(url, { signal: AbortSignal.timeout(2000) }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isGood) return;
    await wait(100);
  }
}

/** True when nobody listens there. */
export async function isFree(host, port) {
  const probe = createServer();
  const trouble = await new Promise((resolve) => {
    probe.once("error", resolve);
    probe.listen(port, host, () => probe.close(() => resolve(null)));
  });
  if (trouble !== null && trouble.code !== "EADDRINUSE") throw trouble;
  return trouble === null;
}
