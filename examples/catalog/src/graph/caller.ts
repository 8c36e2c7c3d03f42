import type { IncomingHttpHeaders } from "node:http";

/** What every resolver gets: the headers of the request. */
export interface GraphContext {
  readonly headers: IncomingHttpHeaders;
}
