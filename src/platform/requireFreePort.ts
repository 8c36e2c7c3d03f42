import { createServer } from "node:net";
import { cannotListen } from "../domain/errors.js";

/**
 * Refuse an address that cannot be listened on before the work of a start begins; who takes its port meanwhile is met
 * when listening.
 *
 * @throws RecommenderError PORT_IN_USE, or INVALID_CONFIG when the address is none of this machine's
 */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const probe = createServer();
  const trouble = await new Promise<Error | null>((resolve) => {
    probe.once("error", resolve);
    probe.listen(port, host, () => probe.close(() => resolve(null)));
  });
  if (trouble !== null) throw cannotListen(host, port, trouble);
}
