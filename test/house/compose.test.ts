import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { VARIABLES } from "../../src/config.js";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");

interface Service {
  readonly build?: string | { readonly context: string; readonly dockerfile: string };
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const { services, volumes }: { services: Record<string, Service>; volumes: object } = parse(
  read("docker-compose.yml"),
  {
    merge: true,
  },
);
const entries = Object.entries(services);

function dockerfileOf({ build }: Service): string | null {
  if (build === undefined) return null;
  return typeof build === "string" ? path.join(build, "Dockerfile") : path.join(build.context, build.dockerfile);
}

const ours = entries.filter(([, service]) => dockerfileOf(service) === "Dockerfile");
const built = entries.filter(([, service]) => service.build !== undefined);

/** What Compose makes of `${NAME:-default}` and `${NAME:?required}` where only what is required is set. */
const filledIn = (text: string) =>
  String(text)
    .replace(/\$\{\w+:-([^}]*)\}/g, "$1")
    .replace(/\$\{\w+:\?[^}]*\}/g, "a secret of the shop");

/** Every variable that a service's own code or template reads. */
function knownVariables(dockerfile: string): string {
  if (dockerfile === "examples/storefront/Dockerfile") return read("examples/storefront/nginx.conf.template");
  return read(path.join(path.dirname(dockerfile), "src/configuration.ts"));
}

describe("the compose file", () => {
  it("runs every role of the engine, the shop's own services and what they stand on", () => {
    expect(Object.keys(services).sort()).toEqual(
      [
        ...["catalog", "consumer", "gateway", "kafka", "migration", "postgres"],
        ...["recommender", "redis", "sample", "storefront", "worker"],
      ].sort(),
    );
    const commands = [...read("src/main.ts").matchAll(/\.command\("(\w+)"/g)].map(([, name]) => name);
    for (const [, { command }] of ours) {
      for (const [, name] of (command ?? []).join(" ").matchAll(/dist\/main\.js (\w+)/g))
        expect(commands).toContain(name);
    }
    const roleOf = (name: string) => services[name].command?.at(-1);
    expect([roleOf("migration"), roleOf("consumer"), roleOf("worker"), roleOf("recommender")]).toEqual([
      "migrate",
      "consume",
      "work",
      undefined,
    ]);
  });

  it("builds from Dockerfiles that there are", () => {
    for (const [, service] of built) expect(existsSync(path.join(root, dockerfileOf(service) as string))).toBe(true);
  });

  it.each(ours)("sets for %s variables that the engine reads, to values that it takes", (_name, { environment }) => {
    for (const [name, value] of Object.entries(environment ?? {})) {
      expect(Object.keys(VARIABLES)).toContain(name);
      expect(() => VARIABLES[name as keyof typeof VARIABLES].parse(filledIn(value))).not.toThrow();
    }
  });

  it.each(built.filter(([, service]) => dockerfileOf(service) !== "Dockerfile"))(
    "sets for %s variables that it reads",
    (_name, service) => {
      const dockerfile = dockerfileOf(service) as string;
      const inImage = [...read(dockerfile).matchAll(/^ENV (.*)$/gm)].flatMap(([, line]) =>
        line.match(/\b[A-Z_]+(?==)/g),
      );
      const ofNode = new Set(["NODE_ENV", "NPM_CONFIG_AUDIT", "NPM_CONFIG_FUND", "NPM_CONFIG_UPDATE_NOTIFIER"]);
      const names = [...Object.keys(service.environment ?? {}), ...inImage].filter((name) => !ofNode.has(name ?? ""));
      for (const name of names) expect(knownVariables(dockerfile)).toMatch(new RegExp(`\\b${name}\\b`));
    },
  );

  it("names addresses at which somebody listens", () => {
    const listening = (name: string) => {
      const file = dockerfileOf(services[name]);
      if (file !== null) return /^EXPOSE (\d+)$/m.exec(read(file))?.[1];
      return { postgres: "5432", redis: "6379", kafka: "9092" }[name];
    };
    for (const [, { environment, image }] of entries) {
      if (image !== undefined) continue;
      const text = Object.values(environment ?? {})
        .map(filledIn)
        .join(" ");
      for (const [, name, port] of text.matchAll(/(?:\/\/|@|^| )([a-z]+):(\d+)/g)) {
        expect([name, Object.keys(services).includes(name)]).toEqual([name, true]);
        expect([name, port]).toEqual([name, listening(name)]);
      }
    }
    for (const [name, { ports }] of built) {
      for (const port of ports ?? []) expect(port).toMatch(new RegExp(`^127\\.0\\.0\\.1:.*:${listening(name)}$`));
    }
  });

  it("waits for services and keeps data in volumes that there are", () => {
    for (const [, { depends_on, volumes: mounted }] of entries) {
      for (const name of Object.keys(depends_on ?? {})) expect(Object.keys(services)).toContain(name);
      for (const volume of mounted ?? []) {
        const [from] = volume.split(":");
        if (from.startsWith("./")) expect(existsSync(path.join(root, from))).toBe(true);
        else expect(Object.keys(volumes)).toContain(from);
      }
    }
    for (const name of ["recommender", "consumer", "worker", "sample"]) {
      expect(services[name].depends_on?.migration.condition).toBe("service_completed_successfully");
    }
  });
});

describe.each([...new Set(built.map(([, service]) => dockerfileOf(service) as string))])("%s", (file) => {
  const stages = read(file)
    .split(/^FROM /m)
    .slice(1);
  const last = stages.at(-1) as string;

  it("builds in one stage and keeps in another, which has no tool to build with", () => {
    expect(stages.length).toBeGreaterThan(1);
    expect(last).toContain("COPY --from=");
    expect(last).not.toMatch(/\bnpm\b|COPY .*(tsconfig|package-lock)/);
  });

  it("runs as nobody in particular, and says how to ask for its health", () => {
    const user = /^USER (\S+)$/m.exec(last)?.[1];
    expect(user ?? last.split("\n")[0]).toMatch(/^node$|^nginxinc\/nginx-unprivileged:\d/);
    expect(last).toContain("HEALTHCHECK ");
  });

  it("lets into its context no data, secret or local build", () => {
    const own = path.join(root, `${file}.dockerignore`);
    const ignored = existsSync(own) ? readFileSync(own, "utf8") : read(path.join(path.dirname(file), ".dockerignore"));
    expect(ignored.split("\n").find((line) => line !== "" && !line.startsWith("#"))).toBe("*");
  });
});
