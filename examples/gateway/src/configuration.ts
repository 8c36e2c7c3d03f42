/** A service whose part of the graph is composed in. */
export interface Subgraph {
  readonly name: "catalog" | "recommendations";
  readonly url: string;
  /** A request that takes longer is given up: its fields are null with an error, the rest of the page stands. */
  readonly timeoutMs: number;
}

/** What the environment says; each has a default for the sample shop on one machine. */
export interface Configuration {
  readonly host: string;
  readonly port: number;
  readonly subgraphs: readonly Subgraph[];
  /** Shows the engine that it is the gateway that asks; null where the engine does not ask for it. */
  readonly routerSecret: string | null;
}

/** Read the configuration; empty variables are as good as none. */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const read = (name: string, fallback: string) => environment[name] || fallback;
  return {
    host: read("HOST", "127.0.0.1"),
    port: Number(read("PORT", "4000")),
    subgraphs: [
      {
        name: "catalog",
        url: read("CATALOG_URL", "http://127.0.0.1:4010/graphql"),
        timeoutMs: Number(read("CATALOG_TIMEOUT_MS", "5000")),
      },
      {
        name: "recommendations",
        url: read("ENGINE_URL", "http://127.0.0.1:4001/graphql"),
        timeoutMs: Number(read("ENGINE_TIMEOUT_MS", "2000")),
      },
    ],
    routerSecret: environment.ROUTER_SECRET || null,
  };
}
