import { readFileSync } from "node:fs";
import path from "node:path";
import { composeServices as composeByApollo } from "@apollo/composition";
import { composeServices as composeByGuild } from "@theguild/federation-composition";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse as parseSdl } from "graphql";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { openGraph } from "../graph/openGraph.js";

const deploy = path.resolve(import.meta.dirname, "../../deploy");
const read = (file: string) => readFileSync(path.join(deploy, file), "utf8");
const supergraph: {
  federation_version: string;
  subgraphs: Record<string, { routing_url: string; schema: { file: string } }>;
} = parse(read("supergraph.yaml"));
const router = parse(read("router.yaml"));

const strict = (properties: object) => ({ type: "object", additionalProperties: false, properties });
const map = (additionalProperties: object) => ({ type: "object", additionalProperties });
const flag = { type: "boolean" };
const text = { type: "string" };
const address = { type: "string", pattern: "^[\\d.]+:\\d+$" };
const duration = { type: "string", pattern: "^\\d+(ms|s|m)$" };
const headerRules = strict({
  request: {
    type: "array",
    items: {
      oneOf: [
        strict({ propagate: { ...strict({ named: text }), required: ["named"] } }),
        strict({ insert: { ...strict({ name: text, value: text }), required: ["name", "value"] } }),
      ],
    },
  },
});
const shaping = strict({ timeout: duration, deduplicate_query: flag });
const redis = strict({ urls: { type: "array", items: text }, namespace: text, required_to_start: flag });
const caching = strict({ enabled: flag, ttl: duration, redis });

/** The part of Apollo Router's configuration (2.6) that is used here, after its reference. */
const CONFIGURATION = strict({
  supergraph: strict({ listen: address, introspection: flag, defer_support: flag }),
  homepage: strict({ enabled: flag }),
  health_check: strict({ listen: address }),
  headers: strict({ all: headerRules, subgraphs: map(headerRules) }),
  include_subgraph_errors: strict({ all: flag, subgraphs: map(flag) }),
  traffic_shaping: strict({ router: strict({ timeout: duration }), all: shaping, subgraphs: map(shaping) }),
  response_cache: strict({ enabled: flag, subgraph: strict({ all: caching, subgraphs: map(caching) }) }),
  telemetry: strict({
    exporters: strict({ metrics: strict({ prometheus: strict({ enabled: flag, listen: address, path: text }) }) }),
  }),
});

describe("supergraph.yaml", () => {
  const services = Object.entries(supergraph.subgraphs).map(([name, { routing_url, schema }]) => ({
    name,
    url: routing_url,
    typeDefs: parseSdl(read(schema.file)),
  }));

  it("composes, by Apollo's composer and the Guild's", () => {
    for (const { supergraphSdl, errors } of [composeByApollo(services), composeByGuild(services)]) {
      expect(errors).toBeUndefined();
      for (const { url } of services) expect(supergraphSdl).toContain(JSON.stringify(url));
    }
  });

  it("asks for a federation that knows what the schemas link", () => {
    const [, minor] = /^=2\.(\d+)\.\d+$/.exec(supergraph.federation_version) ?? [];
    for (const { schema } of Object.values(supergraph.subgraphs)) {
      const [, linked] = /federation\/v2\.(\d+)/.exec(read(schema.file)) ?? [];
      expect(Number(linked)).toBeLessThanOrEqual(Number(minor));
    }
  });

  it("names the address that the manifests give the service", () => {
    const { hostname, port } = new URL(supergraph.subgraphs.recommendations.routing_url);
    const service = read("kubernetes/serve.yaml").split("\n---\n")[1];
    expect(service).toContain(`name: ${hostname.split(".")[0]}\n`);
    expect(service).toContain(`port: ${port}\n`);
    expect(read("kubernetes/namespace.yaml")).toContain(`name: ${hostname.split(".")[1]}\n`);
  });
});

describe("router.yaml", () => {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(CONFIGURATION);

  it("says what the router's reference knows, and a word mistyped is found", () => {
    validate(router);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate(parse(read("router.yaml").replace("deduplicate_query", "deduplicate_queries")))).toBe(false);
    expect(validate(parse(read("router.yaml").replace("timeout: 2s", "timeout: 2")))).toBe(false);
  });

  it("speaks of subgraphs that there are", () => {
    const sections = [
      router.headers,
      router.include_subgraph_errors,
      router.traffic_shaping,
      router.response_cache.subgraph,
    ];
    for (const { subgraphs } of sections) {
      for (const name of Object.keys(subgraphs)) expect(Object.keys(supergraph.subgraphs)).toContain(name);
    }
  });

  it("sends what the service believes, and lets through nothing by which a client could claim to be somebody", async () => {
    const [{ insert }] = router.headers.subgraphs.recommendations.request;
    expect(insert.value).toBe(["$", "{env.ROUTER_SECRET}"].join(""));
    const secret = "the first router secret";
    const graph = await openGraph({ env: { NODE_ENV: "production", ROUTER_SECRET: secret } });
    const answer = await graph.query("{ trendingProducts { listId } }", {}, { [insert.name]: secret });
    expect([answer.status, answer.errors]).toEqual([200, undefined]);
    const propagated = router.headers.all.request.map((rule: { propagate: { named: string } }) => rule.propagate.named);
    expect(propagated).toEqual(["authorization", "x-request-id"]);
  });

  it("gives up a list before the service does, and before it gives up the page", () => {
    const seconds = (time: string) => Number.parseInt(time, 10);
    const { router: whole, all, subgraphs } = router.traffic_shaping;
    const ofService = DEFAULT_SETTINGS["limits.requestSeconds"];
    expect(seconds(subgraphs.recommendations.timeout)).toBeLessThan(ofService);
    expect(seconds(subgraphs.recommendations.timeout)).toBeLessThanOrEqual(seconds(all.timeout));
    expect(seconds(all.timeout)).toBeLessThan(seconds(whole.timeout));
  });
});
