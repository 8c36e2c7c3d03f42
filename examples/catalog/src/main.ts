import "reflect-metadata";
import { ConsoleLogger } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { catalogModule } from "./catalogModule.js";
import { readConfiguration } from "./configuration.js";
import { Counter } from "./shop/counter.js";

const configuration = readConfiguration(process.env);
const app = await NestFactory.create<NestFastifyApplication>(
  catalogModule(configuration),
  new FastifyAdapter({ forceCloseConnections: true }),
  { logger: new ConsoleLogger({ logLevels: ["warn", "error", "fatal"], json: true }) },
);
app.enableShutdownHooks();
try {
  await app.listen(configuration.port, configuration.host);
} catch (error) {
  console.error(`Cannot listen on ${configuration.host}:${configuration.port}: ${(error as Error).message}`);
  process.exit(1);
}
await app.get(Counter).announce();
console.log(`Catalogue at ${await app.getUrl()}/graphql`);
