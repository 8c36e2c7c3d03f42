import path from "node:path";

const PACKAGE = path.resolve(import.meta.dirname, "..");

/** What the environment says; each has a default for the sample shop on one machine. */
export interface Configuration {
  readonly host: string;
  readonly port: number;
  /** Folder of the shop's products and purchases. */
  readonly shopDir: string;
  /** Folder of what changes: stock, prices, orders, the signing key. */
  readonly dataDir: string;
  /** The recommendation subgraph, for log-ins and, without Kafka, for messages. */
  readonly engineUrl: string;
  /** Brokers that take the messages; null sends them to the engine over HTTP. */
  readonly kafkaBrokers: readonly string[] | null;
  readonly topics: { readonly interactions: string; readonly products: string };
  /** What stands before /images in the address of a picture; empty where the storefront passes /images on. */
  readonly imageBase: string;
  readonly tokenIssuer: string;
  readonly tokenAudience: string;
  /** Required of whoever changes products; null lets everybody, for a demonstration. */
  readonly adminToken: string | null;
}

/** Read the configuration; empty variables are as good as none. */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const read = (name: string, fallback: string) => environment[name] || fallback;
  const brokers = read("KAFKA_BROKERS", "");
  return {
    host: read("HOST", "127.0.0.1"),
    port: Number(read("PORT", "4010")),
    shopDir: path.resolve(read("SHOP_DIR", path.join(PACKAGE, "../../data/online-retail"))),
    dataDir: path.resolve(read("DATA_DIR", path.join(PACKAGE, ".data"))),
    engineUrl: read("ENGINE_URL", "http://127.0.0.1:4001"),
    kafkaBrokers: brokers === "" ? null : brokers.split(",").map((broker) => broker.trim()),
    topics: {
      interactions: read("KAFKA_TOPIC_INTERACTIONS", "user-interactions"),
      products: read("KAFKA_TOPIC_PRODUCTS", "product-updates"),
    },
    imageBase: read("IMAGE_BASE_URL", ""),
    tokenIssuer: read("JWT_ISSUER", "https://catalog.example"),
    tokenAudience: read("JWT_AUDIENCE", "recommendations"),
    adminToken: environment.CATALOG_ADMIN_TOKEN || null,
  };
}
