import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

const folder = path.resolve(import.meta.dirname, "../../dist/console");
const read = (file: string) => readFileSync(path.join(folder, file));
const files = readdirSync(folder).filter((file) => /\.(js|css|html)$/.test(file));
const isCharts = (file: string) => file.startsWith("charts-");
const gzippedKb = (names: readonly string[]) =>
  names.reduce((sum, file) => sum + gzipSync(read(file)).length, 0) / 1000;

describe("the console's bundle", () => {
  it("is less than 250 kB gzipped, charts aside", () => {
    const size = gzippedKb(files.filter((file) => !isCharts(file)));
    console.log(`console: ${size.toFixed(0)} kB gzipped, charts ${gzippedKb(files.filter(isCharts)).toFixed(0)} kB`);
    expect(size).toBeLessThan(250);
  });

  it("loads its charts when the first one is shown, not with the page", () => {
    const main = files.find((file) => /^main-.*\.js$/.test(file)) ?? "";
    const script = read(main).toString();
    expect(script).toMatch(/import\("\.\/charts-[A-Z0-9]+\.js"\)/);
    expect(script).not.toMatch(/(from|import)\s*"\.\/charts-/);
  });

  it("names every file by its content but the page, which names them", () => {
    const page = read("index.html").toString();
    expect(page).not.toMatch(/%SCRIPT%|%STYLE%/);
    for (const [, name] of page.matchAll(/"console\/([^"]+)"/g)) {
      expect(name).toMatch(/-[A-Z0-9]{8}\.(js|css)$/);
      expect(files).toContain(name);
    }
    expect(page).not.toMatch(/<script(?![^>]*src=)|<style| style=|(src|href)="(https?:)?\/\//);
  });
});
