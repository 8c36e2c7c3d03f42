import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments, parseDocument } from "yaml";
import { VARIABLES } from "../../src/config.js";
import { OPEN_PATHS } from "../../src/graph/httpRoutes.js";

const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(root, "deploy/kubernetes");
const read = (file: string) => readFileSync(path.resolve(root, file), "utf8");

// biome-ignore lint/suspicious/noExplicitAny: manifests are of many shapes, and the schema says which
type Manifest = any;

const kustomization = parse(read("deploy/kubernetes/kustomization.yaml"));
/** As a cluster would get them: what a merge of YAML means is gone. */
const manifests: Manifest[] = kustomization.resources.flatMap((file: string) =>
  parseAllDocuments(read(path.join(folder, file)), { merge: true }).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  }),
);
const ofKind = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const named = (kind: string, name: string) => ofKind(kind).find((manifest) => manifest.metadata.name === name);
const workloads = [...ofKind("Deployment"), ...ofKind("Job")];
const containerOf = (workload: Manifest) => workload.spec.template.spec.containers[0];

const definitions = JSON.parse(read("test/house/kubernetes-1.34.schema.json"));
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(definitions, "kubernetes");

/** What Kubernetes' own definitions say against a manifest; a field that they do not know is said too. */
function faultsOf(manifest: Manifest): string[] {
  const group = manifest.apiVersion.includes("/")
    ? manifest.apiVersion.replace(".k8s.io", "")
    : `core/${manifest.apiVersion}`;
  const name = `io.k8s.api.${group.replace("/", ".")}.${manifest.kind}`;
  const validate = ajv.getSchema(`kubernetes#/$defs/${name}`);
  if (validate === undefined) return [`${name} is not known`];
  validate(manifest);
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath} ${message} ${params.additionalProperty ?? ""}`.trim();
  });
}

describe("the manifests", () => {
  it.each(manifests.map((manifest) => [manifest.kind, manifest.metadata.name, manifest]))(
    "%s %s is what Kubernetes 1.34 takes",
    (_kind, _name, manifest) => {
      expect(faultsOf(manifest)).toEqual([]);
    },
  );

  it.each([
    ["a word mistyped", /readinessProbe:/, "readynessProbe:", "must NOT have additional properties readynessProbe"],
    ["a word in the wrong place", /^ {2}selector:$/m, "  serviceAccountName: x\n  selector:", "/spec must NOT have"],
    ["a number in quotes", /periodSeconds: 2\n/, 'periodSeconds: "2"\n', "periodSeconds must be integer,null"],
    ["a word that is none of the allowed", /type: RuntimeDefault/, "type: [RuntimeDefault]", "type must be string"],
    ["what is required left out", /^ {2}selector:\n {4}matchLabels: \*labels\n/m, "", "required property 'selector'"],
  ])("are found wrong with %s", (_what, place, otherwise, fault) => {
    const text = read("deploy/kubernetes/serve.yaml");
    expect(text).toMatch(place);
    const [deployment] = parseAllDocuments(text.replace(place, otherwise), { merge: true });
    expect(faultsOf(deployment.toJS()).join("\n")).toContain(fault);
  });

  it("are all named by the kustomization, and so are their labels and their image", () => {
    const files = readdirSync(folder).filter((file) => file !== "kustomization.yaml");
    expect([...kustomization.resources].sort()).toEqual(files.sort());
    const [image] = kustomization.images;
    for (const workload of workloads) expect(containerOf(workload).image).toBe(image.name);
    expect(image.newTag).toBe(JSON.parse(read("package.json")).version);
  });
});

describe("what runs in a cluster", () => {
  it("runs commands that there are, as the image's user, with nothing it could do without", () => {
    const commands = [...read("src/main.ts").matchAll(/\.command\("(\w+)"/g)].map(([, name]) => name);
    expect(workloads.map((workload) => containerOf(workload).name).sort()).toEqual([
      "consume",
      "migrate",
      "serve",
      "work",
    ]);
    for (const workload of workloads) {
      const { command, securityContext } = containerOf(workload);
      const [program, file, name] = command.filter((word: string) => !word.startsWith("--"));
      if (name === "serve") expect(command).toEqual(JSON.parse(/^CMD (.*)$/m.exec(read("Dockerfile"))?.[1] ?? "null"));
      expect([program, file, commands.includes(name)]).toEqual(["node", "dist/main.js", true]);
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      const pod = workload.spec.template.spec;
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(containerOf(workload).resources.limits.memory).toBeDefined();
    }
  });

  it("sets variables that the service reads, to values that it takes, and names secrets without holding one", () => {
    const maps = Object.fromEntries(ofKind("ConfigMap").map(({ metadata, data }) => [metadata.name, data]));
    const secrets = Object.entries(VARIABLES).flatMap(([name, one]) =>
      "isSecret" in one && one.isSecret ? [name] : [],
    );
    for (const workload of workloads) {
      const { env, envFrom } = containerOf(workload);
      const written = env.filter((one: Manifest) => one.value !== undefined);
      const values = Object.assign({}, ...envFrom.map((one: Manifest) => maps[one.configMapRef.name]));
      for (const { name, value } of written) values[name] = value;
      for (const [name, value] of Object.entries(values)) {
        expect(Object.keys(VARIABLES)).toContain(name);
        expect(secrets).not.toContain(name);
        expect(() => VARIABLES[name as keyof typeof VARIABLES].parse(value as string)).not.toThrow();
      }
      for (const { name, valueFrom } of env.filter((one: Manifest) => one.valueFrom !== undefined)) {
        expect(Object.keys(VARIABLES)).toContain(name);
        expect(valueFrom.secretKeyRef).toMatchObject({ name: "recommender", key: name });
      }
    }
    for (const manifest of manifests) expect(manifest.kind).not.toBe("Secret");
  });

  it("is asked for its health where it answers, and gets the time that a stop takes", () => {
    const shutdownMs = Number(named("ConfigMap", "recommender").data.SHUTDOWN_TIMEOUT_MS);
    for (const name of ["serve", "consume"]) {
      const { spec } = named("Deployment", name).spec.template;
      const { ports, startupProbe, livenessProbe, readinessProbe, lifecycle } = spec.containers[0];
      for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
        expect([OPEN_PATHS.has(httpGet.path), httpGet.port]).toEqual([true, ports[0].name]);
      }
      expect(livenessProbe.httpGet.path).toBe("/livez");
      expect(readinessProbe.httpGet.path).toBe("/readyz");
      const preStopSeconds = lifecycle?.preStop.sleep.seconds ?? 0;
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(preStopSeconds + shutdownMs / 1000);
      expect(String(ports[0].containerPort)).toBe(/ PORT=(\d+)/.exec(read("Dockerfile"))?.[1]);
    }
  });

  it("is found by whatever selects it", () => {
    const labelsOf = (workload: Manifest) => workload.spec.template.metadata.labels;
    const isFound = (selector: object) => (workload: Manifest) =>
      Object.entries(selector).every(([name, value]) => labelsOf(workload)[name] === value);
    for (const workload of ofKind("Deployment"))
      expect(isFound(workload.spec.selector.matchLabels)(workload)).toBe(true);
    const foundBy = (selector: object) => workloads.filter(isFound(selector)).map((one) => one.metadata.name);
    expect(foundBy(named("Service", "recommendations").spec.selector)).toEqual(["serve"]);
    for (const name of ["serve", "consume"]) {
      expect(foundBy(named("PodDisruptionBudget", name).spec.selector.matchLabels)).toEqual([name]);
      expect(foundBy(named("NetworkPolicy", name).spec.podSelector.matchLabels)).toEqual([name]);
    }
    expect(foundBy(named("NetworkPolicy", "recommender").spec.podSelector.matchLabels)).toHaveLength(workloads.length);
    const { scaleTargetRef } = named("HorizontalPodAutoscaler", "serve").spec;
    expect(named(scaleTargetRef.kind, scaleTargetRef.name)).toBeDefined();
  });

  it("leaves the number of replicas to the autoscaler where there is one", () => {
    expect(parseDocument(read("deploy/kubernetes/serve.yaml").split("\n---\n")[0]).hasIn(["spec", "replicas"])).toBe(
      false,
    );
  });
});
