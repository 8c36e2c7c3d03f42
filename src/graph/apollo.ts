import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { GraphQLSchema } from "graphql";
import type { Logger } from "../platform/logger.js";
import { cacheHeader } from "./cacheHeader.js";
import type { GraphContext } from "./context.js";
import type { FailureReport } from "./errors.js";
import { limitAliases, limitDepth, MAX_TOKENS, requestLimits } from "./limits.js";

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly isProduction: boolean;
  readonly failures: FailureReport;
  readonly logger: Logger;
}

/**
 * Apollo Server with everything off that costs per field or speaks to a cloud. Inline traces stay: without the
 * gateway's header they cost nothing. It stops when the server stops it, never by itself on a signal.
 */
export function createApollo({ schema, isProduction, failures, logger }: ApolloOptions): ApolloServer<GraphContext> {
  return new ApolloServer<GraphContext>({
    schema,
    nodeEnv: isProduction ? "production" : "development",
    formatError: failures.format,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: isProduction,
    stopOnTerminationSignals: false,
    parseOptions: { maxLexicalTokens: MAX_TOKENS },
    validationRules: [limitDepth, limitAliases],
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      requestLimits,
      cacheHeader(),
    ],
    logger: quiet(logger),
  });
}

/** What Apollo tells at start is no change of state. */
function quiet(logger: Logger) {
  const debug = (text: string) => logger.debug(text);
  return { debug, info: debug, warn: (text: string) => logger.warn(text), error: (text: string) => logger.error(text) };
}
