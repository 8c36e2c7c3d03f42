import { createHash } from "node:crypto";
import type { PoolClient } from "pg";
import { RecommenderError } from "../domain/errors.js";
import type { ModelStore } from "../domain/ports.js";
import { type Database, inTransaction } from "./database.js";

/** A size that a statement carries without trouble. */
const CHUNK_BYTES = 1 << 20;
/** Two trainings may end at once: the later one is the active one, and there is never a second. */
const PUBLISH_LOCK = 722_011;
/** How many earlier models a replica tries when the active one is damaged. */
const SPARE_VERSIONS = 4;

/** Keeps models and their bytes; exactly one is active. */
export function createModelStore({ pool, prisma }: Database): ModelStore {
  return {
    publish: (artifact, about) =>
      inTransaction(pool, async (client) => {
        await client.query("SET LOCAL statement_timeout = 0");
        await client.query("SELECT pg_advisory_xact_lock($1)", [PUBLISH_LOCK]);
        await client.query("UPDATE models SET status = 'retired' WHERE status = 'active'");
        const version = await insertModel(client, artifact, about);
        await insertChunks(client, version, artifact);
        return version;
      }),
    activeModel: () => prisma.model.findFirst({ where: { status: "active" }, select: SUMMARY }),
    async servableVersions() {
      const active = await prisma.model.findMany({ where: { status: "active" }, select: SUMMARY });
      const orderBy = { version: "desc" } as const;
      const earlier = { where: { status: "retired" }, select: SUMMARY, orderBy, take: SPARE_VERSIONS };
      return [...active, ...(await prisma.model.findMany(earlier))];
    },
    async loadArtifact(version) {
      const model = await prisma.model.findUnique({ where: { version } });
      if (model === null) throw damaged(version, "a row of it is required, there is none");
      const { rows } = await pool.query<{ bytes: Buffer }>(
        "SELECT bytes FROM model_chunks WHERE version = $1 ORDER BY position",
        [version],
      );
      return requireWhole(version, Buffer.concat(rows.map(({ bytes }) => bytes)), model);
    },
  };
}

const SUMMARY = { version: true, checksum: true } as const;

async function insertModel(
  client: PoolClient,
  artifact: Uint8Array,
  { header, metrics }: { header: unknown; metrics: unknown },
): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    `INSERT INTO models (status, header, metrics, n_bytes, checksum) VALUES ('active', $1, $2, $3, $4)
     RETURNING version`,
    [JSON.stringify(header), JSON.stringify(metrics), artifact.length, sha256(artifact)],
  );
  return rows[0].version;
}

async function insertChunks(client: PoolClient, version: number, artifact: Uint8Array): Promise<void> {
  const bytes = Buffer.from(artifact.buffer, artifact.byteOffset, artifact.byteLength);
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    await client.query("INSERT INTO model_chunks (version, position, bytes) VALUES ($1, $2, $3)", [
      version,
      from / CHUNK_BYTES,
      bytes.subarray(from, from + CHUNK_BYTES),
    ]);
  }
}

function requireWhole(version: number, bytes: Buffer, model: { nBytes: number; checksum: string }): Uint8Array {
  if (bytes.length !== model.nBytes) {
    throw damaged(version, `${model.nBytes} bytes are required, its chunks hold ${bytes.length}`);
  }
  if (sha256(bytes) !== model.checksum)
    throw damaged(version, "its bytes do not have the checksum they were written with");
  return bytes;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function damaged(version: number, what: string): RecommenderError {
  return new RecommenderError("MODEL_DAMAGED", `Cannot load model ${version}: ${what}`, { version });
}
