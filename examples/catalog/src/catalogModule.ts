import path from "node:path";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { ApolloFederationDriver, type ApolloFederationDriverConfig } from "@nestjs/apollo";
import { type DynamicModule, Logger, Module } from "@nestjs/common";
import { GraphQLModule } from "@nestjs/graphql";
import type { FastifyRequest } from "fastify";
import { Accounts } from "./accounts/accounts.js";
import { KeySetController } from "./accounts/keySetController.js";
import { openSigningKey } from "./accounts/signingKey.js";
import { AdminController } from "./admin/adminController.js";
import type { Configuration } from "./configuration.js";
import { formatError } from "./graph/formatError.js";
import { OrderResolver } from "./graph/orderResolver.js";
import { ProductResolver } from "./graph/productResolver.js";
import { UserResolver } from "./graph/userResolver.js";
import { HealthController } from "./healthController.js";
import { PictureController } from "./pictures/pictureController.js";
import { Counter } from "./shop/counter.js";
import { Shelves } from "./shop/shelves.js";
import { ShopFile } from "./shop/shopFile.js";
import { Shoppers } from "./shop/shoppers.js";
import type { Door } from "./stream/door.js";
import { openEngineDoor } from "./stream/engineDoor.js";
import { openKafkaDoor } from "./stream/kafkaDoor.js";
import { Outbox } from "./stream/outbox.js";
import { CONFIGURATION, DOOR, SIGNING_KEY } from "./tokens.js";

const SCHEMA = path.resolve(import.meta.dirname, "../schema.graphql");

@Module({})
class CatalogModule {}

/** How the catalogue is put together. */
export function catalogModule(configuration: Configuration): DynamicModule {
  const { dataDir } = configuration;
  return {
    module: CatalogModule,
    imports: [graph()],
    controllers: [KeySetController, PictureController, AdminController, HealthController],
    providers: [
      { provide: CONFIGURATION, useValue: configuration },
      { provide: ShopFile, useFactory: () => ShopFile.open(dataDir) },
      { provide: SIGNING_KEY, useFactory: () => openSigningKey(dataDir) },
      { provide: DOOR, useFactory: (accounts: Accounts) => openDoor(configuration, accounts), inject: [Accounts] },
      ...[Accounts, Shelves, Shoppers, Counter, Outbox],
      ...[ProductResolver, UserResolver, OrderResolver],
    ],
  };
}

function graph(): DynamicModule {
  return GraphQLModule.forRoot<ApolloFederationDriverConfig>({
    driver: ApolloFederationDriver,
    typePaths: [SCHEMA],
    context: ({ headers }: FastifyRequest) => ({ headers }),
    formatError,
    playground: false,
    introspection: true,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  });
}

function openDoor({ kafkaBrokers, topics, engineUrl }: Configuration, accounts: Accounts): Door {
  if (kafkaBrokers !== null) return openKafkaDoor(kafkaBrokers, topics);
  const log = new Logger("outbox");
  return openEngineDoor({ engineUrl, serviceToken: () => accounts.serviceToken(), warn: (text) => log.warn(text) });
}
