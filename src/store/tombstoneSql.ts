/** Made by the first erasure; before it no hash is equal to any. */
export const ERASURE_SECRET = "erasure";

const SALT = `(SELECT convert_to(value, 'UTF8') FROM service_secrets WHERE name = '${ERASURE_SECRET}')`;

/** The key of an id, as src/domain/shopperKey.ts computes it. @param id SQL of a text */
function shopperKey(id: string): string {
  return `substr(sha256(convert_to(${id}, 'UTF8')), 1, 8)`;
}

/** What a tombstone holds of a key: without the secret nobody can tell whose it is. @param key SQL of 8 bytes */
export function tombstoneHashOfKey(key: string): string {
  return `sha256(${SALT} || ${key})`;
}

/** What a tombstone holds of an id. @param id SQL of a text */
export function tombstoneHash(id: string): string {
  return tombstoneHashOfKey(shopperKey(id));
}
