import autocannon from "autocannon";
import { printFigure, quantile, seededRandom, shuffled } from "./report.js";
import { ROUTER_SECRET, type RunningService } from "./service.js";

const FIELDS = "source edges { rank score reason node { id } because { id } }";
const QUERY = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on User { id recommendations(first: 20) { ${FIELDS} } } }
}`;
/** A router that may read every shopper asks. */
const HEADERS = {
  "content-type": "application/json",
  "router-authorization": ROUTER_SECRET,
  "x-user-scopes": "recommendations:read:any",
};
const CONNECTIONS = 16;
const SECONDS = 10;
const ROUNDS = 3;
const N_BATCHES = 200;
const BATCH = 50;

/** Live over HTTP: histories from PostgreSQL every time, distinct shoppers, nothing cached. */
export async function benchHttp(service: RunningService, userIds: readonly string[]): Promise<void> {
  const random = seededRandom(2);
  const bodies = shuffled(userIds, random).map((id) => bodyFor([id]));
  await load(service, bodies, 4);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await load(service, bodies, SECONDS));
  const perSecond = quantile(
    rounds.map(({ requests }) => requests.average),
    0.5,
  );
  const [best] = rounds.filter(({ requests }) => requests.average === perSecond);
  printFigure({
    what: `requests/s, 1 shopper × 20, ${CONNECTIONS} connections (p50/p97.5/p99 ms), median of ${ROUNDS}`,
    value: `${perSecond.toFixed(0)} (${best.latency.p50}/${best.latency.p97_5}/${best.latency.p99})`,
    required: "≥ 700",
  });
  const ms: number[] = [];
  for (let b = 0; b < N_BATCHES + 20; b++) {
    const took = await timed(service, bodyFor(shuffled(userIds, random).slice(0, BATCH)));
    if (b >= 20) ms.push(took);
  }
  const value = `${quantile(ms, 0.5).toFixed(1)} / ${quantile(ms, 0.95).toFixed(1)} ms`;
  printFigure({ what: `_entities of ${BATCH} distinct shoppers × 20, p50 / p95`, value, required: "p95 ≤ 45 ms" });
  const { nowMb, peakMb } = service.memory();
  printFigure({
    what: "resident memory of the serving process after that; peak",
    value: `${nowMb.toFixed(0)} MB; ${peakMb.toFixed(0)} MB`,
    required: "< 500 MB",
  });
}

function bodyFor(userIds: readonly string[]): string {
  const representations = userIds.map((id) => ({ __typename: "User", id }));
  return JSON.stringify({ query: QUERY, variables: { representations } });
}

async function load(service: RunningService, bodies: readonly string[], duration: number): Promise<autocannon.Result> {
  let nClients = 0;
  const result = await autocannon({
    url: `${service.address}/graphql`,
    connections: CONNECTIONS,
    duration,
    method: "POST",
    headers: HEADERS,
    setupClient: (client) => {
      // Every connection goes through the shoppers from another place, so that no two ask for the same one at once.
      const from = Math.floor((nClients++ * bodies.length) / CONNECTIONS);
      client.setRequests([...bodies.slice(from), ...bodies.slice(0, from)].map((body) => ({ body })));
    },
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals and ${result.errors} errors`);
  return result;
}

async function timed(service: RunningService, body: string): Promise<number> {
  const startedMs = performance.now();
  const response = await fetch(`${service.address}/graphql`, { method: "POST", headers: HEADERS, body });
  const text = await response.text();
  const took = performance.now() - startedMs;
  const { data, errors } = JSON.parse(text) as {
    data: { _entities: { recommendations: { edges: unknown[] } }[] };
    errors?: unknown;
  };
  const isWhole = data._entities.every(({ recommendations }) => recommendations.edges.length === 20);
  if (errors !== undefined || !isWhole) throw new Error("Every list must hold twenty products");
  return took;
}
