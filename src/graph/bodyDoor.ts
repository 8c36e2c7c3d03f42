import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { BodyFormat } from "../domain/engine.js";
import { RecommenderError } from "../domain/errors.js";
import type { UnavailableError } from "./errors.js";
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

/** A route that takes many messages at once: `POST` with a JSON array or NDJSON, answered when they are committed. */
export interface BodyRoute {
  readonly url: string;
  /** What is sent, in words: "the events". */
  readonly what: string;
  /** The error's code while there is no room for another body. */
  readonly busyCode: string;
  /** Take the bytes; a NotAllowedError, or an error of the caller's making, is told to the sender. */
  readonly take: (body: Buffer, format: BodyFormat, request: FastifyRequest) => Promise<object>;
  /** Log what kept the messages from being taken, and say so. */
  readonly unavailable: (cause: unknown) => UnavailableError;
  readonly requestSeconds: () => number;
}

/** The caller may not send this. */
export class NotAllowedError extends Error {}

/** Add routes for large bodies; all of a server count towards one bound of bytes held. */
export function addBodyRoutes(app: FastifyInstance, routes: readonly BodyRoute[]): void {
  const held = { nBytes: 0 };
  for (const route of routes) {
    app.register(async (door) => {
      readBytes(door);
      boundHeldBytes(door, route, held);
      door.post(route.url, { bodyLimit: MAX_EVENTS_BODY_BYTES }, (request, reply) => take(request, reply, route));
    });
  }
}

/** The bytes stay bytes here: reading them is for the room that reads messages from everywhere else, too. */
function readBytes(door: FastifyInstance): void {
  door.removeAllContentTypeParsers();
  door.addContentTypeParser(Object.keys(FORMATS), { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

/** Counts a body from its headers to the end of its answer, whether it ends well or the sender goes away. */
function boundHeldBytes(door: FastifyInstance, { what, busyCode }: BodyRoute, held: { nBytes: number }): void {
  door.addHook("onRequest", (request, reply, done) => {
    const nBytes = announcedBytes(request);
    if (held.nBytes > 0 && held.nBytes + nBytes > MAX_HELD_BYTES) {
      reply.header("retry-after", RETRY_AFTER_SECONDS);
      sendError(reply, 503, busyCode, `Cannot take ${what}: too many are being written, send them again`);
      return;
    }
    held.nBytes += nBytes;
    reply.raw.once("close", () => {
      held.nBytes -= nBytes;
    });
    done();
  });
}

/** A body that does not say how long it is may become as long as any. */
function announcedBytes({ headers }: FastifyRequest): number {
  const nBytes = Number(headers["content-length"] ?? MAX_EVENTS_BODY_BYTES);
  return Math.min(nBytes, MAX_EVENTS_BODY_BYTES);
}

async function take(request: FastifyRequest, reply: FastifyReply, route: BodyRoute) {
  const format = formatOf(request);
  if (format === undefined) return refuseFormat(reply, route);
  try {
    const time = new TimeLimit(route.requestSeconds());
    return await time.within(() => route.take(request.body as Buffer, format, request));
  } catch (error) {
    if (error instanceof NotAllowedError) return sendError(reply, 403, "FORBIDDEN", error.message);
    if (isUnreadable(error)) return sendError(reply, 400, "BAD_USER_INPUT", error.message);
    const { message, extensions } = route.unavailable(error);
    reply.header("retry-after", RETRY_AFTER_SECONDS);
    return sendError(reply, 503, String(extensions.code), message);
  }
}

/** Without a body no parser has looked at the content type yet. */
function formatOf({ headers, body }: FastifyRequest): BodyFormat | undefined {
  const [type] = (headers["content-type"] ?? "").split(";");
  return Buffer.isBuffer(body) ? FORMATS[type.trim().toLowerCase()] : undefined;
}

function refuseFormat(reply: FastifyReply, { what }: BodyRoute): FastifyReply {
  const required = `a body of type ${Object.keys(FORMATS).join(" or ")} is required`;
  return sendError(reply, 415, "UNSUPPORTED_MEDIA_TYPE", `Cannot take ${what}: ${required}`);
}

/** Bytes that are not what their type says, or a message that the store will never take. */
function isUnreadable(error: unknown): error is RecommenderError {
  return error instanceof RecommenderError && ["INVALID_INPUT", "MESSAGE_REFUSED"].includes(error.code);
}
