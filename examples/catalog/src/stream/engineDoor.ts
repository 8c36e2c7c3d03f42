import type { WaitingMessage } from "../shop/shopFile.js";
import type { Door } from "./door.js";

const PATHS = { interactions: "/interactions", products: "/products" } as const;
const TIMEOUT_MS = 10_000;

/** A body that will never be taken, as against an engine that is away. */
const NEVER = new Set([400, 413, 415]);

export interface EngineDoorParts {
  readonly engineUrl: string;
  /** Lets the shop speak for all its shoppers and products. */
  readonly serviceToken: () => Promise<string>;
  readonly warn: (text: string) => void;
}

/** Messages to the engine over HTTP, where there is no Kafka: answered when they are committed. */
export function openEngineDoor(parts: EngineDoorParts): Door {
  return { send: (messages) => send(messages, parts), close: async () => {} };
}

async function send(messages: readonly WaitingMessage[], { engineUrl, serviceToken, warn }: EngineDoorParts) {
  const answer = await fetch(new URL(PATHS[messages[0].topic], engineUrl), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${await serviceToken()}` },
    body: JSON.stringify(messages.map(({ body }) => body)),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await answer.text();
  if (answer.ok) return reportRejected(text, warn);
  if (!NEVER.has(answer.status)) throw new Error(`the engine answered ${answer.status}: ${text.slice(0, 200)}`);
  warn(`the engine refused ${messages.length} messages for good: ${text.slice(0, 500)}`);
}

function reportRejected(text: string, warn: (text: string) => void): void {
  const { rejected } = JSON.parse(text) as { rejected: readonly unknown[] };
  if (rejected.length > 0) warn(`the engine rejected messages: ${JSON.stringify(rejected).slice(0, 500)}`);
}
