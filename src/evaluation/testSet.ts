import type { RawInteraction } from "../domain/engine.js";
import { RecommenderError } from "../domain/errors.js";
import type { OlderProducts } from "../domain/ports.js";
import { decodeInteraction } from "../ingest/decodeInteraction.js";
import { findTable, listFolder, namesOf, type TableFile } from "../ingest/findTable.js";
import { readTable } from "../ingest/readTable.js";
import { Rejection } from "../ingest/rejection.js";
import type { MemoryHistories } from "./memoryHistories.js";
import type { PositiveRule } from "./positives.js";

/** One list to compute and what it should hold. */
export interface TestCase {
  /** Null for an anonymous session. */
  readonly userId: string | null;
  /** What the session looked at, oldest first; empty for a user. */
  readonly session: readonly string[];
  /** Distinct products of the test that count, less those that the list may not hold. May be empty. */
  readonly wanted: ReadonlySet<string>;
  /** Whether the training saw the user; a session counts by what it looked at. */
  readonly isWarm: boolean;
}

export interface TestSet {
  readonly kind: "users" | "sessions";
  readonly cases: readonly TestCase[];
  /** Test rows that are no interaction, and count for nothing. */
  readonly nRejected: number;
}

/** Where a test set is; nothing of it is read yet. */
export interface TestFile {
  readonly kind: TestSet["kind"];
  readonly table: TableFile;
}

/**
 * The test file of a folder: sessions where there are some, else interactions.
 *
 * @throws RecommenderError INVALID_IMPORT when there is neither, or nothing to learn from, or no such folder
 */
export async function findTestFile(folder: string): Promise<TestFile> {
  const names = await listFolder(folder);
  if (findTable(folder, names, "user_interactions") === null) refuse(folder, names, namesOf("user_interactions"));
  const sessions = findTable(folder, names, "test_sessions");
  if (sessions !== null) return { kind: "sessions", table: sessions };
  const interactions = findTable(folder, names, "test_interactions");
  if (interactions !== null) return { kind: "users", table: interactions };
  return refuse(folder, names, `${namesOf("test_interactions")} or ${namesOf("test_sessions")}`);
}

function refuse(folder: string, names: readonly string[], required: string): never {
  const found = names.slice(0, 20).join(", ") || "an empty folder";
  const message = `Cannot evaluate ${folder}: ${required} is required, found ${found}`;
  throw new RecommenderError("INVALID_IMPORT", message, { folder });
}

export interface TestProtocol {
  readonly isPositive: PositiveRule;
  /** What lists leave out of what the shopper already knows; it leaves the test, too. */
  readonly excluded: OlderProducts | "nothing";
  readonly histories: MemoryHistories;
  readonly nowMs: number;
}

/** Read a test file: one case per user in order of first sight, or one per line of sessions. */
export function readTestSet({ kind, table }: TestFile, protocol: TestProtocol): Promise<TestSet> {
  return kind === "sessions" ? readSessions(table, protocol) : readUsers(table, protocol);
}

async function readUsers(table: TableFile, protocol: TestProtocol): Promise<TestSet> {
  const wantedBy = new Map<string, Set<string>>();
  let nRejected = 0;
  for await (const batch of readTable(table, ["user_id", "product_id", "timestamp", "action_type"])) {
    nRejected += batch.rejected.length;
    for (const { fields } of batch.rows) {
      const decoded = decodeInteraction(fields as RawInteraction, { nowMs: protocol.nowMs, door: "file" });
      if (decoded instanceof Rejection || decoded.interaction.userId === null) {
        nRejected++;
        continue;
      }
      const { userId, productId, value } = decoded.interaction;
      const wanted = wantedBy.get(userId) ?? new Set<string>();
      wantedBy.set(userId, wanted);
      if (protocol.isPositive(value)) wanted.add(productId);
    }
  }
  return { kind: "users", cases: Array.from(wantedBy, (one) => userCase(...one, protocol)), nRejected };
}

function userCase(userId: string, positives: Set<string>, { histories, excluded }: TestProtocol): TestCase {
  const known = excluded === "nothing" ? new Set<string>() : histories.productsOf(userId, excluded);
  const wanted = new Set([...positives].filter((productId) => !known.has(productId)));
  return { userId, session: [], wanted, isWarm: histories.isWarm(userId) };
}

async function readSessions(table: TableFile, { excluded }: TestProtocol): Promise<TestSet> {
  const cases: TestCase[] = [];
  let nRejected = 0;
  for await (const { rows, rejected } of readTable(table, ["session", "target"])) {
    nRejected += rejected.length;
    for (const { fields } of rows) {
      const session = String(fields.session ?? "")
        .split(" ")
        .filter((id) => id !== "");
      const target = String(fields.target ?? "");
      if (session.length === 0 || target === "") {
        nRejected++;
        continue;
      }
      const isKnown = excluded === "seen" && session.includes(target);
      cases.push({ userId: null, session, wanted: new Set(isKnown ? [] : [target]), isWarm: true });
    }
  }
  return { kind: "sessions", cases, nRejected };
}
