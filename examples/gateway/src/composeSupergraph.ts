import { setTimeout as wait } from "node:timers/promises";
import { composeServices } from "@theguild/federation-composition";
import { type DocumentNode, parse } from "graphql";
import type { Configuration, Subgraph } from "./configuration.js";

const FETCH_TIMEOUT_MS = 5000;
const RETRY_MS = 250;

/**
 * Ask every subgraph for its part and put the parts together. Waits for a subgraph that is not there yet.
 *
 * @throws Error when the parts do not fit together: no waiting would mend that
 */
export async function composeSupergraph(configuration: Configuration, tell: (text: string) => void): Promise<string> {
  const services = await Promise.all(
    configuration.subgraphs.map(async (subgraph) => ({
      name: subgraph.name,
      url: subgraph.url,
      typeDefs: await waitForPart(subgraph, configuration, tell),
    })),
  );
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl !== undefined) return supergraphSdl;
  throw new Error(`Cannot compose the supergraph: ${errors?.map(({ message }) => message).join("; ")}`);
}

async function waitForPart(
  subgraph: Subgraph,
  { routerSecret }: Configuration,
  tell: (text: string) => void,
): Promise<DocumentNode> {
  for (let hasTold = false; ; hasTold = true) {
    try {
      return parse(await fetchPart(subgraph, routerSecret));
    } catch (error) {
      if (!hasTold) tell(`waiting for ${subgraph.name} at ${subgraph.url}: ${reasonOf(error)}`);
      await wait(RETRY_MS);
    }
  }
}

/** In production only whoever shows the router's secret may read a schema. */
async function fetchPart({ url }: Subgraph, routerSecret: string | null): Promise<string> {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(routerSecret === null ? {} : { "router-authorization": routerSecret }),
    },
    body: JSON.stringify({ query: "{ _service { sdl } }" }),
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  const text = await answer.text();
  const sdl = answer.ok ? JSON.parse(text).data?._service?.sdl : undefined;
  if (typeof sdl !== "string") throw new Error(`a schema is required, found ${answer.status} ${text.slice(0, 200)}`);
  return sdl;
}

/** `fetch` says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string } };
  return cause?.code ?? message;
}
