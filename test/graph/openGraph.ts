import { onTestFinished } from "vitest";
import { readConfig } from "../../src/config.js";
import type {
  InteractionIntake,
  ProductIntake,
  RawInteraction,
  RecommendationEngine,
} from "../../src/domain/engine.js";
import { DEFAULT_SETTINGS, type SettingValues } from "../../src/domain/setting.js";
import { createGraphServer, type GraphServer, type GraphServerOptions } from "../../src/graph/server.js";
import type { Logger } from "../../src/platform/logger.js";
import { cannedEngine } from "./cannedEngine.js";
import { unusedAdministration, unusedDeadLetters, unusedInsight } from "./unusedAdministration.js";

export const ADMIN_TOKEN = "admin-token-of-this-test";

export interface LogLine {
  readonly level: string;
  readonly facts: Record<string, unknown>;
  readonly message: string;
}

interface GraphChanges extends Partial<Omit<GraphServerOptions, "config" | "settings">> {
  readonly env?: Record<string, string>;
  readonly settings?: Partial<SettingValues>;
}

export interface GraphAnswer {
  readonly status: number;
  readonly cacheControl: string | undefined;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read into answers of many shapes
  readonly data: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same
  readonly errors: any[] | undefined;
}

/** A running graph server of a test, closed when the test ends. */
export interface OpenGraph {
  readonly server: GraphServer;
  readonly logged: LogLine[];
  query(query: string, variables?: object, headers?: Record<string, string>): Promise<GraphAnswer>;
}

/** The server with a canned engine and an intake that takes everything, changed as the test needs. */
export async function openGraph(changes: GraphChanges = {}): Promise<OpenGraph> {
  const { env, settings, ...rest } = changes;
  const logged: LogLine[] = [];
  const server = await createGraphServer({
    engine: cannedEngine(),
    intake: collectingIntake(),
    products: collectingProducts(),
    admin: unusedAdministration(),
    insight: unusedInsight(),
    deadLetters: unusedDeadLetters(),
    settings: () => ({ ...DEFAULT_SETTINGS, ...settings }),
    cursorSecret: "a secret that all replicas share",
    config: readConfig({ PORT: "0", ...env }),
    adminToken: ADMIN_TOKEN,
    logger: collectingLogger(logged),
    readiness: () => ({ ready: true, reasons: [] }),
    metrics: async () => ({ contentType: "text/plain", text: "" }),
    examples: [],
    ...rest,
  });
  onTestFinished(() => server.close());
  return { server, logged, query: (query, variables, headers) => ask(server, query, variables, headers) };
}

async function ask(server: GraphServer, query: string, variables = {}, headers = {}): Promise<GraphAnswer> {
  const answer = await server.inject({ method: "POST", url: "/graphql", payload: { query, variables }, headers });
  const { data, errors } = answer.json();
  const cacheControl = answer.headers["cache-control"]?.toString();
  return { status: answer.statusCode, cacheControl, text: answer.body, data, errors };
}

/** An intake that remembers what it was given. */
export function collectingIntake(): InteractionIntake & { readonly events: RawInteraction[] } {
  const events: RawInteraction[] = [];
  return {
    events,
    async record(batch) {
      events.push(...batch);
      return { accepted: batch.length, duplicates: 0, rejected: [], nRejected: 0 };
    },
    async recordBody(body, _format, check) {
      const batch: RawInteraction[] = JSON.parse(body.toString());
      check(batch);
      return this.record(batch, "http");
    },
  };
}

/** A door for products that remembers the bodies it was given. */
export function collectingProducts(): ProductIntake & { readonly bodies: string[] } {
  const bodies: string[] = [];
  return {
    bodies,
    async updateBody(body) {
      bodies.push(body.toString());
      return { accepted: 1, rejected: [], nRejected: 0 };
    },
  };
}

function collectingLogger(lines: LogLine[]): Logger {
  const at = (level: string) => (facts: Record<string, unknown> | string, message?: string) =>
    lines.push(
      typeof facts === "string" ? { level, facts: {}, message: facts } : { level, facts, message: message ?? "" },
    );
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") } as unknown as Logger;
}

/** Counts the calls of an engine and the lists in each. */
export function counted(engine: RecommendationEngine): RecommendationEngine & { readonly calls: number[] } {
  const calls: number[] = [];
  return {
    calls,
    recommend(requests) {
      calls.push(requests.length);
      return engine.recommend(requests);
    },
  };
}
