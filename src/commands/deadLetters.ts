import type { Config } from "../config.js";
import type { DeadLetterStore, KeptDeadLetter } from "../domain/deadLetters.js";
import { RecommenderError } from "../domain/errors.js";
import { oldestKeptMs } from "../domain/retention.js";
import { replayKept } from "../ingest/replayDeadLetters.js";
import type { Steps } from "../platform/steps.js";
import { createDeadLetterStore } from "../store/deadLetters.js";
import { createSettingsSource } from "../store/settingsSource.js";
import { replayParts } from "./openDeadLetters.js";
import { withShop } from "./openShop.js";

export interface DeadLetterOptions {
  readonly reason?: string;
}

const PAGE = 200;

/** `recommender dlq list`: the dead letters that wait, one a line, oldest first. */
export async function listDeadLetters(config: Config, steps: Steps, options: DeadLetterOptions): Promise<void> {
  await withShop(config, steps, async ({ database }) => {
    let nLetters = 0;
    for await (const letter of waiting(createDeadLetterStore(database), options)) {
      nLetters++;
      const { deadLetterId, reason, topic, partition, offset, receivedAt } = letter;
      steps.line(`${deadLetterId}  ${receivedAt.toISOString()}  ${topic}/${partition}@${offset}  ${reason}`);
    }
    steps.line(`${nLetters.toLocaleString("en")} dead letters wait`);
  });
}

/** `recommender dlq show ID`: all that is kept of one. */
export async function showDeadLetter(config: Config, steps: Steps, id: string): Promise<void> {
  await withShop(config, steps, async ({ database }) => {
    const letter = /^\d{1,9}$/.test(id) ? await createDeadLetterStore(database).find(Number(id)) : null;
    if (letter === null) {
      throw new RecommenderError("INVALID_INPUT", `Cannot show dead letter ${id}: the number of one is required`, {
        id,
      });
    }
    for (const [name, value] of factsOf(letter)) steps.line(`${name.padEnd(11)}${value}`);
    steps.line("");
    steps.line(textOf(letter.value));
  });
}

/** `recommender dlq replay`: bring in again what waits, in its order; what is still refused goes on waiting. */
export async function replayDeadLetters(config: Config, steps: Steps, options: DeadLetterOptions): Promise<void> {
  await withShop(config, steps, async ({ database }) => {
    const store = createDeadLetterStore(database);
    const settings = await createSettingsSource(database, (problem) => steps.print("settings", problem)).load();
    const oldestMs = oldestKeptMs(Date.now(), settings["retention.months"]);
    const parts = replayParts(config, database, oldestMs);
    let [nBroughtIn, nRefused] = [0, 0];
    for await (const letter of waiting(store, options)) {
      const replayed = await replayKept(letter, store, parts);
      if (replayed.isBroughtIn) nBroughtIn++;
      else {
        steps.line(`${letter.deadLetterId}  ${replayed.why}`);
        nRefused++;
      }
    }
    steps.line(`${nBroughtIn.toLocaleString("en")} brought in, ${nRefused.toLocaleString("en")} still refused`);
  });
}

/** Page by page, so that a million of them fit. */
async function* waiting(store: DeadLetterStore, { reason }: DeadLetterOptions): AsyncIterable<KeptDeadLetter> {
  for (let after = 0; ; ) {
    const page = await store.waiting({ reason: reason ?? null, after, most: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    after = page[page.length - 1].deadLetterId;
  }
}

function factsOf(letter: KeptDeadLetter): [string, string][] {
  const { topic, partition, offset, sentAtMs, key, headers, nBytes, sha256, reason, message, replayedAt } = letter;
  return [
    ["from", `${topic}/${partition}@${offset}`],
    ["sent", new Date(sentAtMs).toISOString()],
    ["reason", `${reason}: ${message}`],
    ["key", key === null ? "" : textOf(key)],
    ...headers.map(([name, value]): [string, string] => ["header", `${name}: ${textOf(value)}`]),
    ["size", `${nBytes} bytes, sha256 ${sha256}`],
    ["replayed", replayedAt?.toISOString() ?? "no"],
  ];
}

/** Control characters of a stranger's message are not the terminal's business. */
function textOf(bytes: Uint8Array | null): string {
  if (bytes === null) return "(no value)";
  return Buffer.from(bytes)
    .toString()
    .replace(/[^\P{Cc}\n\t]/gu, "\ufffd");
}
