import type { KeptDeadLetter } from "../domain/deadLetters.js";
import { idProblem } from "../domain/ids.js";
import { readFirst } from "./adminSettings.js";
import { requireAdmin } from "./caller.js";
import type { GraphContext } from "./context.js";
import { badUserInput } from "./errors.js";

interface LetterArguments {
  readonly first?: number | null;
  readonly after?: number | null;
  readonly reason?: string | null;
}

/** Most dead letters of one replay: each is a transaction. */
const MAX_REPLAYED = 100;
/** Characters of a payload that are shown; `dlq show` prints all. */
const SHOWN_LENGTH = 4000;

/** Resolvers of what administrators ask of the messages that could not be taken. */
export const adminDeadLetters = {
  Query: {
    async recommendationDeadLetters(_root: unknown, args: LetterArguments, { caller, deadLetters }: GraphContext) {
      requireAdmin(caller, "read the dead letters");
      const filter = { reason: readReason(args.reason), after: args.after ?? 0, most: readFirst(args.first) };
      return (await deadLetters.waiting(filter)).map(shownLetter);
    },
    async recommendationDeadLetterCounts(_root: unknown, _args: unknown, { caller, deadLetters }: GraphContext) {
      requireAdmin(caller, "count the dead letters");
      return (await deadLetters.counts()).map(({ reason, nLetters }) => ({ reason, letters: nLetters }));
    },
  },
  Mutation: {
    async replayRecommendationDeadLetters(
      _root: unknown,
      { ids }: { ids: readonly number[] },
      { caller, deadLetters }: GraphContext,
    ) {
      requireAdmin(caller, "replay dead letters");
      if (ids.length > MAX_REPLAYED) {
        throw badUserInput(`Cannot replay dead letters: at most ${MAX_REPLAYED} ids are required, found ${ids.length}`);
      }
      return (await deadLetters.replay(ids)).map(({ deadLetterId, replayed }) => {
        return { id: deadLetterId, isBroughtIn: replayed.isBroughtIn, why: replayed.isBroughtIn ? null : replayed.why };
      });
    },
  },
};

/** Reasons are short words; what could be none is not looked for. */
function readReason(reason: string | null = null): string | null {
  const problem = reason === null ? null : idProblem(reason);
  if (problem === null) return reason;
  throw badUserInput(`Cannot read the dead letters: a reason they are kept for is required, found one that ${problem}`);
}

function shownLetter(letter: KeptDeadLetter) {
  const { deadLetterId, topic, partition, offset, sentAtMs, receivedAt, reason, message, key, value, nBytes } = letter;
  return {
    id: deadLetterId,
    topic,
    partition,
    offset: String(offset),
    sentAt: new Date(sentAtMs).toISOString(),
    receivedAt: receivedAt.toISOString(),
    reason,
    message,
    key: key && textOf(key),
    payload: value && textOf(value).slice(0, SHOWN_LENGTH),
    bytes: nBytes,
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
