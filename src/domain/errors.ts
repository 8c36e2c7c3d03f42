/** Every failure the engine names. A new code is a decision: say in its message what was required and what was found. */
export const ERROR_CODES = [
  "INVALID_CONFIG",
  "INVALID_INPUT",
  "INVALID_IMPORT",
  "MESSAGE_REFUSED",
  "CONSUMER_REFUSED",
  "MIGRATION_CHANGED",
  "DATABASE_UNAVAILABLE",
  "DATABASE_IN_USE",
  "PORT_IN_USE",
  "MODEL_DAMAGED",
  "MODEL_FORMAT",
  "TRAINING_FAILED",
  "NOT_FINITE",
  "BACKEND_UNAVAILABLE",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * The one error class of the engine. `message` reads "action: requirement, state" and `facts` carry the same values
 * as fields, so that a log line or a client can use them without parsing prose.
 */
export class RecommenderError extends Error {
  readonly code: ErrorCode;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, facts: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "RecommenderError";
    this.code = code;
    this.facts = facts;
  }
}

/**
 * Why an address cannot be listened on, PORT_IN_USE or INVALID_CONFIG. Told at the start of a service, before it does
 * anything that takes time, and when it listens.
 */
export function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): RecommenderError {
  const isTaken = cause.code === "EADDRINUSE";
  const trouble = isTaken
    ? "the port is in use; set PORT to another, or 0 for a free one"
    : `an address of this machine and a port it may open are required, found "${cause.message}"; see HOST and PORT`;
  const code = isTaken ? "PORT_IN_USE" : "INVALID_CONFIG";
  return new RecommenderError(code, `Cannot listen on ${host}:${port}: ${trouble}`, { host, port }, cause);
}
