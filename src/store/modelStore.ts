import { createHash } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import { RecommenderError } from "../domain/errors.js";
import type { ModelComparison } from "../domain/modelComparison.js";
import type { ModelStore, NewModel } from "../domain/ports.js";
import type { RunClaim } from "../domain/trainingRun.js";
import { LOCK } from "./advisoryLocks.js";
import { type Database, inTransaction } from "./database.js";

/** A size that a statement carries without trouble. */
const CHUNK_BYTES = 1 << 20;
/** Two trainings may end at once: the later one is the active one, and there is never a second. */
const PUBLISH_LOCK = LOCK.publishModel;
/** How many earlier models a replica tries when the active one is damaged. */
const SPARE_VERSIONS = 4;

/** Keeps models and their bytes; exactly one is active. */
export function createModelStore({ pool, prisma }: Database): ModelStore {
  return {
    publish: (model) =>
      inTransaction(pool, async (client) => {
        await client.query("SET LOCAL statement_timeout = 0");
        await client.query("SELECT pg_advisory_xact_lock($1)", [PUBLISH_LOCK]);
        await requireClaim(client, model.run);
        const serves = model.comparison.isAccepted && !(await isPinned(client));
        if (serves) await retireActive(client);
        const version = await insertModel(client, model, serves);
        await insertChunks(client, "model_chunks", version, model.artifact);
        if (model.heldOut !== null) await insertChunks(client, "model_held_out", version, model.heldOut);
        await endRun(client, model, version);
        return version;
      }),
    activate: (version, { pin }) =>
      inTransaction(pool, async (client) => {
        await client.query("SELECT pg_advisory_xact_lock($1)", [PUBLISH_LOCK]);
        const { rowCount } = await client.query("SELECT FROM models WHERE version = $1", [version]);
        if (rowCount === 0) return false;
        await retireActive(client);
        await client.query("UPDATE models SET status = 'active', is_pinned = $2 WHERE version = $1", [version, pin]);
        return true;
      }),
    async deleteAllBut(newest) {
      const { rows } = await pool.query<{ version: number }>(DELETE_OLD_SQL, [newest]);
      return rows.map(({ version }) => version).sort((a, b) => a - b);
    },
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
      return requireWhole(version, Buffer.concat(await readChunks(pool, "model_chunks", version)), model);
    },
    async loadHeldOut(version) {
      const chunks = await readChunks(pool, "model_held_out", version);
      return chunks.length === 0 ? null : Buffer.concat(chunks);
    },
    async newestModels(most) {
      const models = await prisma.model.findMany({ select: STANDING, orderBy: { version: "desc" }, take: most });
      return models.map(({ metrics, ...rest }) => ({ ...rest, comparison: comparisonIn(metrics) }));
    },
  };
}

/** Where the pieces of an artifact and of its held-out lists are kept. */
type ChunkTable = "model_chunks" | "model_held_out";

const SUMMARY = { version: true, checksum: true } as const;

const STANDING = { ...SUMMARY, status: true, createdAt: true, nBytes: true, isPinned: true, metrics: true } as const;

const DELETE_OLD_SQL = `
  DELETE FROM models WHERE status <> 'active'
    AND version NOT IN (SELECT version FROM models ORDER BY version DESC LIMIT $1)
    AND version NOT IN (SELECT version FROM models WHERE status = 'retired' ORDER BY version DESC LIMIT ${SPARE_VERSIONS})
  RETURNING version`;

/** Models from before comparisons were recorded have none. */
function comparisonIn(metrics: unknown): ModelComparison | null {
  return (metrics as { comparison?: ModelComparison } | null)?.comparison ?? null;
}

async function retireActive(client: PoolClient): Promise<void> {
  await client.query("UPDATE models SET status = 'retired', is_pinned = false WHERE status = 'active'");
}

async function isPinned(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ pinned: boolean }>(
    "SELECT EXISTS (SELECT FROM models WHERE is_pinned) AS pinned",
  );
  return rows[0].pinned;
}

/** Whoever lost a run, or was told to end it, must not change what serves any more. Holds the run until the end. */
async function requireClaim(client: PoolClient, run: RunClaim | null): Promise<void> {
  if (run === null) return;
  const { rows } = await client.query(
    `SELECT FROM training_runs
     WHERE run_id = $1 AND attempt = $2 AND status = 'running' AND NOT cancel_requested FOR UPDATE`,
    [run.runId, run.attempt],
  );
  if (rows.length > 0) return;
  const message = `Cannot publish the model of run ${run.runId}: the run has to be under way, it was cancelled or taken up by another worker`;
  throw new RecommenderError("TRAINING_FAILED", message, { ...run });
}

async function endRun(client: PoolClient, { run, comparison }: NewModel, version: number): Promise<void> {
  if (run === null) return;
  await client.query(
    "UPDATE training_runs SET status = $2, model_version = $3, finished_at = now(), stage = 'publishing', progress = 1 WHERE run_id = $1",
    [run.runId, comparison.isAccepted ? "succeeded" : "refused", version],
  );
}

async function insertModel(
  client: PoolClient,
  { artifact, header, comparison }: NewModel,
  serves: boolean,
): Promise<number> {
  // Accepted beside a pinned one it waits among the earlier ones, to be activated by hand.
  const status = serves ? "active" : comparison.isAccepted ? "retired" : "refused";
  const { rows } = await client.query<{ version: number }>(
    `INSERT INTO models (status, header, metrics, n_bytes, checksum) VALUES ($1, $2, $3, $4, $5)
     RETURNING version`,
    [status, JSON.stringify(header), JSON.stringify({ comparison }), artifact.length, sha256(artifact)],
  );
  return rows[0].version;
}

async function insertChunks(client: PoolClient, table: ChunkTable, version: number, whole: Uint8Array): Promise<void> {
  const bytes = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength);
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    await client.query(`INSERT INTO ${table} (version, position, bytes) VALUES ($1, $2, $3)`, [
      version,
      from / CHUNK_BYTES,
      bytes.subarray(from, from + CHUNK_BYTES),
    ]);
  }
}

async function readChunks(pool: Pool, table: ChunkTable, version: number): Promise<Buffer[]> {
  const { rows } = await pool.query<{ bytes: Buffer }>(
    `SELECT bytes FROM ${table} WHERE version = $1 ORDER BY position`,
    [version],
  );
  return rows.map(({ bytes }) => bytes);
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
