import type { FastifyInstance, FastifyReply } from "fastify";
import { idProblem } from "../domain/ids.js";
import { type ListRequest, NO_FILTER } from "../domain/recommendation.js";
import { type Caller, canReadUser } from "./caller.js";
import type { EngineBatcher } from "./engineBatcher.js";
import { UnavailableError } from "./errors.js";
import { MAX_FIRST } from "./listArguments.js";
import { TimeLimit } from "./timeLimit.js";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; set by the identity door before any route but those of OPEN_PATHS. */
    caller: Caller;
  }
}

const DEFAULT_N = 10;
const NOTHING_SHOWN = new Uint32Array(0);

interface RecommendRequest {
  Params: { userId: string };
  Querystring: { n?: string | string[] };
}

/** Whether requests should be sent here, and if not, why. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/** What a monitor reads, in whatever format the content type says. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/**
 * Answered without the identity door: what the machines that run the service ask, since they know nobody here, and the
 * console's files, since a browser that opens an address shows no token. Neither holds anything of a shopper.
 */
export const OPEN_PATHS: ReadonlySet<string> = new Set([
  "/livez",
  "/readyz",
  "/metrics",
  "/console",
  "/console/",
  "/console/:file",
]);

/** `/livez` says that the process lives, `/readyz` that it should get requests. */
export function addHealthRoutes(app: FastifyInstance, readiness: () => Readiness): void {
  app.get("/livez", (_request, reply) => reply.header("cache-control", "no-store").send({ status: "alive" }));
  app.get("/readyz", (_request, reply) => {
    const { ready, reasons } = readiness();
    reply.code(ready ? 200 : 503).header("cache-control", "no-store");
    return reply.send(ready ? { status: "ready" } : { status: "not ready", reasons });
  });
}

/** `GET /metrics`: what this process counts, for a monitor. */
export function addMetricsRoute(app: FastifyInstance, expose: () => Promise<Exposition>): void {
  app.get("/metrics", async (_request, reply) => {
    const { contentType, text } = await expose();
    return reply.type(contentType).send(text);
  });
}

export interface RecommendParts {
  readonly engine: EngineBatcher;
  readonly requestSeconds: () => number;
}

/** `GET /recommend/:userId?n=10`, also under `/api`: the list as pairs of product and score. */
export function addRecommendRoutes(app: FastifyInstance, parts: RecommendParts): void {
  for (const url of ["/recommend/:userId", "/api/recommend/:userId"]) {
    app.get<RecommendRequest>(url, async (request, reply) => {
      reply.header("cache-control", "private, no-store");
      const { userId } = request.params;
      const problem = idProblem(userId);
      if (problem !== null)
        return refuse(reply, 400, "BAD_USER_INPUT", `a user id is required, found one that ${problem}`);
      const n = readN(request.query.n);
      if (n === null)
        return refuse(
          reply,
          400,
          "BAD_USER_INPUT",
          `n from 1 to ${MAX_FIRST} is required, found ${String(request.query.n).slice(0, 40) || "nothing"}`,
        );
      if (!canReadUser(request.caller, userId)) {
        return refuse(
          reply,
          403,
          "FORBIDDEN",
          "the shopper's own sign-in or scope recommendations:read:any is required",
        );
      }
      return recommend(reply, parts, listRequest(userId, n));
    });
  }
}

async function recommend(reply: FastifyReply, { engine, requestSeconds }: RecommendParts, request: ListRequest) {
  try {
    const [list] = await engine.recommend([request], new TimeLimit(requestSeconds()));
    if (list instanceof Error) throw list;
    return {
      user_id: request.subjectId,
      recommendations: list.products.map(({ productId, score }) => [productId, score]),
    };
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return sendError(reply, 503, "RECOMMENDATIONS_UNAVAILABLE", error.message);
  }
}

function listRequest(userId: string, first: number): ListRequest {
  const plain = { strategy: "AUTO", filter: NO_FILTER, context: null, shown: NOTHING_SHOWN } as const;
  return { placement: "user", subjectId: userId, first, ...plain };
}

function readN(text: string | string[] | undefined): number | null {
  if (text === undefined) return DEFAULT_N;
  const n = Number(text);
  return typeof text === "string" && /^\d{1,3}$/.test(text) && n >= 1 && n <= MAX_FIRST ? n : null;
}

function refuse(reply: FastifyReply, status: number, code: string, text: string) {
  return sendError(reply, status, code, `Cannot list recommendations: ${text}`);
}

/** The error body of everything that is not GraphQL. */
export function sendError(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ error: { code, message } });
}
