import { RecommenderError } from "./domain/errors.js";

/**
 * The only reader of the environment. Each variable is one entry: its help is the README's table (a test compares them),
 * its parser says what is wrong in words that follow the variable's name.
 */
interface Variable<T> {
  readonly help: string;
  readonly shownDefault: string;
  /** Turn the text (never empty) into a value, or throw an Error whose message says what is required. */
  readonly parse: (text: string) => T;
  readonly fallback: T;
  readonly isSecret?: boolean;
}

function variable<T>(fallback: T, parse: (text: string) => T, help: string, shownDefault?: string): Variable<T> {
  return { fallback, parse, help, shownDefault: shownDefault ?? String(fallback ?? "") };
}

function secret(help: string): Variable<string | null> {
  return { fallback: null, parse: longSecret, help, shownDefault: "", isSecret: true };
}

const LEAST_SECRET_LENGTH = 16;

function longSecret(text: string): string {
  if (text.trim().length >= LEAST_SECRET_LENGTH) return text;
  throw new Error(`requires a secret of at least ${LEAST_SECRET_LENGTH} characters`);
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text.trim()) || value < min || value > max) {
      throw new Error(`requires a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

function oneOf<T extends string>(...choices: T[]): (text: string) => T {
  return (text) => {
    if (!choices.includes(text as T)) throw new Error(`requires one of ${choices.join(", ")}`);
    return text as T;
  };
}

function urlOf(...protocols: string[]): (text: string) => string {
  return (text) => {
    if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) {
      throw new Error(`requires an address that starts with ${protocols.map((p) => `${p}//`).join(" or ")}`);
    }
    return text;
  };
}

function databaseUrl(text: string): string {
  const url = urlOf("postgresql:", "postgres:")(text);
  if (new URL(url).hostname === "") throw new Error("requires an address that names a host");
  return url;
}

function secrets(text: string): readonly string[] {
  const values = text.split(",").map((value) => value.trim());
  if (values.length > 2 || values.some((value) => value.length < LEAST_SECRET_LENGTH)) {
    const least = `at least ${LEAST_SECRET_LENGTH} characters`;
    throw new Error(`requires one secret of ${least}, or two separated by a comma during rotation`);
  }
  return values;
}

const text = (value: string) => value;

function listOf(text: string): readonly string[] {
  const values = text.split(",").map((value) => value.trim());
  if (values.includes("")) throw new Error("requires addresses separated by commas");
  return values;
}

const yesOrNo = (text: string) => oneOf("true", "false")(text) === "true";

const TOPIC_NAME = /^[\w.-]{1,245}$/;

function topicName(text: string): string {
  if (!TOPIC_NAME.test(text)) throw new Error("requires the name of a topic, of at most 245 characters");
  return text;
}

export const VARIABLES = {
  NODE_ENV: variable(
    "development" as "development" | "production" | "test",
    oneOf("development", "production", "test"),
    "`production` refuses to start without `ROUTER_SECRET` or `JWT_JWKS_URL`, and serves no playground and no introspection without the router secret.",
  ),
  HOST: variable("127.0.0.1", text, "Address to listen on. In a container: `0.0.0.0`."),
  PORT: variable(4001, wholeNumber(0, 65535), "Port to listen on; 0 takes a free one."),
  DATABASE_URL: {
    ...variable<string | null>(
      null,
      databaseUrl,
      "PostgreSQL to use. Without it an embedded PostgreSQL is started in `DATA_DIR`, and an empty shop gets the sample data.",
      "embedded PostgreSQL",
    ),
    isSecret: true,
  },
  DATA_DIR: variable(".recommender", text, "Folder of the embedded PostgreSQL and of the rows that an import rejects."),
  DATABASE_MAX_CONNECTIONS: variable(10, wholeNumber(2, 200), "Most connections of one process to PostgreSQL."),
  DATABASE_STATEMENT_TIMEOUT_MS: variable(
    15000,
    wholeNumber(100, 3600000),
    "Time after which PostgreSQL gives up one statement of the serving path.",
  ),
  LOG_LEVEL: variable(
    "info" as "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent",
    oneOf("fatal", "error", "warn", "info", "debug", "trace", "silent"),
    "How much is logged (JSON lines on standard error).",
  ),
  TF_BACKEND: variable(
    "auto" as "auto" | "tensorflow" | "wasm" | "cpu",
    oneOf("auto", "tensorflow", "wasm", "cpu"),
    "Backend of the scorer: `tensorflow` is the native `@tensorflow/tfjs-node`, `auto` takes it where it is present and `wasm` otherwise; `cpu` needs neither.",
  ),
  TFJS_NODE_DIR: variable<string | null>(
    null,
    text,
    "Folder in whose `node_modules` a native `@tensorflow/tfjs-node` is installed, if not in the service's own.",
  ),
  TRAINING_THREADS: variable(
    2,
    wholeNumber(1, 64),
    "Threads that fit signals while a training runs; the model is the same whatever their number.",
  ),
  TRAINING_IN_SERVE: variable(
    "auto" as "auto" | "yes" | "no",
    oneOf("auto", "yes", "no"),
    "Whether a serving process also trains, in a process beside it; `auto` does so in development and leaves it to `recommender work` in production.",
  ),
  ROUTER_SECRET: {
    ...variable<readonly string[] | null>(
      null,
      secrets,
      "Secret that the gateway sends as `Router-Authorization`; with it the identity headers `x-user-id` and `x-user-scopes` are believed. Two, separated by a comma, are valid during rotation.",
      "",
    ),
    isSecret: true,
  },
  JWT_JWKS_URL: variable<string | null>(
    null,
    urlOf("https:", "http:"),
    "Key set (JWKS) that signs shoppers' and admins' tokens.",
  ),
  JWT_ISSUER: variable<string | null>(null, text, "Required `iss` of a token; required with `JWT_JWKS_URL`."),
  JWT_AUDIENCE: variable<string | null>(null, text, "Required `aud` of a token; required with `JWT_JWKS_URL`."),
  REDIS_URL: {
    ...variable<string | null>(
      null,
      urlOf("redis:", "rediss:"),
      "Redis that keeps products' public lists for ten seconds. Not needed; it pays only where a list costs more than the way to Redis.",
    ),
    isSecret: true,
  },
  CURSOR_SECRET: secret(
    "Secret that signs page cursors. Without it the one kept in the database is used, which all replicas share.",
  ),
  KAFKA_BROKERS: variable<readonly string[] | null>(
    null,
    listOf,
    "Brokers to start from, as `host:port` separated by commas. With it `npm start` consumes the shop's topics; `consume` requires it.",
  ),
  KAFKA_GROUP_ID: variable("recommender", text, "Consumer group; all processes of one shop share it."),
  KAFKA_TOPIC_INTERACTIONS: variable("user-interactions", topicName, "Topic of events."),
  KAFKA_TOPIC_PRODUCTS: variable("product-updates", topicName, "Topic of the catalogue."),
  KAFKA_TOPIC_COMMANDS: variable("admin-commands", topicName, "Topic of the admin panel."),
  KAFKA_TOPIC_COMMAND_RESULTS: variable(
    "admin-command-results",
    topicName,
    "Topic on which the admin panel is told what became of its commands.",
  ),
  KAFKA_CREATE_TOPICS: variable(
    true,
    yesOrNo,
    "Whether topics that are missing are created, those that are consumed with a topic of dead letters each.",
  ),
  KAFKA_SESSION_TIMEOUT_MS: variable(
    30000,
    wholeNumber(6000, 300000),
    "Time without a sign of life, from 6000 to 300000, after which the brokers give a consumer's partitions to another.",
  ),
  KAFKA_TLS: variable(false, yesOrNo, "Whether brokers are spoken to by TLS."),
  KAFKA_TLS_CA: variable<string | null>(
    null,
    text,
    "File with the certificates (PEM) that vouch for the brokers, if the machine's own list does not.",
  ),
  KAFKA_SASL_MECHANISM: variable<"plain" | "scram-sha-256" | "scram-sha-512" | null>(
    null,
    oneOf("plain", "scram-sha-256", "scram-sha-512"),
    "How the brokers ask who we are.",
  ),
  KAFKA_SASL_USERNAME: variable<string | null>(null, text, "Name for SASL."),
  KAFKA_SASL_PASSWORD: {
    ...variable<string | null>(null, text, "Password for SASL; it is sent in plain without `KAFKA_TLS`."),
    isSecret: true,
  },
  ADMIN_COMMANDS_SECRET: secret(
    "Secret that senders of `admin-commands` sign with: HMAC-SHA256 of the message as hex in the header `signature`.",
  ),
  SHUTDOWN_TIMEOUT_MS: variable(10000, wholeNumber(100, 600000), "Time in which a stop lets running requests end."),
} satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof VARIABLES;
export type Config = { readonly [Name in VariableName]: ReturnType<(typeof VARIABLES)[Name]["parse"]> };

/**
 * Read and check all variables.
 *
 * @throws RecommenderError INVALID_CONFIG naming every wrong variable at once; values of secrets are not printed
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(VARIABLES) as [string, Variable<unknown>][]) {
    const raw = environment[name];
    if (raw === undefined || raw.trim() === "") {
      values[name] = definition.fallback;
      continue;
    }
    try {
      values[name] = definition.parse(raw);
    } catch (error) {
      const found = definition.isSecret ? "the value found (not printed) does not fit" : `found "${raw}"`;
      problems.push(`${name} ${(error as Error).message}, ${found}`);
    }
  }
  const config = values as unknown as Config;
  problems.push(...contradictions(config));
  if (problems.length > 0) {
    throw new RecommenderError("INVALID_CONFIG", `Cannot start: ${problems.join("; ")}`, { problems });
  }
  return config;
}

/** Variables that say something only together. */
const TOGETHER = [
  ["JWT_JWKS_URL", "JWT_ISSUER", "JWT_AUDIENCE"],
  ["KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"],
] as const;

function contradictions(config: Config): string[] {
  return TOGETHER.flatMap((names) => {
    const given = names.filter((name) => config[name] !== null);
    if (given.length === 0) return [];
    const absent = names.filter((name) => config[name] === null);
    return absent.map((name) => `${name} is required with ${given.join(" and ")}, found nothing`);
  });
}

/** Serving in production without an auth configuration is refused: it would show every shopper's lists to everybody. */
export function requireAuthInProduction(config: Config): void {
  if (config.NODE_ENV !== "production" || config.ROUTER_SECRET !== null || config.JWT_JWKS_URL !== null) return;
  throw new RecommenderError(
    "INVALID_CONFIG",
    "Cannot serve: NODE_ENV=production requires ROUTER_SECRET, or JWT_JWKS_URL with JWT_ISSUER and JWT_AUDIENCE, found neither",
  );
}
