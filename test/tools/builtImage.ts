import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

/** What a Dockerfile makes, made in a folder: files of the image lie under `root`. */
export interface BuiltImage {
  readonly root: string;
  /** Where the image's commands run, on this machine. */
  readonly workFolder: string;
  /** Its variables, with the image's own paths turned into paths under `root`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly command: readonly string[];
  readonly healthCommand: readonly string[];
}

interface Stage extends BuiltImage {
  readonly name: string;
}

/**
 * Build an image without a container engine: every COPY takes what .dockerignore lets through, every RUN runs in its
 * stage's own clean folder. What differs from a real build: the base image is this machine, and files belong to whoever
 * runs the tests.
 */
export async function buildImage(contextFolder: string, into: string, dockerfile = "Dockerfile"): Promise<BuiltImage> {
  const own = `${dockerfile}.dockerignore`;
  const ignoring = existsSync(path.join(contextFolder, own)) ? own : ".dockerignore";
  const context = { folder: contextFolder, ignored: read(contextFolder, ignoring) };
  const stages = new Map<string, Stage>();
  let stage: Stage | null = null;
  for (const { word, rest } of instructions(read(contextFolder, dockerfile).join("\n"))) {
    if (word === "FROM") stage = openStage(rest, stages, path.join(into, `stage-${stages.size}`));
    else if (stage === null) throw new Error(`Cannot build ${dockerfile}: FROM is required first, found ${word}`);
    else stage = await follow(word, rest, { stage, stages, context });
    stages.set(stage.name, stage);
  }
  return stage as Stage;
}

function read(folder: string, file: string): string[] {
  return readFileSync(path.join(folder, file), "utf8").split("\n");
}

function instructions(text: string): { word: string; rest: string }[] {
  const lines = text
    .replace(/^#.*\n/gm, "")
    .replace(/\\\n\s*/g, " ")
    .split("\n");
  return lines.flatMap((line) => {
    const [, word, rest] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    return word === undefined ? [] : [{ word, rest }];
  });
}

function openStage(rest: string, stages: ReadonlyMap<string, Stage>, root: string): Stage {
  const [base, , name = `${stages.size}`] = rest.split(/\s+/);
  mkdirSync(root, { recursive: true });
  const parent = stages.get(base);
  if (parent === undefined) {
    return { name, root, workFolder: root, environment: {}, user: "root", command: [], healthCommand: [] };
  }
  cpSync(parent.root, root, { recursive: true });
  return { ...parent, name, root, workFolder: parent.workFolder.replace(parent.root, root) };
}

interface Place {
  readonly stage: Stage;
  readonly stages: ReadonlyMap<string, Stage>;
  readonly context: { readonly folder: string; readonly ignored: readonly string[] };
}

async function follow(word: string, rest: string, place: Place): Promise<Stage> {
  const { stage } = place;
  const inRoot = (file: string) => path.join(stage.root, file);
  if (word === "WORKDIR") {
    mkdirSync(inRoot(rest), { recursive: true });
    return { ...stage, workFolder: inRoot(rest) };
  }
  if (word === "ENV") {
    const pairs = rest.split(/\s+/).map((pair) => pair.split("=") as [string, string]);
    const here = pairs.map(([name, value]) => [name, value.startsWith("/") ? inRoot(value) : value]);
    return { ...stage, environment: { ...stage.environment, ...Object.fromEntries(here) } };
  }
  if (word === "USER") return { ...stage, user: rest };
  if (word === "CMD") return { ...stage, command: JSON.parse(rest) };
  if (word === "HEALTHCHECK") return { ...stage, healthCommand: JSON.parse(rest.slice(rest.indexOf("["))) };
  if (word === "COPY") copy(rest, place);
  else if (word === "RUN") await run(rest, stage);
  else if (word !== "EXPOSE") throw new Error(`Cannot build an image: ${word} is not known here`);
  return stage;
}

function copy(rest: string, { stage, stages, context }: Place): void {
  const words = rest.split(/\s+/).filter((word) => !word.startsWith("--"));
  const from = /--from=(\S+)/.exec(rest)?.[1];
  const named = words.pop() as string;
  const to = path.isAbsolute(named) ? path.join(stage.root, named) : path.join(stage.workFolder, named);
  for (const source of words) {
    const target = words.length > 1 || rest.endsWith("/") ? path.join(to, path.basename(source)) : to;
    if (from !== undefined) {
      // Moved, not copied: hundreds of megabytes, and no later stage takes them again.
      mkdirSync(path.dirname(target), { recursive: true });
      renameSync(path.join((stages.get(from) as Stage).root, source), target);
      continue;
    }
    const isLetThrough = (file: string) => !isIgnored(path.relative(context.folder, file), context.ignored);
    if (!isLetThrough(path.join(context.folder, source))) {
      throw new Error(`Cannot copy ${source}: a line in .dockerignore that lets it through is required`);
    }
    cpSync(path.join(context.folder, source), target, { recursive: true, filter: isLetThrough });
  }
}

/** The last line that names a path or a folder above it decides. */
function isIgnored(file: string, lines: readonly string[]): boolean {
  const matching = lines.filter((line) => {
    const pattern = line.replace(/^!/, "");
    if (pattern === "" || pattern.startsWith("#")) return false;
    const nested = pattern.startsWith("**/") ? file.split(path.sep).includes(pattern.slice(3)) : false;
    return nested || pattern === "*" || file === pattern || file.startsWith(`${pattern}/`);
  });
  return matching.at(-1)?.startsWith("!") === false;
}

const OPTIONS = { maxBuffer: 64 * 1024 * 1024 };

async function run(rest: string, stage: Stage): Promise<void> {
  const command = rest
    .replace(/--mount=\S+\s+/g, "")
    .replace(/--(owner|group)=\S+\s+/g, "")
    .replace(/(^|\s)\/(?=[a-z])/g, `$1${stage.root}/`);
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, npm_config_prefer_offline: "true", ...stage.environment };
  await promisify(execFile)("sh", ["-ec", command], { ...OPTIONS, cwd: stage.workFolder, env });
}
