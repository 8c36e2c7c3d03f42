import type { PoolClient } from "pg";
import type { NewSettingsVersion, SettingsLedger } from "../domain/administration.js";
import { DEFAULT_SETTINGS, type SettingName, type SettingValues } from "../domain/setting.js";
import type { SettingsState, SettingsVersion } from "../domain/settingsVersion.js";
import { LOCK } from "./advisoryLocks.js";
import type { Database } from "./database.js";
import { heldValues, type StoredSettings } from "./settingsSource.js";
import { storableJson } from "./storableJson.js";
import { connectionOf } from "./storeTransaction.js";

/** Two administrators at once are decided one after the other, so the second sees what the first has changed. */
const SETTINGS_LOCK = LOCK.changeSettings;

/** One statement, so that version and values belong together while others write. */
const CURRENT_SQL = `
  SELECT (SELECT coalesce(max(version), 0) FROM settings_versions) AS version,
         (SELECT coalesce(json_agg(json_build_object('parameterName', parameter_name, 'value', value)), '[]')
            FROM settings) AS rows`;

const APPEND_SQL = `
  INSERT INTO settings_versions (version, changed_by, door, is_verified, reason, changes, held, command_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

const PUT_SQL = `
  INSERT INTO settings (parameter_name, value, version)
  SELECT key, value, $2 FROM jsonb_each($1::jsonb)
  ON CONFLICT (parameter_name) DO UPDATE SET value = excluded.value, version = excluded.version, updated_at = now()`;

/** Keeps the settings and every change of them. */
export function createSettingsLedger({ pool, prisma }: Database, settings: StoredSettings): SettingsLedger {
  const read = async (client: Pick<PoolClient, "query">): Promise<SettingsState> => {
    const { version, rows } = (await client.query(CURRENT_SQL)).rows[0];
    return { version, values: await settings.valuesIn(rows) };
  };
  return {
    current: () => read(pool),
    async hold(transaction) {
      const client = connectionOf(transaction);
      await client.query("SELECT pg_advisory_xact_lock($1)", [SETTINGS_LOCK]);
      return read(client);
    },
    async valuesAt(version, transaction) {
      if (version === 0) return DEFAULT_SETTINGS;
      const sql = "SELECT held FROM settings_versions WHERE version = $1";
      const { rows } = await connectionOf(transaction).query(sql, [version]);
      return rows.length === 0 ? null : heldValues(rows[0].held);
    },
    append: (next, transaction) => append(next, connectionOf(transaction)),
    async history(most, before) {
      const where = before === null ? {} : { version: { lt: before } };
      const rows = await prisma.settingsVersion.findMany({
        where,
        orderBy: { version: "desc" },
        take: most,
        omit: HELD,
      });
      return rows as unknown as SettingsVersion[];
    },
  };
}

const HELD = { held: true } as const;

async function append(next: NewSettingsVersion, client: PoolClient): Promise<void> {
  const { version, changedBy, door, isVerified, reason, changes, commandId } = next;
  const held = departures(next.values);
  const audit = [version, changedBy, door, isVerified, reason, storableJson(changes), storableJson(held), commandId];
  await client.query(APPEND_SQL, audit);
  const changed = new Set(changes.map(({ name }) => name));
  const put = Object.fromEntries(Object.entries(held).filter(([name]) => changed.has(name as SettingName)));
  const gone = [...changed].filter((name) => !(name in put));
  await client.query(PUT_SQL, [JSON.stringify(put), version]);
  await client.query("DELETE FROM settings WHERE parameter_name = ANY($1)", [gone]);
}

/** Only what differs from the defaults is stored: what nobody has changed follows the defaults of a later release. */
function departures(values: SettingValues): Partial<SettingValues> {
  const entries = Object.entries(values) as [SettingName, SettingValues[SettingName]][];
  return Object.fromEntries(entries.filter(([name, value]) => value !== DEFAULT_SETTINGS[name]));
}
