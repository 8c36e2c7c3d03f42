import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { storefrontSchema } from "../../scripts/storefront-schema.mjs";
import { ROOT } from "../tools/installedPackages.js";

it("the storefront's types are made from what the gateway shows today (node scripts/storefront-schema.mjs writes it)", () => {
  const committed = readFileSync(path.join(ROOT, "examples/storefront/schema.graphql"), "utf8");
  expect(committed).toBe(storefrontSchema());
});
