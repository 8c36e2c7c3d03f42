import net from "node:net";
import { onTestFinished } from "vitest";

export interface TcpProxy {
  /** The same address with the proxy's host and port. */
  readonly url: string;
  /** From now on every byte is swallowed, both ways, and nobody is told. */
  cut(): void;
  /** New connections pass again; those that were cut stay dead. */
  mend(): void;
}

/** Stands between a test and a server, so that the network between them can be cut without a word. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<net.Socket>();
  let isCut = false;
  const server = net.createServer((near) => {
    const far = net.connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      let isDead = isCut;
      from.on("data", (bytes) => {
        isDead ||= isCut;
        if (!isDead) to.write(bytes);
      });
      from.on("close", () => isDead || to.destroy()).on("error", () => {});
      sockets.add(from);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as net.AddressInfo).port);
  return {
    url: url.href,
    cut: () => {
      isCut = true;
    },
    mend: () => {
      isCut = false;
    },
  };
}
