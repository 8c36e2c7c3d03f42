import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { onTestFinished } from "vitest";

export const ISSUER = "https://accounts.example";
export const AUDIENCE = "recommendations";

/** An account service of a test: a key set over HTTP, and tokens signed with its key. */
export async function openAccounts() {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid: "test", alg: "RS256" };
  const server = createServer((_request, response) => response.end(JSON.stringify({ keys: [key] })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  onTestFinished(close);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  const env = { JWT_JWKS_URL: url, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE };
  return { env, close, privateKey, publicKeyText: await exportSPKI(publicKey), sign: signer(privateKey) };
}

interface TokenChanges {
  readonly expiresIn?: string | number;
  readonly audience?: string;
  readonly issuer?: string;
  readonly kid?: string;
}

function signer(privateKey: CryptoKey) {
  return (claims: JWTPayload, changes: TokenChanges = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: "RS256", kid: changes.kid ?? "test" })
      .setIssuer(changes.issuer ?? ISSUER)
      .setAudience(changes.audience ?? AUDIENCE)
      .setExpirationTime(changes.expiresIn ?? "5m")
      .sign(privateKey);
}
