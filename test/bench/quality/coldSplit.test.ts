import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COLD_PRODUCTS, coldProducts, writeColdSplit } from "./coldSplit.js";

const IDS = Array.from({ length: 40 }, (_, i) => `p${i}`);
const QUARTER = { share: 0.25, seed: 42 };

describe("a cold split", () => {
  let source = "";
  let target = "";

  beforeEach(() => {
    source = mkdtempSync(path.join(tmpdir(), "cold-source-"));
    target = path.join(source, "split");
  });

  afterEach(() => rmSync(source, { recursive: true, force: true }));

  function write(name: string, lines: readonly string[]): void {
    writeFileSync(path.join(source, name), `${lines.join("\n")}\n`);
  }

  function pairsOf(name: string): string[] {
    const lines = readFileSync(path.join(target, name), "utf8").split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line)).map(({ user_id, product_id }) => `${user_id} ${product_id}`);
  }

  it("hides the same share of the products, whatever their order, and others for another seed", () => {
    const cold = coldProducts(IDS, QUARTER);
    expect(cold.size).toBe(10);
    expect(coldProducts([...IDS].reverse(), QUARTER)).toEqual(cold);
    expect(coldProducts(IDS, { ...QUARTER, seed: 7 })).not.toEqual(cold);
  });

  it("asks for what users who know two other products chose among the hidden, in learning part and test", async () => {
    const cold = [...coldProducts(IDS, QUARTER)];
    const warm = IDS.filter((id) => !cold.includes(id));
    const row = (user: string, product: string) => `${user},${product},,purchase`;
    const header = "user_id,product_id,timestamp,action_type";
    write("products.csv", ["product_id,tags", ...IDS.map((id) => `${id},"a, b"`)]);
    write("user_interactions.csv", [
      header,
      ...[warm[0], warm[1], cold[0]].map((product) => row("knows two", product)),
      ...[warm[0], warm[0], cold[0]].map((product) => row("knows one", product)),
    ]);
    write("test_interactions.csv", [
      header,
      row("knows two", cold[1]),
      row("knows two", warm[2]),
      row("stranger", cold[1]),
    ]);

    await writeColdSplit(source, target, QUARTER);

    expect(pairsOf("user_interactions.ndjson")).toEqual([
      `knows two ${warm[0]}`,
      `knows two ${warm[1]}`,
      `knows one ${warm[0]}`,
      `knows one ${warm[0]}`,
    ]);
    expect(pairsOf("test_interactions.ndjson")).toEqual([`knows two ${cold[0]}`, `knows two ${cold[1]}`]);
    const listed = readFileSync(path.join(target, COLD_PRODUCTS), "utf8").split("\n");
    expect(listed).toEqual(["product_id", ...[...cold].sort()]);
    expect(readFileSync(path.join(target, "products.csv"), "utf8")).toBe(
      readFileSync(path.join(source, "products.csv"), "utf8"),
    );
  });

  it("refuses a data set without a catalogue: nothing could be said of what nobody has chosen", async () => {
    write("user_interactions.csv", ["user_id,product_id", "u,p"]);
    await expect(writeColdSplit(source, target, QUARTER)).rejects.toThrow(/a file of products is required, found none/);
  });
});
