import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import type { Config } from "../config.js";
import { idProblem } from "../domain/ids.js";
import { KeysUnavailableError, UnauthenticatedError } from "./errors.js";

export interface TokenIdentity {
  readonly userId: string | null;
  readonly scopes: ReadonlySet<string>;
}

/** Resolves to who signed in; rejects with UnauthenticatedError or KeysUnavailableError. */
export type VerifyToken = (token: string) => Promise<TokenIdentity>;

/** Pinned: a token chooses neither "none" nor a public key as an HMAC secret. */
const ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"];
const CLOCK_TOLERANCE_SECONDS = 30;
const KEY_FETCH_TIMEOUT_MS = 5000;

/** A verifier against the configured key set, or null when none is configured. */
export function createTokenVerifier(config: Config): VerifyToken | null {
  const { JWT_JWKS_URL: url, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
  if (url === null || issuer === null || audience === null) return null;
  const keys = createRemoteJWKSet(new URL(url), { timeoutDuration: KEY_FETCH_TIMEOUT_MS });
  const options = { algorithms: ALGORITHMS, issuer, audience, clockTolerance: CLOCK_TOLERANCE_SECONDS };
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, { ...options, requiredClaims: ["exp"] });
      return identityOf(payload);
    } catch (error) {
      throw isAboutKeys(error) ? new KeysUnavailableError("keys unavailable", { cause: error }) : refusal(error);
    }
  };
}

function identityOf({ sub, scope }: JWTPayload): TokenIdentity {
  if (sub !== undefined && idProblem(sub) !== null) throw new UnauthenticatedError();
  const scopes = typeof scope === "string" ? scope.split(" ") : [];
  return { userId: sub ?? null, scopes: new Set(scopes.filter((name) => name !== "")) };
}

function refusal(cause: unknown): UnauthenticatedError {
  return new UnauthenticatedError("token refused", { cause });
}

/** jose answers a bad token with errors of its own codes; what fails while keys are fetched has none or these two. */
function isAboutKeys(error: unknown): boolean {
  if (error instanceof UnauthenticatedError) return false;
  if (!(error instanceof errors.JOSEError)) return true;
  return ["ERR_JWKS_TIMEOUT", "ERR_JOSE_GENERIC", "ERR_JWKS_INVALID"].includes(error.code);
}
