import path from "node:path";
import { expect, test } from "vitest";
import { VARIABLES } from "../../src/config.js";
import { commandEnvironment } from "../tools/command.js";

test("a command that a test starts uses neither the port nor the data folder of a running service", () => {
  const { PORT, DATA_DIR } = commandEnvironment({});
  expect(PORT).toBe("0");
  expect(path.resolve(DATA_DIR)).not.toBe(path.resolve(VARIABLES.DATA_DIR.fallback));
});

test("what a test asks for stands over what its commands have anyway", () => {
  expect(commandEnvironment({ PORT: "http", DATA_DIR: "shop" })).toMatchObject({ PORT: "http", DATA_DIR: "shop" });
});
