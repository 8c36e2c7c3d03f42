import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";

/** A query that the playground opens with, in a tab of its own. */
export interface ExampleQuery {
  readonly title: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The page loads nothing from anywhere: its script is in it, and it speaks to this server only. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  "worker-src blob:",
  "style-src 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Sends GraphiQL with the examples as its tabs. */
export type Playground = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** True for a browser that opens the address; false for a client that queries by GET. */
export function wantsPage(request: FastifyRequest): boolean {
  return request.method === "GET" && (request.headers.accept ?? "").includes("text/html");
}

/** Build the playground. Its nine megabytes are loaded and compressed when it is first opened, not at start. */
export function createPlayground(examples: readonly ExampleQuery[]): Playground {
  let page: Promise<Buffer | null> | null = null;
  return async (request, reply) => {
    page ??= compressedPage(examples);
    const compressed = await page;
    if (compressed === null) return reply.code(404).type("text/plain").send("The playground is not installed here\n");
    reply.header("content-security-policy", CONTENT_SECURITY_POLICY).header("cache-control", "no-cache");
    reply.header("vary", "accept-encoding").type("text/html; charset=utf-8");
    const acceptsGzip = (request.headers["accept-encoding"] ?? "").toString().includes("gzip");
    if (!acceptsGzip) return reply.send(await promisify(gunzip)(compressed));
    return reply.header("content-encoding", "gzip").send(compressed);
  };
}

/** Null where the package was left out, as in a production image. */
async function compressedPage(examples: readonly ExampleQuery[]): Promise<Buffer | null> {
  const graphiql = await import("@graphql-yoga/render-graphiql").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ERR_MODULE_NOT_FOUND") return null;
    throw error;
  });
  if (graphiql === null) return null;
  const defaultTabs = examples.map(tabOf);
  const html = graphiql.renderGraphiQL({ title: "Recommendations", endpoint: "/graphql", defaultTabs });
  return promisify(gzip)(html);
}

function tabOf({ title, query, variables }: ExampleQuery) {
  const shown = variables === undefined ? "" : JSON.stringify(variables, null, 2);
  return { query: inScript(`# ${title}\n${query.trim()}\n`), variables: inScript(shown) };
}

/** The tabs are written into a script element; an id from the shop's data must not be able to end it. */
function inScript(text: string): string {
  return text.replaceAll("<", "\\u003c");
}
