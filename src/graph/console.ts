import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** Built beside this file; absent where nothing was built. */
const FOLDER = fileURLToPath(new URL("../console/", import.meta.url));
const PAGE = "index.html";

/** Scripts and styles are files of this server, and data comes from it alone: a name in the shop's data can do nothing here. */
const HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  vary: "accept-encoding",
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

interface ConsoleFile {
  readonly plain: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
}

/**
 * `/console`: the merchandiser's page. It holds nothing of the shop, and is sent to anybody; what it shows it asks of
 * `/graphql` with the token of whoever opened it. Files other than the page are named by their content and kept for ever.
 */
export function addConsoleRoutes(app: FastifyInstance): void {
  let files: Promise<ReadonlyMap<string, ConsoleFile>> | null = null;
  const send = async (name: string, request: FastifyRequest, reply: FastifyReply) => {
    files ??= loadFiles();
    const file = (await files).get(name);
    if (file === undefined) return reply.code(404).type("text/plain").send("The console has no such file here\n");
    return sendFile(file, name, request, reply);
  };
  app.get("/console", (request, reply) => send(PAGE, request, reply));
  // What the page loads is named relative to the address without the slash.
  app.get("/console/", (_request, reply) => reply.redirect("../console"));
  app.get<{ Params: { file: string } }>("/console/:file", (request, reply) =>
    send(request.params.file, request, reply),
  );
}

/** Only what was built: a name is looked up, never opened. */
async function loadFiles(): Promise<ReadonlyMap<string, ConsoleFile>> {
  const names = await readdir(FOLDER).catch(() => []);
  const isSent = (name: string) => path.extname(name) in CONTENT_TYPES;
  return new Map(await Promise.all(names.filter(isSent).map(async (name) => [name, await loadFile(name)] as const)));
}

async function loadFile(name: string): Promise<ConsoleFile> {
  const plain = await readFile(path.join(FOLDER, name));
  const etag = `"${createHash("sha256").update(plain).digest("base64url")}"`;
  return { plain, gzipped: await promisify(gzip)(plain), etag };
}

function sendFile({ plain, gzipped, etag }: ConsoleFile, name: string, request: FastifyRequest, reply: FastifyReply) {
  reply.headers(HEADERS).header("etag", etag).type(CONTENT_TYPES[path.extname(name)]);
  reply.header("cache-control", name === PAGE ? "no-cache" : "public, max-age=31536000, immutable");
  if (request.headers["if-none-match"] === etag) return reply.code(304).send();
  const acceptsGzip = (request.headers["accept-encoding"] ?? "").toString().includes("gzip");
  return acceptsGzip ? reply.header("content-encoding", "gzip").send(gzipped) : reply.send(plain);
}
