import { unwrapResolverError } from "@apollo/server/errors";
import { Logger } from "@nestjs/common";
import type { GraphQLFormattedError } from "graphql";
import { Mistake } from "../shop/mistake.js";

const log = new Logger("graph");

/** A caller's mistake is told with its code; what is our own is logged, and nobody else's to read. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = unwrapResolverError(error);
  const { locations, path, extensions } = formatted;
  if (cause instanceof Mistake) return { message: cause.message, locations, path, extensions: { code: cause.code } };
  if (extensions?.code !== "INTERNAL_SERVER_ERROR") return { ...formatted, extensions: { code: extensions?.code } };
  log.error(cause);
  return { message: "Internal error", locations, path, extensions: { code: "INTERNAL_SERVER_ERROR" } };
}
