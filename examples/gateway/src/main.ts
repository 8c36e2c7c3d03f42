import { setMaxListeners } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { composeSupergraph } from "./composeSupergraph.js";
import { readConfiguration } from "./configuration.js";
import { createGateway } from "./createGateway.js";

// Every list of a page waits for the one signal that says its visitor has gone: that is no leak.
setMaxListeners(100);

const configuration = readConfiguration(process.env);
const supergraph = await composeSupergraph(configuration, (text) => console.error(text));
const gateway = createGateway(supergraph, configuration);
const server = createServer(gateway);
server.on("error", (error: NodeJS.ErrnoException) => {
  console.error(`Cannot listen on ${configuration.host}:${configuration.port}: ${error.message}`);
  process.exit(1);
});
server.listen(configuration.port, configuration.host, () => {
  const { port } = server.address() as AddressInfo;
  console.log(`Gateway at http://${configuration.host}:${port}/graphql`);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await closed;
    await gateway[Symbol.asyncDispose]();
    process.exit(0);
  });
}
