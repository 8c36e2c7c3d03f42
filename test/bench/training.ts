import { fitterOnThreads } from "../../src/commands/fitThreads.js";
import { DEFAULT_SETTINGS, type SignalName } from "../../src/domain/setting.js";
import { loadBackend } from "../../src/scorer/backend.js";
import type { Database } from "../../src/store/database.js";
import { createTrainingSource } from "../../src/store/trainingSource.js";
import type { OpenFitter } from "../../src/training/fitter.js";
import { InteractionTable } from "../../src/training/interactionTable.js";
import { trainModel } from "../../src/training/trainModel.js";
import { FIRST_SIGNALS } from "./engine.js";
import { printFigure } from "./report.js";

/** A training with the first signals alone; one with all is what the first start does. */
export async function benchTraining(database: Database): Promise<void> {
  const startedMs = performance.now();
  const source = createTrainingSource(database);
  const table = new InteractionTable();
  for await (const page of source.readInteractions()) table.append(page);
  const [products, segments] = await Promise.all([source.readProducts(), source.readSegments()]);
  const openFitter = knowingOnly(new Set(FIRST_SIGNALS), fitterOnThreads(2));
  const options = { settings: DEFAULT_SETTINGS, backend: await loadBackend(BACKEND), openFitter };
  await trainModel({ table, products, segments }, options);
  const seconds = (performance.now() - startedMs) / 1000;
  const what = `training by the signals ${FIRST_SIGNALS.join(", ")} alone`;
  printFigure({ what, value: `${seconds.toFixed(1)} s`, required: "< 15 s" });
}

const BACKEND = { choice: "auto", nativeDir: process.env.TFJS_NODE_DIR ?? null } as const;

/** A fitter to which the shop's data carry no other signal. */
function knowingOnly(names: ReadonlySet<SignalName>, open: OpenFitter): OpenFitter {
  return (input) => {
    const fitter = open(input);
    return {
      fitMatrix: async (name, ...rest) => (names.has(name) ? fitter.fitMatrix(name, ...rest) : null),
      fitWhole: async (name, ...rest) => (names.has(name) ? fitter.fitWhole(name, ...rest) : null),
      close: () => fitter.close(),
    };
  };
}
