#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { consumeCommand } from "./commands/consume.js";
import { type DeadLetterOptions, listDeadLetters, replayDeadLetters, showDeadLetter } from "./commands/deadLetters.js";
import { type EvaluateOptions, evaluateCommand } from "./commands/evaluate.js";
import { importCommand } from "./commands/importFolder.js";
import { migrateCommand } from "./commands/migrate.js";
import { type RecommendOptions, recommendCommand } from "./commands/recommend.js";
import { serve } from "./commands/serve.js";
import { train } from "./commands/train.js";
import { work } from "./commands/work.js";
import { type Config, readConfig } from "./config.js";
import { RecommenderError } from "./domain/errors.js";
import { Steps } from "./platform/steps.js";

// Read by the native library when it is loaded: without it, it prints three lines about the processor.
process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";

// The lines of a start are for whoever reads them: a reader that goes away (`| head`) must not end the service.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

/** A failure the person at the terminal can act on is one line; anything else is a defect and shows where it happened. */
function fail(error: unknown): void {
  const text = error instanceof RecommenderError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}

function run<Args extends unknown[]>(command: (config: Config, steps: Steps, ...args: Args) => Promise<void>) {
  return async (...args: Args) => {
    try {
      await command(readConfig(process.env), new Steps(process.stdout, Date.now), ...args);
    } catch (error) {
      fail(error);
    }
  };
}

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

const program = new Command("recommender")
  .description("Recommendations in the graph: serve, import, train, evaluate.")
  .version(version);

program
  .command("serve", { isDefault: true })
  .description("Serve the subgraph. With no DATABASE_URL: embedded PostgreSQL, and the sample shop when it is empty.")
  // A word that is no command arrives here, since this is the default one.
  .allowExcessArguments(true)
  .action((_options, command: Command) => {
    if (command.args.length > 0) program.error(`error: unknown command '${command.args[0]}' (see --help)`);
    return run(serve)();
  });

program
  .command("import")
  .argument("<dir>", "folder with user_interactions, products and users as .csv, .csv.gz, .ndjson or .ndjson.gz")
  .description("Import a shop's files. Importing the same file twice changes nothing.")
  .option("--shift-to-now", "move all times by whole weeks, so that the newest day lies in the past week")
  .action((dir: string, options: { shiftToNow?: boolean }) => run(importCommand)(dir, options));

program
  .command("train")
  .description("Learn a model from what is stored and make it the active one; running servers take it over.")
  .action(() => run(train)());

program
  .command("work")
  .description(
    "Train when somebody asks for it, by schedule or after new events; one training at a time, whatever the number of workers.",
  )
  .action(() => run(work)());

program
  .command("evaluate")
  .argument("<dir>", "folder with user_interactions, products and users, and test_interactions or test_sessions")
  .description("Learn from a folder's interactions as the service does, and measure the lists against its test file.")
  .option("--out <file>", "write the lists as NDJSON")
  .option("--exclude <what>", "left out of a shopper's lists, and of the test: purchased (default), seen or none")
  .option("--positives <rule>", "test rows that count: all, '>=N' or '>N' of the value", "all")
  .option("--candidates <file>", "rank only the products named there, and all products in a second table")
  .option("--k <number>", "length of the lists, 1 to 100", "20")
  .option("--set <name=value>", "a setting by hand; may be given again", (text, all: string[]) => [...all, text], [])
  .option("--json", "print one JSON object instead of tables")
  .action((dir: string, options: EvaluateOptions) => run(evaluateCommand)(dir, options));

program
  .command("recommend")
  .description("Write the lists of many shoppers by the active model, as the subgraph would answer them right now.")
  .requiredOption("--users <file>", "one user id a line, or a table with the column user_id")
  .requiredOption("--out <file>", "where the lists go, as NDJSON")
  .option("--k <number>", "length of the lists, 1 to 100", "20")
  .action((options: RecommendOptions) => run(recommendCommand)(options));

program
  .command("consume")
  .description("Bring in the shop's Kafka topics until stopped, without serving; several may run at once.")
  .action(() => run(consumeCommand)());

const dlq = program
  .command("dlq")
  .description("Messages that could not be brought in: look at them, bring them in again.");

dlq
  .command("list")
  .description("Those that wait, oldest first.")
  .option("--reason <code>", "only those that were refused for this reason")
  .action((options: DeadLetterOptions) => run(listDeadLetters)(options));

dlq
  .command("show")
  .argument("<id>", "the number that list prints")
  .description("All that is kept of one: where it stood, why it was refused, its bytes.")
  .action((id: string) => run(showDeadLetter)(id));

dlq
  .command("replay")
  .description("Bring in what waits, as if it came now. Each counts once, however often it lies there or is replayed.")
  .option("--reason <code>", "only those that were refused for this reason")
  .action((options: DeadLetterOptions) => run(replayDeadLetters)(options));

program
  .command("migrate")
  .description("Bring the database schema up to date.")
  .action(() => run(migrateCommand)());

await program.parseAsync();
