import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { BodyFormat, IntakeResult, InteractionIntake, RawInteraction } from "../domain/engine.js";
import { RecommenderError } from "../domain/errors.js";
import { canWriteUsers, WRITE_REQUIREMENT } from "./caller.js";
import type { FailureReport } from "./errors.js";
import { sendError } from "./httpRoutes.js";
import { MAX_EVENTS_BODY_BYTES } from "./limits.js";
import { TimeLimit } from "./timeLimit.js";

const FORMATS: Readonly<Record<string, BodyFormat>> = {
  "application/json": "json",
  "application/x-ndjson": "ndjson",
};

/** Bodies held at once; beyond, a sender is asked to come back, so that a flood costs no memory. */
const MAX_HELD_BYTES = 16 * MAX_EVENTS_BODY_BYTES;
const RETRY_AFTER_SECONDS = 1;

export interface InteractionParts {
  readonly intake: InteractionIntake;
  readonly failures: FailureReport;
  readonly requestSeconds: () => number;
}

/**
 * `POST /interactions`: events as a JSON array or as NDJSON, answered when they are committed. One that may not be written
 * refuses the whole call; one that makes no sense is rejected alone and reported.
 */
export function addInteractionRoute(app: FastifyInstance, parts: InteractionParts): void {
  app.register(async (door) => {
    readBytes(door);
    boundHeldBytes(door);
    door.post("/interactions", { bodyLimit: MAX_EVENTS_BODY_BYTES }, (request, reply) => take(request, reply, parts));
  });
}

/** The bytes stay bytes here: reading them is for the room that reads events from everywhere else, too. */
function readBytes(door: FastifyInstance): void {
  door.removeAllContentTypeParsers();
  door.addContentTypeParser(Object.keys(FORMATS), { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

/** Counts a body from its headers to the end of its answer, whether it ends well or the sender goes away. */
function boundHeldBytes(door: FastifyInstance): void {
  let nHeldBytes = 0;
  door.addHook("onRequest", (request, reply, done) => {
    const nBytes = announcedBytes(request);
    if (nHeldBytes > 0 && nHeldBytes + nBytes > MAX_HELD_BYTES) {
      reply.header("retry-after", RETRY_AFTER_SECONDS);
      sendError(reply, 503, "INTERACTIONS_BUSY", "Cannot take the events: too many are being written, send them again");
      return;
    }
    nHeldBytes += nBytes;
    reply.raw.once("close", () => {
      nHeldBytes -= nBytes;
    });
    done();
  });
}

/** A body that does not say how long it is may become as long as any. */
function announcedBytes({ headers }: FastifyRequest): number {
  const nBytes = Number(headers["content-length"] ?? MAX_EVENTS_BODY_BYTES);
  return Math.min(nBytes, MAX_EVENTS_BODY_BYTES);
}

async function take(
  request: FastifyRequest,
  reply: FastifyReply,
  { intake, failures, requestSeconds }: InteractionParts,
) {
  const format = formatOf(request);
  if (format === undefined) return refuseFormat(reply);
  try {
    const body = request.body as Buffer;
    const time = new TimeLimit(requestSeconds());
    return answerOf(await time.within(() => intake.recordBody(body, format, (events) => requireOwn(request, events))));
  } catch (error) {
    if (error instanceof NotAllowedError) return sendError(reply, 403, "FORBIDDEN", error.message);
    if (isUnreadable(error)) return sendError(reply, 400, "BAD_USER_INPUT", error.message);
    const { message } = failures.interactionsUnavailable(error);
    reply.header("retry-after", RETRY_AFTER_SECONDS);
    return sendError(reply, 503, "INTERACTIONS_UNAVAILABLE", message);
  }
}

/** Without a body no parser has looked at the content type yet. */
function formatOf({ headers, body }: FastifyRequest): BodyFormat | undefined {
  const [type] = (headers["content-type"] ?? "").split(";");
  return Buffer.isBuffer(body) ? FORMATS[type.trim().toLowerCase()] : undefined;
}

function refuseFormat(reply: FastifyReply): FastifyReply {
  const required = `a body of type ${Object.keys(FORMATS).join(" or ")} is required`;
  return sendError(reply, 415, "UNSUPPORTED_MEDIA_TYPE", `Cannot take the events: ${required}`);
}

class NotAllowedError extends Error {}

function requireOwn({ caller }: FastifyRequest, events: readonly RawInteraction[]): void {
  if (canWriteUsers(caller, events.map(userIdOf))) return;
  throw new NotAllowedError(`Cannot take the events: ${WRITE_REQUIREMENT}`);
}

/** As the decoder reads it: 42 and "42" are one shopper, and empty text is none. What is no id is nobody's own. */
function userIdOf(event: RawInteraction | null | undefined): string | null {
  const userId = event?.user_id;
  if (userId === undefined || userId === null || userId === "") return null;
  return typeof userId === "object" ? "" : String(userId);
}

function isUnreadable(error: unknown): error is RecommenderError {
  return error instanceof RecommenderError && error.code === "INVALID_INPUT";
}

function answerOf({ accepted, duplicates, rejected, nRejected }: IntakeResult) {
  return { accepted, duplicates, rejected, rejected_count: nRejected };
}
