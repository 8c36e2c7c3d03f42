import { MAX_REPORTED, type ProductIntake, type RejectedInteraction } from "../domain/engine.js";
import type { ProductUpdate } from "../domain/product.js";
import type { StreamWriter } from "../domain/stream.js";
import { decodeProductUpdate } from "./decodeProductUpdate.js";
import { readBody, type SentEvent } from "./readBody.js";
import type { RawFields } from "./readField.js";
import { Rejection } from "./rejection.js";
import { Turns } from "./turns.js";

export interface ProductIntakeParts {
  readonly writer: StreamWriter;
  readonly clock: () => number;
}

/**
 * The door for a catalogue without Kafka: each message is decoded as one of `product-updates`, the good ones are written in
 * one transaction, the others come back with their place and reason. Without a good one nothing is written.
 */
export function createProductIntake({ writer, clock }: ProductIntakeParts): ProductIntake {
  return {
    async updateBody(body, format) {
      const decoded = await decodeAll(await readBody(body, format, "products"), clock());
      const updates = decoded.filter((one): one is ProductUpdate => !(one instanceof Rejection));
      if (updates.length > 0) await writer.write({ ...NOTHING_ELSE, updates });
      const rejected = rejectionsOf(decoded);
      return {
        accepted: updates.length,
        rejected: rejected.slice(0, MAX_REPORTED),
        nRejected: rejected.length,
      };
    },
  };
}

const NOTHING_ELSE = { position: null, interactions: [], commands: [], deadLetters: [] };

async function decodeAll(
  messages: readonly SentEvent[],
  nowMs: number,
): Promise<readonly (ProductUpdate | Rejection)[]> {
  const turns = new Turns();
  const decoded: (ProductUpdate | Rejection)[] = [];
  for (const message of messages) {
    decoded.push(decode(message, nowMs));
    await turns.next();
  }
  return decoded;
}

function decode(message: SentEvent, nowMs: number): ProductUpdate | Rejection {
  if (message instanceof Rejection) return message;
  const decoded = decodeProductUpdate(message as RawFields, { nowMs, sentAtMs: nowMs });
  return decoded instanceof Rejection ? decoded : decoded.update;
}

function rejectionsOf(decoded: readonly (ProductUpdate | Rejection)[]): readonly RejectedInteraction[] {
  return decoded.flatMap((one, index) =>
    one instanceof Rejection ? [{ index, reason: one.reason, message: one.message }] : [],
  );
}
