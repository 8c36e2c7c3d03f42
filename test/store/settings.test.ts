import { expect, onTestFinished, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { loadCursorSecret } from "../../src/store/secrets.js";
import { createSettingsSource } from "../../src/store/settingsSource.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const database = await createTestDatabase();

test("stored settings stand over the defaults; nonsense rows are reported once and change nothing", async () => {
  const problems: string[] = [];
  const source = createSettingsSource(database, (problem) => problems.push(problem));
  const rows = `('weight.basket', '2'), ('weight.content', '"much"'), ('weight.magic', '1'), ('profile.halfLifeDays', '-4')`;
  await database.pool.query(`INSERT INTO settings (parameter_name, value) VALUES ${rows}`);
  expect(await source.load()).toEqual({ ...DEFAULT_SETTINGS, "weight.basket": 2 });
  await source.load();
  expect(problems.length).toBe(3);
  expect(problems.join("\n")).toMatch(/weight.magic is unknown/);
});

test("a row under a name that every object has is refused, and brings nothing into the settings", async () => {
  const source = createSettingsSource(database, () => {});
  const rows = `('constructor', '1'), ('toString', '2'), ('__proto__', '{"weight.basket": 9}')`;
  await database.pool.query(`INSERT INTO settings (parameter_name, value) VALUES ${rows}`);
  onTestFinished(async () => {
    const names = "'constructor', 'toString', '__proto__'";
    await database.pool.query(`DELETE FROM settings WHERE parameter_name IN (${names})`);
  });
  const values = await source.load();
  expect(Object.keys(values)).toEqual(Object.keys(DEFAULT_SETTINGS));
  expect(structuredClone(values)).toEqual(values);
});

test("where a row turns to nonsense the value read last stands, and each turn is reported", async () => {
  const problems: string[] = [];
  const source = createSettingsSource(database, (problem) => problems.push(problem));
  const put = async (value: string) => {
    await database.pool.query("UPDATE settings SET value = $1 WHERE parameter_name = 'weight.basket'", [value]);
    return (await source.load())["weight.basket"];
  };
  problems.length = 0;
  expect([await put("7"), await put("null"), await put("1e9"), await put("3"), await put("null")]).toEqual([
    7, 7, 7, 3, 3,
  ]);
  expect(problems.filter((problem) => problem.startsWith("setting weight.basket")).length).toBe(3);
  expect(source.nRefused()).toBe(4);
});

test("all replicas share one cursor secret, whoever asks first", async () => {
  const secrets = await Promise.all([1, 2, 3].map(() => loadCursorSecret(database)));
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0].length).toBeGreaterThan(40);
});
