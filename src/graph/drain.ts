import type { FastifyInstance } from "fastify";

const LOOK_AGAIN_MS = 50;

/**
 * Returns a function that stops taking connections, lets running requests end and then closes what is left. Node alone
 * would wait for connections that browsers open ahead of need and never use.
 */
export function createDrain(app: FastifyInstance): () => Promise<void> {
  let nRunning = 0;
  app.server.on("request", (_request, response) => {
    nRunning++;
    response.once("close", () => {
      nRunning--;
    });
  });
  return async () => {
    const closing = app.close();
    const looking = setInterval(() => {
      if (nRunning === 0) app.server.closeAllConnections();
    }, LOOK_AGAIN_MS);
    await closing.finally(() => clearInterval(looking));
  };
}
