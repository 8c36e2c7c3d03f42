import { mkdir, open, readFile } from "node:fs/promises";
import path from "node:path";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";

export const ALGORITHM = "ES256";

/** The key that signs tokens, and its public half as others read it. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** The key in the data folder, made at the first start: tokens outlive a restart. */
export async function openSigningKey(dataDir: string): Promise<SigningKey> {
  const jwk = await readOrMake(path.join(dataDir, "signing-key.json"));
  const { d: _secret, ...publicPart } = jwk;
  const id = await calculateJwkThumbprint(publicPart);
  return {
    id,
    privateKey: (await importJWK(jwk, ALGORITHM)) as CryptoKey,
    publicKey: (await importJWK(publicPart, ALGORITHM)) as CryptoKey,
    publicJwk: { ...publicPart, kid: id, alg: ALGORITHM, use: "sig" },
  };
}

async function readOrMake(file: string): Promise<JWK> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return make(file);
  }
}

async function make(file: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  await mkdir(path.dirname(file), { recursive: true });
  // Nobody else's to read; and never over a key that is there.
  const handle = await open(file, "wx", 0o600);
  await handle.writeFile(JSON.stringify(jwk));
  await handle.sync();
  await handle.close();
  return jwk;
}
