// Which licences may reach production: `node scripts/check-licences.mjs`; test/house/licences.test.ts runs the same check.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** Licences that ask for no more than a notice. MPL-2.0 is not among them: nothing in production needs it so far. */
export const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "PostgreSQL",
  "Python-2.0",
  "Unlicense",
]);

/** Packages looked at one by one. The licence is part of the entry, so that a package which changes it is refused again. */
export const EXCEPTIONS = new Map([
  [
    "elkjs",
    { licence: "EPL-2.0", because: "unmodified part of the Prisma command line's browser; the service never loads it" },
  ],
  [
    "seq-queue",
    { licence: "none stated", because: "its LICENSE file is the MIT licence; package.json does not say so" },
  ],
]);

/**
 * Every package that `npm ci --omit=dev` may install on any platform and whose licence is not allowed, as lines for a reader.
 * What the installed package says about itself counts more than the lock file's copy of it.
 *
 * @param lock parsed package-lock.json, version 3
 * @param readManifest (folder in the lock file) → the parsed package.json there, or null where it is not installed
 */
export function findLicenceProblems(lock, readManifest) {
  return Object.entries(lock.packages)
    .filter(([folder, entry]) => folder !== "" && !entry.dev && !entry.link)
    .map(([folder, entry]) => ({ folder, entry, name: folder.slice(folder.lastIndexOf("node_modules/") + 13) }))
    .filter(({ folder, entry, name }) => !isAccepted(name, licenceOf(readManifest(folder) ?? entry)))
    .map(
      ({ folder, entry, name }) =>
        `${name} ${entry.version}: an allowed licence is required, found ${licenceOf(readManifest(folder) ?? entry)}`,
    );
}

function isAccepted(name, licence) {
  return isAllowed(licence) || EXCEPTIONS.get(name)?.licence === licence;
}

/** Both spellings of npm's history: a string, an object with a type, or a list of those, of which one may be chosen. */
function licenceOf({ license, licenses }) {
  const stated = license ?? licenses;
  if (stated === undefined) return "none stated";
  const all = Array.isArray(stated) ? stated : [stated];
  return all.map((one) => one.type ?? one).join(" OR ");
}

/** An expression that mixes AND with OR is refused rather than understood halfway. */
function isAllowed(expression) {
  const words = expression.replace(/[()]/g, " ").trim();
  const alternatives = words.split(/\s+OR\s+/i);
  const parts = words.split(/\s+AND\s+/i);
  if (alternatives.length > 1 && parts.length > 1) return false;
  return alternatives.length > 1
    ? alternatives.some((one) => ALLOWED.has(one))
    : parts.every((one) => ALLOWED.has(one));
}

/** The check on this checkout. */
export function checkInstalled(root) {
  const lock = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8"));
  return findLicenceProblems(lock, (folder) => {
    const file = path.join(root, folder, "package.json");
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const problems = checkInstalled(path.resolve(import.meta.dirname, ".."));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
