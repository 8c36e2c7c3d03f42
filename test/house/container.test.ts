import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const read = (file: string) => readFileSync(path.resolve(import.meta.dirname, "../..", file), "utf8");
const image = read("Dockerfile").split("\nFROM ").at(-1) ?? "";

test("commands in a container are told as the image can run them, which has no npm scripts", () => {
  const commands = read("README.md").match(/docker compose (run|exec) .*/g) ?? [];
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) expect(command).toMatch(/ recommender node dist\/main\.js \w+/);
  expect(image).toContain("/app/dist ./dist");
  expect(image).not.toContain("build.mjs");
});

test("somebody trains, since the service itself does not in production", () => {
  const compose = read("docker-compose.yml");
  expect(compose).toContain("NODE_ENV: production");
  expect(compose).toMatch(/command: \[.*"dist\/main\.js", "work"\]/);
});

test("the data folder of the image belongs to its user and outlives a container", () => {
  const dataDir = /DATA_DIR=(\S+)/.exec(image)?.[1];
  const user = /^USER (\S+)/m.exec(image)?.[1];
  const made = `install --directory --owner=${user} --group=${user} ${dataDir}`;
  expect(image).toContain(made);
  expect(image.indexOf(made)).toBeLessThan(image.indexOf("USER "));
  expect(read("docker-compose.yml")).toMatch(new RegExp(`^ +- \\S+:${dataDir}$`, "m"));
});
