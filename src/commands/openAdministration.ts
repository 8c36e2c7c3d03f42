import { CommandDesk, type CommandEvent } from "../admin/commandDesk.js";
import { ruleCommands } from "../admin/ruleCommands.js";
import { settingsCommands } from "../admin/settingsCommands.js";
import { shopperCommands } from "../admin/shopperCommands.js";
import { createShopperAdministration, type ShopperParts } from "../admin/shoppers.js";
import { trainingCommands } from "../admin/trainingCommands.js";
import type { CommandExecutors } from "../domain/adminCommand.js";
import type { Administration } from "../domain/administration.js";
import type { MerchandisingRule } from "../domain/merchandisingRule.js";
import type { Lifecycle } from "../platform/lifecycle.js";
import type { Logger } from "../platform/logger.js";
import { createCommandStore } from "../store/commandStore.js";
import type { Database } from "../store/database.js";
import { createMerchandisingRules } from "../store/merchandisingRules.js";
import { createModelStore } from "../store/modelStore.js";
import { createSettingsLedger } from "../store/settingsLedger.js";
import type { StoredSettings } from "../store/settingsSource.js";
import { createShopperStore } from "../store/shopperStore.js";
import { createTrainingRuns } from "../store/trainingRuns.js";

/** What of the admin room runs in a process: the desk that decides commands, and what the graph asks of it. */
export interface OpenAdministration {
  readonly desk: CommandDesk;
  readonly administration: Administration;
}

export interface AdministrationOptions {
  /** They decide the commands that are about neither settings, nor rules, nor trainings, nor shoppers. */
  readonly executors?: CommandExecutors;
  /** Removes erased shoppers from files beside the store; without it there are none. */
  readonly forgetFiles?: ShopperParts["forgetFiles"];
  /** How many products a rule is about, as far as this process knows the catalogue. */
  readonly nMatching?: (rule: MerchandisingRule) => number;
  readonly onEvent: (event: CommandEvent) => void;
}

/** Wire the admin room to a shop's store. */
export function openAdministration(
  database: Database,
  settings: StoredSettings,
  { executors = {}, forgetFiles = async () => {}, nMatching = () => 0, onEvent }: AdministrationOptions,
): OpenAdministration {
  const store = createCommandStore(database);
  const ledger = createSettingsLedger(database, settings);
  const runs = createTrainingRuns(database);
  const models = createModelStore(database);
  const shopperParts = { store: createShopperStore(database), forgetFiles };
  const rules = createMerchandisingRules(database, () => {});
  const own = {
    ...settingsCommands(ledger),
    ...ruleCommands(rules),
    ...trainingCommands({ runs, models }),
    ...shopperCommands(shopperParts),
  };
  const desk = new CommandDesk({ store, executors: { ...own, ...executors }, onEvent });
  return {
    desk,
    administration: {
      shoppers: createShopperAdministration(shopperParts),
      settings: ledger,
      submit: (command) => desk.submit(command),
      tryOut: (command) => desk.tryOut(command),
      newestCommands: (most) => store.newest(most),
      findCommand: (commandId) => store.find(commandId),
      runs,
      rules: () => rules.load(),
      nMatching,
      newestModels: (most) => models.newestModels(most),
    },
  };
}

/** Decide the commands that wait from now on, until the process stops. */
export function startDesk(desk: CommandDesk, lifecycle: Lifecycle): void {
  desk.start();
  lifecycle.add("commands", () => desk.stop());
}

/** Every decision is a state change worth a line; what was asked is in the table of commands. */
export function logCommandEvent(logger: Logger, event: CommandEvent): void {
  if (event.kind === "commandDecided") {
    const { commandId, type, door, issuedBy } = event.command;
    const { status, outcome } = event.verdict;
    logger.info({ commandId, type, door, issuedBy, status, outcome }, "command decided");
  } else if (event.kind === "commandFailed") {
    logger.error({ commandId: event.commandId, err: event.error }, "command failed");
  } else if (event.kind === "commandsUnreachable") {
    logger.warn({ err: event.error }, "commands cannot be read");
  } else {
    logger.info("commands can be read again");
  }
}
