import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type JWTPayload, SignJWT } from "jose";
import { onTestFinished } from "vitest";

export const ISSUER = "https://accounts.example";
export const AUDIENCE = "recommendations";

/** An account service of a test: a key set over HTTP, and tokens signed with its key. */
export async function openAccounts() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  // Without "alg", as many key sets are: which algorithms are good is for the service to say.
  const key = { ...publicKey.export({ format: "jwk" }), kid: "test", use: "sig" };
  const server = createServer((_request, response) => response.end(JSON.stringify({ keys: [key] })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  onTestFinished(close);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  const env = { JWT_JWKS_URL: url, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE };
  return {
    env,
    close,
    privateKey,
    publicKeyText: publicKey.export({ format: "pem", type: "spki" }).toString(),
    sign: signer(privateKey),
  };
}

interface TokenChanges {
  readonly expiresIn?: string | number;
  readonly audience?: string;
  readonly issuer?: string;
  readonly kid?: string;
  readonly algorithm?: string;
}

function signer(privateKey: KeyObject) {
  return (claims: JWTPayload, changes: TokenChanges = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: changes.algorithm ?? "RS256", kid: changes.kid ?? "test" })
      .setIssuer(changes.issuer ?? ISSUER)
      .setAudience(changes.audience ?? AUDIENCE)
      .setExpirationTime(changes.expiresIn ?? "5m")
      .sign(privateKey);
}
