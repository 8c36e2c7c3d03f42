import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { idText } from "../domain/ids.js";
import { mergedName, type ShopperAdministration, type ShopperExport, type ShopperRefusal } from "../domain/shopper.js";
import { type Caller, requireAdmin } from "./caller.js";
import type { GraphContext } from "./context.js";
import { sendError } from "./httpRoutes.js";

interface MergeArguments {
  readonly fromUserId?: string | null;
  readonly fromSessionId?: string | null;
  readonly into: string;
}

/** Resolvers of what is asked about shoppers as people. */
export const shoppers = {
  Query: {
    async exportUser(_root: unknown, { userId }: { userId: string }, { caller, admin }: GraphContext) {
      requireAdmin(caller, "export a shopper");
      const held = await admin.shoppers.export(userId);
      return "kind" in held ? invalid(held) : { __typename: "UserExport", ...shownExport(held) };
    },
  },
  Mutation: {
    async mergeUsers(_root: unknown, args: MergeArguments, { caller, admin }: GraphContext) {
      requireAdmin(caller, "merge shoppers");
      const done = await merge(args, admin.shoppers);
      return done.kind === "refused" ? invalid(done) : { __typename: "UsersMerged", ...done };
    },
    async eraseUser(_root: unknown, { userId }: { userId: string }, { caller, admin }: GraphContext) {
      requireAdmin(caller, "erase a shopper");
      const done = await admin.shoppers.erase(userId);
      if (done.kind === "refused") return invalid(done);
      return { __typename: "UserErased", ...done, erasedAt: done.erasedAt.toISOString() };
    },
    async setPersonalization(
      _root: unknown,
      { userId, allowed }: { userId: string; allowed: boolean },
      { caller, admin }: GraphContext,
    ) {
      if (caller.userId !== userId) requireAdmin(caller, "set another shopper's personalisation");
      const done = await admin.shoppers.setPersonalization(userId, allowed);
      return done.kind === "refused" ? invalid(done) : { __typename: "PersonalizationSet", allowed: done.isAllowed };
    },
  },
};

function invalid({ field, message }: ShopperRefusal) {
  return { __typename: "InvalidInput", field, message };
}

async function merge(
  { fromUserId = null, fromSessionId = null, into }: MergeArguments,
  administration: ShopperAdministration,
) {
  const from = mergedName(fromUserId, fromSessionId);
  if (from !== null) return administration.merge(from, into);
  const message = "either the user or the session that is merged is required";
  return { kind: "refused", code: "INVALID_INPUT", field: "from", message } as const;
}

/** Times as text, attributes as a list. */
function shownExport({ attributes, aliases, interactions, deadLetters, ...held }: ShopperExport) {
  return {
    ...held,
    attributes: Object.entries(attributes).map(([name, value]) => ({ name, value: String(value) })),
    aliases: aliases.map((one) => ({ ...one, mergedAt: one.mergedAt.toISOString() })),
    interactions: interactions.map((one) => ({
      ...one,
      occurredAt: one.occurredAt?.toISOString() ?? null,
      receivedAt: one.receivedAt.toISOString(),
    })),
    deadLetters: deadLetters.map((one) => ({ ...one, receivedAt: one.receivedAt.toISOString() })),
  };
}

interface OfUser {
  Params: { userId: string };
}

/** The same by HTTP: merge, erase, export and personalisation under `/users/:userId`. */
export function addShopperRoutes(app: FastifyInstance, administration: ShopperAdministration): void {
  app.post<OfUser & { Body: { from_user_id?: unknown; from_session_id?: unknown } | null }>(
    "/users/:userId/merge",
    async (request, reply) => {
      if (!isAdmin(request)) return refuseStranger(reply);
      const [fromUserId, fromSessionId] = [request.body?.from_user_id, request.body?.from_session_id].map(idText);
      const done = await merge({ fromUserId, fromSessionId, into: request.params.userId }, administration);
      if (done.kind === "refused") return refuse(reply, done);
      return { user_id: done.userId, moved_interactions: done.movedInteractions };
    },
  );
  app.delete<OfUser>("/users/:userId", async (request, reply) => {
    if (!isAdmin(request)) return refuseStranger(reply);
    const done = await administration.erase(request.params.userId);
    if (done.kind === "refused") return refuse(reply, done);
    const { erasedAt, erasedInteractions, erasedDeadLetters } = done;
    return { erased_at: erasedAt, erased_interactions: erasedInteractions, erased_dead_letters: erasedDeadLetters };
  });
  app.get<OfUser>("/users/:userId/export", async (request, reply) => {
    if (!isAdmin(request)) return refuseStranger(reply);
    reply.header("cache-control", "private, no-store");
    const held = await administration.export(request.params.userId);
    return "kind" in held ? refuse(reply, held) : held;
  });
  app.put<OfUser & { Body: { allowed?: unknown } | null }>("/users/:userId/personalization", async (request, reply) => {
    const { userId } = request.params;
    if (request.caller.userId !== userId && !isAdmin(request)) return refuseStranger(reply);
    const allowed = request.body?.allowed;
    if (typeof allowed !== "boolean") {
      return sendError(reply, 400, "BAD_USER_INPUT", "Cannot set personalisation: allowed, true or false, is required");
    }
    const done = await administration.setPersonalization(userId, allowed);
    return done.kind === "refused" ? refuse(reply, done) : { allowed: done.isAllowed };
  });
}

function isAdmin({ caller }: FastifyRequest & { caller: Caller }): boolean {
  return caller.isAdmin;
}

function refuseStranger(reply: FastifyReply): FastifyReply {
  const message =
    "Cannot act on a shopper: the scope recommendations:admin, or in development the admin token, is required";
  return sendError(reply, 403, "FORBIDDEN", message);
}

/** What contradicts an earlier merge is a conflict, anything else a mistake. */
function refuse(reply: FastifyReply, { code, field, message }: ShopperRefusal): FastifyReply {
  const isMistake = code === "INVALID_INPUT";
  const text = `Cannot act on the shopper: ${field}: ${message}`;
  return sendError(reply, isMistake ? 400 : 409, isMistake ? "BAD_USER_INPUT" : code, text);
}
