import type { AdminCommand } from "../domain/adminCommand.js";
import type { Interaction } from "../domain/interaction.js";
import type { ProductUpdate } from "../domain/product.js";
import type { DeadLetter, StreamKind, StreamMessage } from "../domain/stream.js";
import { toDeadLetter } from "./deadLetter.js";
import { decodeMessage, type MessageOptions } from "./decodeMessage.js";
import { Rejection } from "./rejection.js";

/** What the messages of a chunk mean. */
export interface DecodedChunk {
  readonly interactions: Interaction[];
  readonly updates: ProductUpdate[];
  readonly commands: AdminCommand[];
  readonly deadLetters: DeadLetter[];
  /** Messages that came too late to count: a fate, no mistake. */
  readonly nTooOld: number;
}

/** Decode messages of one kind, in their order. */
export function decodeChunk(
  kind: StreamKind,
  messages: readonly StreamMessage[],
  options: MessageOptions,
): DecodedChunk {
  const chunk: DecodedChunk = { interactions: [], updates: [], commands: [], deadLetters: [], nTooOld: 0 };
  let nTooOld = 0;
  for (const message of messages) {
    const decoded = decodeMessage(kind, message, options);
    if (decoded instanceof Rejection) {
      if (decoded.reason === "too_old") nTooOld++;
      else chunk.deadLetters.push(toDeadLetter(message, decoded));
    } else if ("interaction" in decoded) chunk.interactions.push(decoded.interaction);
    else if ("update" in decoded) chunk.updates.push(decoded.update);
    else chunk.commands.push(decoded.command);
  }
  return { ...chunk, nTooOld };
}
