import type { GraphServer } from "../../src/graph/server.js";
import { ADMIN_TOKEN } from "./shop.js";

/** Ask a replica as whoever shows the token; without one, as an administrator. */
export async function askAs(server: GraphServer, query: string, variables: object = {}, token = ADMIN_TOKEN) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await server.inject({ method: "POST", url: "/graphql", payload: { query, variables }, headers });
  return answer.json();
}
