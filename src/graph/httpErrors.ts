import { maxHeaderSize, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type FailureReport, KeysUnavailableError, RateLimitedError, UnauthenticatedError } from "./errors.js";
import { sendError } from "./httpRoutes.js";

interface HttpProblem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

/** What fails outside of GraphQL: a body that is not JSON or too large, a stranger, an address that is not there, a bug. */
export function addErrorHandlers(app: FastifyInstance, failures: FailureReport): void {
  app.setErrorHandler((error: FastifyError, request, reply) => send(request, reply, problemOf(error, failures)));
  app.setNotFoundHandler((request, reply) =>
    send(request, reply, { status: 404, code: "NOT_FOUND", message: "There is nothing at this address" }),
  );
}

/** An address that cannot be decoded never reaches a route. */
export function answerBadAddress(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  sendError(reply, 400, "BAD_REQUEST", "Cannot answer: a well-formed address is required, found a broken escape");
}

/** What never became a request, such as one with a token of 100 kB: no route, hook or door has seen it. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return;
  const { status, code, message } = BROKEN_REQUESTS[error.code ?? ""] ?? NO_HTTP;
  const body = JSON.stringify({ error: { code, message: `Cannot answer: ${message}` } });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

const BROKEN_REQUESTS: Readonly<Record<string, HttpProblem>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: "HEADERS_TOO_LARGE",
    message: `headers of at most ${maxHeaderSize} bytes are required`,
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: "REQUEST_TIMEOUT",
    message: "a request that is sent faster is required",
  },
};
const NO_HTTP: HttpProblem = { status: 400, code: "BAD_REQUEST", message: "a well-formed HTTP request is required" };

function problemOf(error: FastifyError, failures: FailureReport): HttpProblem {
  if (error instanceof UnauthenticatedError) {
    return { status: 401, code: "UNAUTHENTICATED", message: "Cannot answer: authentication is required" };
  }
  if (error instanceof RateLimitedError) {
    const { message, retryAfterSeconds } = error;
    return { status: 429, code: "RATE_LIMITED", message, retryAfterSeconds };
  }
  if (error instanceof KeysUnavailableError) {
    const errorId = failures.bug(error);
    const message = `Cannot answer: the sign-in cannot be checked now (error ${errorId})`;
    return { status: 503, code: "AUTHENTICATION_UNAVAILABLE", message };
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return { status, code: "BAD_REQUEST", message: error.message };
  const errorId = failures.bug(error);
  return { status: 500, code: "INTERNAL_SERVER_ERROR", message: `Internal error ${errorId}` };
}

/** What GraphQL clients know as BAD_REQUEST, in words that tell a program what to change. */
const PLAIN_CODES: Readonly<Record<number, string>> = { 413: "BODY_TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE" };

/** GraphQL clients understand a list of errors, everybody else gets one. */
function send(request: FastifyRequest, reply: FastifyReply, problem: HttpProblem): FastifyReply {
  const { status, code, message, retryAfterSeconds } = problem;
  reply.header("cache-control", "no-store");
  if (retryAfterSeconds !== undefined) reply.header("retry-after", retryAfterSeconds);
  if (status === 401) reply.header("www-authenticate", "Bearer");
  if (!request.url.startsWith("/graphql")) return sendError(reply, status, PLAIN_CODES[status] ?? code, message);
  return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
}
