import {
  type IntakeResult,
  type InteractionIntake,
  MAX_REPORTED,
  type RawInteraction,
  type RejectedInteraction,
} from "../domain/engine.js";
import type { CountEvents, EventFate, EventSource } from "../domain/eventCount.js";
import { ACTION_TYPES, type ActionType, actionCode, type Interaction } from "../domain/interaction.js";
import type { InteractionWriter, LiveWriteResult } from "../domain/ports.js";
import { type DecodeOptions, decodeInteraction } from "./decodeInteraction.js";
import { readBody, type SentEvent } from "./readBody.js";
import { REJECT_REASONS, Rejection } from "./rejection.js";
import { Turns } from "./turns.js";

export interface IntakeParts {
  readonly writer: InteractionWriter;
  readonly clock: () => number;
  /** The oldest time that is kept; without it every time is. */
  readonly oldestMs?: () => number;
  readonly countEvents?: CountEvents;
}

/**
 * The one way in for live events: each is decoded, the good ones are written in one transaction, the others come back
 * with their place and reason. The same event twice in one call counts once. Without a good one nothing is written. A
 * large call is decoded in turns, between which the event loop breathes.
 */
export function createIntake({ writer, clock, oldestMs, countEvents = () => {} }: IntakeParts): InteractionIntake {
  const record = async (events: readonly SentEvent[], source: EventSource) => {
    const decoded = await decodeAll(events, { nowMs: clock(), oldestMs: oldestMs?.(), door: "live" });
    const ends = endsOf(decoded, await write(decoded, writer));
    for (const [kind, nEvents] of countKinds(events, ends)) {
      const [action, fate] = kind.split(" ") as [ActionType, EventFate];
      countEvents({ source, action, fate, nEvents });
    }
    return resultOf(ends);
  };
  return {
    record,
    async recordBody(body, format, check) {
      const events = await readBody(body, format);
      check(events.filter((event): event is RawInteraction => !(event instanceof Rejection)));
      return record(events, "http");
    },
  };
}

type Decoded = Interaction | Rejection;
type End = "accepted" | "duplicate" | Rejection;

async function decodeAll(events: readonly SentEvent[], options: DecodeOptions): Promise<readonly Decoded[]> {
  const turns = new Turns();
  const decoded: Decoded[] = [];
  for (const event of events) {
    decoded.push(decode(event, options));
    await turns.next();
  }
  return decoded;
}

function decode(event: SentEvent, options: DecodeOptions): Decoded {
  if (event instanceof Rejection) return event;
  const decoded = decodeInteraction(event, options);
  return decoded instanceof Rejection ? decoded : decoded.interaction;
}

async function write(decoded: readonly Decoded[], writer: InteractionWriter): Promise<LiveWriteResult | null> {
  const interactions = decoded.filter((one): one is Interaction => !(one instanceof Rejection));
  return interactions.length === 0 ? null : writer.write(interactions);
}

const ERASED = new Rejection("erased_shopper", `Cannot take the event: ${REJECT_REASONS.erased_shopper}`);

/** What became of each event; of several with one key the first was accepted, if any was. */
function endsOf(decoded: readonly Decoded[], written: LiveWriteResult | null): readonly End[] {
  const unclaimed = new Set(written?.countedKeys);
  return decoded.map((one) => {
    if (one instanceof Rejection) return one;
    if (written?.erasedKeys.has(one.eventKey)) return ERASED;
    return unclaimed.delete(one.eventKey) ? "accepted" : "duplicate";
  });
}

function resultOf(ends: readonly End[]): IntakeResult {
  let accepted = 0;
  let duplicates = 0;
  const rejected: RejectedInteraction[] = [];
  ends.forEach((end, index) => {
    if (end === "accepted") accepted++;
    else if (end === "duplicate") duplicates++;
    else if (rejected.length < MAX_REPORTED) rejected.push({ index, reason: end.reason, message: end.message });
  });
  return { accepted, duplicates, rejected, nRejected: ends.length - accepted - duplicates };
}

/** Events by "action fate". */
function countKinds(events: readonly SentEvent[], ends: readonly End[]): ReadonlyMap<string, number> {
  const nOf = new Map<string, number>();
  ends.forEach((end, index) => {
    const kind = `${actionOf(events[index])} ${fateOf(end)}`;
    nOf.set(kind, (nOf.get(kind) ?? 0) + 1);
  });
  return nOf;
}

function fateOf(end: End): EventFate {
  if (typeof end === "string") return end;
  if (end === ERASED) return "erased";
  return end.reason === "too_old" ? "too_old" : "rejected";
}

function actionOf(event: SentEvent | null): ActionType {
  const name = event instanceof Rejection ? undefined : event?.action_type;
  return typeof name === "string" ? ACTION_TYPES[actionCode(name.trim().toLowerCase())] : "other";
}
