// What a browser loads of dist/, gzipped, against the bound it must keep.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

const MAX_KB = 250;
const assets = path.resolve(import.meta.dirname, "../dist/assets");

// Beside each woff2 lies a woff for browsers that are older than the rest of the page allows.
const loaded = readdirSync(assets).filter((name) => !name.endsWith(".woff"));
const sizes = loaded.map((name) => [name, gzipSync(readFileSync(path.join(assets, name))).length / 1000]);
const total = sizes.reduce((sum, [, kB]) => sum + kB, 0);
const largest = sizes.sort(([, a], [, b]) => b - a).slice(0, 4);

console.log(
  `bundle ${total.toFixed(1)} kB gzipped, fonts and later pages included, of at most ${MAX_KB}: ${largest
    .map(([name, kB]) => `${name} ${kB.toFixed(1)}`)
    .join(", ")}`,
);
if (total > MAX_KB) process.exitCode = 1;
