import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  /** Why the process does not do its work at the moment; empty when it does. */
  readonly problems: () => readonly string[];
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/** `/livez`, `/readyz` and `/metrics` of a process that serves nothing else. */
export async function startHealthServer(options: HealthOptions): Promise<{ address: string; close(): Promise<void> }> {
  const server = createServer((request, response) => void answer(request.url ?? "", response, options));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { address: `http://${options.host}:${port}`, close };
}

async function answer(url: string, response: ServerResponse, { problems, metrics }: HealthOptions): Promise<void> {
  const [path] = url.split("?");
  if (path === "/metrics") {
    const { contentType, text } = await metrics();
    response.writeHead(200, { "content-type": contentType }).end(text);
    return;
  }
  if (path === "/livez") return sendJson(response, 200, { status: "alive" });
  if (path !== "/readyz") return sendJson(response, 404, { error: "Only /livez, /readyz and /metrics are here" });
  const reasons = problems();
  if (reasons.length === 0) return sendJson(response, 200, { status: "ready" });
  return sendJson(response, 503, { status: "not ready", reasons });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
