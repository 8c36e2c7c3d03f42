import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that systems give to whoever asks for any, so that nobody is given one of these meanwhile. */
const LOWEST = 30_000;
/** Test files that run at once take theirs from ranges of their own. */
const PER_WORKER = 150;
const N_WORKERS = 18;

const worker = Number(process.env.VITEST_POOL_ID ?? 0) % N_WORKERS;
let next = Math.floor(Math.random() * PER_WORKER);

/** A port that nobody listens on, another one each time. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < PER_WORKER; tried++) {
    const port = LOWEST + worker * PER_WORKER + (next++ % PER_WORKER);
    if (await isFree(port)) return port;
  }
  throw new Error(`A free port is required from ${LOWEST + worker * PER_WORKER}, found ${PER_WORKER} taken`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
