import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Config } from "../config.js";
import { idProblem } from "../domain/ids.js";
import type { Caller } from "./caller.js";
import { UnauthenticatedError } from "./errors.js";
import { createTokenVerifier } from "./token.js";

/** The one door: every request but those of a monitor passes it before anything of it is read. */
export interface IdentityDoor {
  /** @throws UnauthenticatedError, now or later, when the request must be refused */
  identify(headers: IncomingHttpHeaders): Caller | Promise<Caller>;
}

interface Identity {
  readonly userId: string | null;
  readonly scopes: ReadonlySet<string>;
}

const STRANGER: Identity = { userId: null, scopes: new Set() };

/**
 * Build the door. In this order: identity headers are believed together with the router's secret and never without it;
 * the admin token makes an administrator, but not in production; a token is verified where a key set is configured. In
 * production a request with none of these is refused; in development it is a stranger who may read every shopper.
 */
export function createIdentityDoor(config: Config, adminToken: string): IdentityDoor {
  const isProduction = config.NODE_ENV === "production";
  const verifyToken = createTokenVerifier(config);
  const isRouter = secretMatcher(config.ROUTER_SECRET ?? []);
  const isAdminToken = secretMatcher(isProduction ? [] : [adminToken]);
  const callerOf = (identity: Identity, viaRouter: boolean) => describeCaller(identity, { viaRouter, isProduction });

  return {
    identify(headers) {
      const viaRouter = readRouterSecret(config, headers, isRouter);
      if (viaRouter && hasIdentityHeaders(headers)) return callerOf(readIdentityHeaders(headers), true);
      const token = bearerToken(headers);
      if (token !== null && isAdminToken(token)) return { ...callerOf(STRANGER, viaRouter), isAdmin: true };
      if (token !== null && verifyToken !== null) {
        return verifyToken(token).then((identity) => callerOf(identity, viaRouter));
      }
      if (isProduction && !viaRouter) throw new UnauthenticatedError();
      return callerOf(STRANGER, viaRouter);
    },
  };
}

function describeCaller(
  { userId, scopes }: Identity,
  { viaRouter, isProduction }: { viaRouter: boolean; isProduction: boolean },
): Caller {
  return {
    userId,
    canReadAnyUser: !isProduction || scopes.has("recommendations:read:any"),
    canWriteAnyUser: !isProduction || scopes.has("interactions:write"),
    isAdmin: scopes.has("recommendations:admin"),
    canReadSchema: !isProduction || viaRouter,
    isViaRouter: viaRouter,
  };
}

/** A wrong secret is refused in development too: it is a mistake that production would not forgive. */
function readRouterSecret(
  config: Config,
  headers: IncomingHttpHeaders,
  isRouter: (secret: string) => boolean,
): boolean {
  const presented = headers["router-authorization"];
  if (config.ROUTER_SECRET === null || presented === undefined) return false;
  if (isRouter(String(presented))) return true;
  throw new UnauthenticatedError();
}

/** Compares digests in constant time, against every secret: neither length nor position of a difference shows. */
function secretMatcher(secrets: readonly string[]): (presented: string) => boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const digests = secrets.map(digest);
  return (presented) => {
    const found = digest(presented);
    return digests.filter((known) => timingSafeEqual(known, found)).length > 0;
  };
}

function hasIdentityHeaders(headers: IncomingHttpHeaders): boolean {
  return headers["x-user-id"] !== undefined || headers["x-user-scopes"] !== undefined;
}

function readIdentityHeaders(headers: IncomingHttpHeaders): Identity {
  const userId = headers["x-user-id"] === undefined ? "" : String(headers["x-user-id"]);
  if (userId !== "" && idProblem(userId) !== null) throw new UnauthenticatedError();
  const scopes = String(headers["x-user-scopes"] ?? "").split(" ");
  return { userId: userId === "" ? null : userId, scopes: new Set(scopes.filter((scope) => scope !== "")) };
}

function bearerToken(headers: IncomingHttpHeaders): string | null {
  const match = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "");
  return match === null ? null : match[1];
}
