import { randomUUID } from "node:crypto";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { Logger } from "../platform/logger.js";

/** Codes whose messages were written for clients. Everything else is masked. */
const CLIENT_CODES = new Set([
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "FORBIDDEN",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "RECOMMENDATIONS_UNAVAILABLE",
  "INTERACTIONS_UNAVAILABLE",
  "PRODUCTS_UNAVAILABLE",
]);

/** The caller's mistake; the text says what is required and what was found. Never logged. */
export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}

/** A mistake that refuses the whole request, with an HTTP status of its own. */
export function refuseRequest(code: string, message: string, status: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}

/** The caller is known and may not do this. */
export function forbidden(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "FORBIDDEN" } });
}

/** Nobody in particular could be made out, where somebody is required. Carries no detail: it goes to strangers. */
export class UnauthenticatedError extends Error {}

/** This caller has asked more often than a caller may. */
export class RateLimitedError extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super(`Cannot answer: too many requests, the next one is answered in ${retryAfterSeconds} s`);
  }
}

/** The key set that signs tokens could not be fetched: the token may be good, nobody can tell. */
export class KeysUnavailableError extends Error {}

/** What fails of ours and is told to its client as being away for now. */
type UnavailableCode = "RECOMMENDATIONS_UNAVAILABLE" | "INTERACTIONS_UNAVAILABLE" | "PRODUCTS_UNAVAILABLE";

/** Lists could not be computed, or interactions or products not be kept. Carries the id under which the cause is in the log. */
export class UnavailableError extends GraphQLError {
  constructor(code: UnavailableCode, message: string, errorId: string) {
    super(`${message} (error ${errorId})`, { extensions: { code, errorId } });
  }
}

/** The one place where failures meet the log: every failure is logged once, under an id that its client gets. */
export interface FailureReport {
  listsUnavailable(cause: unknown): UnavailableError;
  interactionsUnavailable(cause: unknown): UnavailableError;
  productsUnavailable(cause: unknown): UnavailableError;
  /** Log a bug under a new id, or return the id it has: one cause that fails 500 entities is one line. */
  bug(cause: unknown): string;
  /** Apollo's `formatError`: known codes pass, everything else becomes "Internal error <id>". */
  format(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError;
}

/** Make the report that a server's resolvers, routes and batches share. */
export function createFailureReport(logger: Logger): FailureReport {
  const idOf = new WeakMap<object, string>();
  const log = (cause: unknown, message: string): string => {
    const known = isObject(cause) ? idOf.get(cause) : undefined;
    if (known !== undefined) return known;
    const errorId = randomUUID();
    if (isObject(cause)) idOf.set(cause, errorId);
    logger.error({ errorId, err: cause }, message);
    return errorId;
  };
  return {
    listsUnavailable: (cause) =>
      new UnavailableError(
        "RECOMMENDATIONS_UNAVAILABLE",
        "Recommendations are unavailable now",
        log(cause, "recommendations unavailable"),
      ),
    interactionsUnavailable: (cause) =>
      new UnavailableError(
        "INTERACTIONS_UNAVAILABLE",
        "Interactions cannot be kept now; send them again, those that were kept count once",
        log(cause, "interactions unavailable"),
      ),
    productsUnavailable: (cause) =>
      new UnavailableError(
        "PRODUCTS_UNAVAILABLE",
        "Products cannot be kept now; send them again, what was kept changes nothing",
        log(cause, "products unavailable"),
      ),
    bug: (cause) => log(cause, "internal error"),
    format: (formatted, error) => formatError(formatted, error, (cause) => log(cause, "internal error")),
  };
}

function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  logBug: (cause: unknown) => string,
): GraphQLFormattedError {
  if (CLIENT_CODES.has(String(formatted.extensions?.code))) return formatted;
  if (isArgumentCoercion(error)) return { ...formatted, extensions: { code: "BAD_USER_INPUT" } };
  const errorId = logBug(causeOf(error));
  return {
    message: `Internal error ${errorId}`,
    locations: formatted.locations,
    path: formatted.path,
    extensions: { code: "INTERNAL_SERVER_ERROR", errorId },
  };
}

/** graphql-js gives no code to an argument that a variable turned out not to fit, for example null for a required one. */
function isArgumentCoercion(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof GraphQLError && cause.message.startsWith('Argument "');
}

function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError ? (error.originalError ?? error) : error;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
