import type { Config } from "../config.js";
import type { DeadLetterDesk } from "../domain/deadLetters.js";
import type { StreamKind } from "../domain/stream.js";
import { type ReplayParts, replayKept } from "../ingest/replayDeadLetters.js";
import type { Database } from "../store/database.js";
import { createDeadLetterStore } from "../store/deadLetters.js";
import { createStreamWriter } from "../store/streamWriter.js";

/** Wire the desk of a process that serves: a dead letter goes the way of `recommender dlq replay`. */
export function openDeadLetters(config: Config, database: Database, oldestMs: () => number): DeadLetterDesk {
  const store = createDeadLetterStore(database);
  return {
    waiting: store.waiting,
    counts: store.counts,
    async replay(deadLetterIds) {
      const parts = replayParts(config, database, oldestMs());
      const results = [];
      for (const deadLetterId of [...new Set(deadLetterIds)].sort((a, b) => a - b)) {
        const letter = await store.find(deadLetterId);
        if (letter === null || letter.replayedAt !== null) continue;
        results.push({ deadLetterId, replayed: await replayKept(letter, store, parts) });
      }
      return results;
    },
  };
}

/** What a replay needs: the topics of the shop, and the write of every message. */
export function replayParts(config: Config, database: Database, oldestMs: number): ReplayParts {
  const kinds = new Map<string, StreamKind>([
    [config.KAFKA_TOPIC_INTERACTIONS, "interactions"],
    [config.KAFKA_TOPIC_PRODUCTS, "products"],
    [config.KAFKA_TOPIC_COMMANDS, "commands"],
  ]);
  const options = { nowMs: Date.now(), oldestMs, commandsSecret: config.ADMIN_COMMANDS_SECRET };
  return { writer: createStreamWriter(database), kinds, options };
}
