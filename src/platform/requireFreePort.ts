import { createServer } from "node:net";
import { portInUse } from "../domain/errors.js";

/**
 * Refuse a port that is taken before the work of a start begins; whoever takes it meanwhile is met when listening.
 *
 * @throws RecommenderError PORT_IN_USE
 */
export async function requireFreePort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  const isTaken = await new Promise<boolean>((resolve) => {
    // Any other trouble with the address is told by the listening itself, in its own words.
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EADDRINUSE"));
    probe.listen(port, host, () => probe.close(() => resolve(false)));
  });
  if (isTaken) throw portInUse(host, port);
}
