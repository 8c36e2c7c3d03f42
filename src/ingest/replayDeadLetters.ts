import type { DeadLetterStore, KeptDeadLetter, Replayed } from "../domain/deadLetters.js";
import { RecommenderError } from "../domain/errors.js";
import type { DeadLetter, StreamKind, StreamWriter } from "../domain/stream.js";
import { type DecodedMessage, decodeMessage, type MessageOptions } from "./decodeMessage.js";
import { Rejection } from "./rejection.js";

export interface ReplayParts {
  readonly writer: StreamWriter;
  readonly options: MessageOptions;
  /** What each topic is about; letters of other topics are left alone. */
  readonly kinds: ReadonlyMap<string, StreamKind>;
}

/**
 * Bring one dead letter in as if it came now, through the decode and the write of every message: one that has taken
 * effect meanwhile, or lies among the dead twice, has no second one.
 */
export async function replayDeadLetter(letter: DeadLetter, { writer, options, kinds }: ReplayParts): Promise<Replayed> {
  const kind = kinds.get(letter.topic);
  if (kind === undefined) return refused(`the topic ${letter.topic} is none of this shop`);
  if ((letter.value?.length ?? 0) < letter.nBytes) return refused("only its beginning is kept");
  const decoded = decodeMessage(kind, letter, options);
  if (decoded instanceof Rejection) return refused(decoded.message);
  try {
    await writer.write({ position: null, deadLetters: [], ...effectOf(decoded) });
    return { isBroughtIn: true };
  } catch (error) {
    if (error instanceof RecommenderError && error.code === "MESSAGE_REFUSED") return refused(error.message);
    throw error;
  }
}

/** The same for one that is kept: brought in, it waits no longer. */
export async function replayKept(
  letter: KeptDeadLetter,
  store: Pick<DeadLetterStore, "markReplayed">,
  parts: ReplayParts,
): Promise<Replayed> {
  const replayed = await replayDeadLetter(letter, parts);
  if (replayed.isBroughtIn) await store.markReplayed([letter.deadLetterId]);
  return replayed;
}

function refused(why: string): Replayed {
  return { isBroughtIn: false, why };
}

function effectOf(decoded: Exclude<DecodedMessage, Rejection>) {
  return {
    interactions: "interaction" in decoded ? [decoded.interaction] : [],
    updates: "update" in decoded ? [decoded.update] : [],
    commands: "command" in decoded ? [decoded.command] : [],
  };
}
