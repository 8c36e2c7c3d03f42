import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { shopFolder } from "../ingest/shopFolder.js";
import { startCommand } from "../tools/command.js";
import { createTestDatabaseUrl } from "../tools/testDatabase.js";

const databaseUrl = await createTestDatabaseUrl();

/** Run to the end, and demand one line of explanation and an exit code that says failure. */
async function refusal(args: readonly string[], environment: Record<string, string>): Promise<string> {
  const { code, stderr } = await startCommand(args, environment).ended;
  expect(code).toBe(1);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  return stderr.trim();
}

test("wrong variables are told all at once, and secrets are not printed", async () => {
  const environment = { PORT: "http", LOG_LEVEL: "loud", ROUTER_SECRET: "short", JWT_JWKS_URL: "https://keys" };
  const text = await refusal(["serve"], environment);
  for (const name of ["PORT", "LOG_LEVEL", "ROUTER_SECRET", "JWT_ISSUER", "JWT_AUDIENCE"]) expect(text).toContain(name);
  expect(text).toContain('found "http"');
  expect(text).not.toContain("short");
});

test("production does not start without an auth configuration, nor without a database of its own", async () => {
  expect(await refusal(["serve"], { NODE_ENV: "production", DATABASE_URL: databaseUrl })).toMatch(/ROUTER_SECRET/);
  const secret = { NODE_ENV: "production", ROUTER_SECRET: "sixteen-characters-at-least" };
  expect(await refusal(["serve"], secret)).toMatch(/DATABASE_URL/);
});

test("a database that cannot be reached is named without its password", async () => {
  const text = await refusal(["serve"], { DATABASE_URL: "postgresql://me:hush@127.0.0.1:1/shop" });
  expect(text).toContain("Cannot reach PostgreSQL at 127.0.0.1:1/shop");
  expect(text).not.toContain("hush");
});

test("a port in use is named with its cure", async () => {
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void occupant.close());
  const { port } = occupant.address() as { port: number };
  const text = await refusal(["serve"], { DATABASE_URL: databaseUrl, PORT: String(port) });
  expect(text).toBe(`Cannot listen on 127.0.0.1:${port}: the port is in use; set PORT to another, or 0 for a free one`);
});

test("an address of another machine is named before the work of a start begins", async () => {
  // Documentation addresses (RFC 5737) belong to no machine.
  const started = startCommand(["serve"], { DATABASE_URL: databaseUrl, HOST: "192.0.2.1", PORT: "4001" });
  const { code, stdout, stderr } = await started.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Cannot listen on 192\.0\.2\.1:4001: an address of this machine .* found "[^\n]*\n$/);
  expect(stdout).toBe("");
});

test("a folder that is none is refused by an import, and an empty shop by a training", async () => {
  expect(await refusal(["import", "/no/such/folder"], { DATABASE_URL: databaseUrl })).toContain("/no/such/folder");
  expect(await refusal(["train"], { DATABASE_URL: databaseUrl })).toMatch(
    /Cannot train: products or interactions are required/,
  );
});

test("rows that an evaluation rejected are told also when nothing was left to learn from", async () => {
  const rows = "user_id,product_id,timestamp,action_type\nu1,p1,2999-01-01,view\nu1,p2,2999-01-01,view\n";
  const folder = await shopFolder({ "user_interactions.csv": rows, "test_interactions.csv": rows });
  const { code, stdout, stderr } = await startCommand(["evaluate", folder, "--json"], { DATA_DIR: folder }).ended;
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("rejected   2 rows of user_interactions.csv: future_timestamp\n");
  expect(stderr.trim().split("\n").at(-1)).toMatch(/^Cannot train: products or interactions are required/);
});

test("an unknown command or option is refused with the usage", async () => {
  const { code, stderr } = await startCommand(["explode"], {}).ended;
  expect(code).not.toBe(0);
  expect(stderr).toBe("error: unknown command 'explode' (see --help)\n");
});

test("a setting by hand that is no value of it is refused with what was found", async () => {
  const refused = (set: string) => refusal(["evaluate", "/no/such/folder", "--set", set], {});
  expect(await refused("weight.basket=abc")).toBe(
    'Cannot use --set weight.basket=abc: weight.basket requires a finite number, found "abc"',
  );
  expect(await refused("exclude.seen=1")).toMatch(/exclude\.seen requires true or false, found 1$/);
});

test("--version is that of the package", async () => {
  const { code, stdout } = await startCommand(["--version"], {}).ended;
  expect([code, stdout]).toEqual([0, `${packageJson.version}\n`]);
});

test("a database of the shop's own gets no sample data, and the empty shop answers with empty lists", async () => {
  const service = startCommand(["serve"], { DATABASE_URL: databaseUrl });
  const address = (await service.line(/^Open /)).replace(/^Open (.*)\/graphql$/, "$1");
  expect(service.output().stdout).toMatch(/model {6}none yet: the shop is empty/);
  const answer = await fetch(`${address}/recommend/anybody`);
  expect(await answer.json()).toEqual({ user_id: "anybody", recommendations: [] });
  expect((await fetch(`${address}/readyz`)).status).toBe(200);
  service.process.kill("SIGTERM");
  expect((await service.ended).code).toBe(0);
});
