import { fastifyApolloHandler } from "@as-integrations/fastify";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import type { GraphQLSchema } from "graphql";
import type { Config } from "../config.js";
import type { Administration } from "../domain/administration.js";
import type { DeadLetterDesk } from "../domain/deadLetters.js";
import type { InteractionIntake, ProductIntake, RecommendationEngine } from "../domain/engine.js";
import { cannotListen } from "../domain/errors.js";
import type { Insight } from "../domain/insight.js";
import { DEFAULT_SETTINGS, type SettingValues } from "../domain/setting.js";
import type { Logger } from "../platform/logger.js";
import { createApollo } from "./apollo.js";
import { addBodyRoutes } from "./bodyDoor.js";
import type { Caller } from "./caller.js";
import { addConsoleRoutes } from "./console.js";
import { createContext, type SharedParts } from "./context.js";
import { createCursorCodec } from "./cursor.js";
import { createDrain } from "./drain.js";
import { createEngineBatcher } from "./engineBatcher.js";
import { createFailureReport } from "./errors.js";
import { addErrorHandlers, answerBadAddress, answerBrokenRequest } from "./httpErrors.js";
import {
  addHealthRoutes,
  addMetricsRoute,
  addRecommendRoutes,
  type Exposition,
  OPEN_PATHS,
  type Readiness,
} from "./httpRoutes.js";
import { createIdentityDoor, type IdentityDoor } from "./identity.js";
import { interactionRoute } from "./interactionRoutes.js";
import { MAX_BODY_BYTES } from "./limits.js";
import { createPlayground, type ExampleQuery, type Playground, wantsPage } from "./playground.js";
import { productRoute } from "./productRoutes.js";
import { createRateLimit, type RateLimit } from "./rateLimit.js";
import { createSchema } from "./schema.js";
import { addShopperRoutes } from "./shoppers.js";

export type { ExampleQuery } from "./playground.js";

export interface GraphServerOptions {
  readonly engine: RecommendationEngine;
  readonly intake: InteractionIntake;
  readonly products: ProductIntake;
  readonly admin: Administration;
  readonly insight: Insight;
  readonly deadLetters: DeadLetterDesk;
  /** The settings that hold now; null before they were first read. */
  readonly settings: () => SettingValues | null;
  /** Signs cursors; the same on all replicas. */
  readonly cursorSecret: string;
  readonly config: Config;
  /** Makes an administrator in development; not accepted in production. */
  readonly adminToken: string;
  readonly logger: Logger;
  readonly readiness: () => Readiness;
  /** What `/metrics` answers. */
  readonly metrics: () => Promise<Exposition>;
  /** Queries the playground opens with. */
  readonly examples: readonly ExampleQuery[];
  /** What it serves; the public contract unless another is given. */
  readonly schema?: GraphQLSchema;
}

export interface GraphServer {
  /**
   * Begin to answer; resolves to the address, for example `http://127.0.0.1:4001`.
   *
   * @throws RecommenderError PORT_IN_USE, or INVALID_CONFIG when the address cannot be listened on
   */
  listen(): Promise<string>;
  /** Say not ready, take no new connection, let running requests end, stop. Safe to call twice. */
  close(): Promise<void>;
  /** Answer one request without a network, for tests. */
  readonly inject: FastifyInstance["inject"];
}

/** Slower than this, a request is not a request but an attack. */
const REQUEST_TIMEOUT_MS = 30_000;
/** A user id of MAX_ID_BYTES, percent-encoded, is longer than the router's default; longer ones get an answer too. */
const MAX_PARAMETER_LENGTH = 16_384;

/** The subgraph's HTTP server: GraphQL, the plain list, events, products, health checks, metrics, the console and, in development, the playground. */
export async function createGraphServer(options: GraphServerOptions): Promise<GraphServer> {
  const { config, logger, adminToken, schema = createSchema() } = options;
  const isProduction = config.NODE_ENV === "production";
  const parts = createSharedParts(options);
  const apollo = createApollo({ schema, isProduction, failures: parts.failures, logger });
  await apollo.start();

  const stopping = { hasBegun: false };
  const app = createApp(stopping);
  const drain = createDrain(app);
  const limit = createRateLimit(() => (options.settings() ?? DEFAULT_SETTINGS)["limits.requestsPerMinute"]);
  addIdentityDoor(app, createIdentityDoor(config, adminToken), limit);
  addErrorHandlers(app, parts.failures);
  addHealthRoutes(app, () => (stopping.hasBegun ? STOPPING : options.readiness()));
  addMetricsRoute(app, options.metrics);
  addConsoleRoutes(app);
  addRecommendRoutes(app, parts);
  addBodyRoutes(app, [interactionRoute(parts), productRoute({ ...parts, products: options.products })]);
  addShopperRoutes(app, parts.admin.shoppers);
  addGraphRoute(app, apollo, parts, isProduction ? null : createPlayground(options.examples));
  await app.ready();
  return { listen: () => listen(app, config), close: once(stop), inject: app.inject.bind(app) };

  async function stop(): Promise<void> {
    stopping.hasBegun = true;
    await drain();
    await apollo.stop();
  }
}

const STOPPING: Readiness = { ready: false, reasons: ["stopping"] };

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= action();
    return running;
  };
}

function createSharedParts({
  engine,
  intake,
  admin,
  insight,
  deadLetters,
  settings,
  cursorSecret,
  logger,
}: GraphServerOptions): SharedParts {
  const failures = createFailureReport(logger);
  const settingsNow = () => settings() ?? DEFAULT_SETTINGS;
  return {
    engine: createEngineBatcher(engine, failures.listsUnavailable),
    intake,
    admin,
    insight,
    deadLetters,
    cursors: createCursorCodec(cursorSecret),
    failures,
    publicMaxAge: () => settingsNow()["cache.maxAgeSeconds"],
    requestSeconds: () => settingsNow()["limits.requestSeconds"],
  };
}

function createApp(stopping: { readonly hasBegun: boolean }): FastifyInstance {
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A request on an open connection is answered until the end; the header below then ends the connection.
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    frameworkErrors: answerBadAddress,
    clientErrorHandler: answerBrokenRequest,
  });
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (stopping.hasBegun) reply.header("connection", "close");
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
    done();
  });
  return app;
}

/** Every request but a monitor's: who asks, and not too often, before anything else of it is read. */
function addIdentityDoor(app: FastifyInstance, door: IdentityDoor, limit: RateLimit): void {
  app.decorateRequest("caller");
  app.addHook("onRequest", async (request) => {
    if (OPEN_PATHS.has(request.routeOptions.url ?? "")) return;
    request.caller = await identify(door, limit, request);
    await limit.count(request, request.caller);
  });
}

/** Strangers are counted too: whoever tries tokens is told to wait like everybody else. */
async function identify(door: IdentityDoor, limit: RateLimit, request: FastifyRequest): Promise<Caller> {
  try {
    return await door.identify(request.headers);
  } catch (error) {
    await limit.count(request, null);
    throw error;
  }
}

function addGraphRoute(
  app: FastifyInstance,
  apollo: ReturnType<typeof createApollo>,
  parts: SharedParts,
  playground: Playground | null,
): void {
  const answer = fastifyApolloHandler(apollo, { context: async (request) => createContext(parts, request.caller) });
  app.route({
    method: ["GET", "POST"],
    url: "/graphql",
    preHandler: async (request, reply) => {
      if (playground !== null && wantsPage(request)) return playground(request, reply);
    },
    handler: answer,
  });
}

async function listen(app: FastifyInstance, { HOST: host, PORT: port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    throw cannotListen(host, port, error as NodeJS.ErrnoException);
  }
}
