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

/** One training of the shop in this database, with the first signals alone and with all, as the service does it. */
export async function benchTraining(database: Database): Promise<void> {
  const { openFitter, backend } = { openFitter: fitterOnThreads(1), backend: await loadBackend(BACKEND) };
  const train = async (open: OpenFitter) => {
    const startedMs = performance.now();
    const source = createTrainingSource(database);
    const table = new InteractionTable();
    for await (const page of source.readInteractions()) table.append(page);
    const [products, segments] = await Promise.all([source.readProducts(), source.readSegments()]);
    const { model } = await trainModel(
      { table, products, segments },
      { settings: DEFAULT_SETTINGS, backend, openFitter: open },
    );
    return { seconds: (performance.now() - startedMs) / 1000, nSignals: Object.keys(model.facts.signals).length };
  };
  const first = await train(knowingOnly(new Set(FIRST_SIGNALS), openFitter));
  const all = await train(openFitter);
  const line = (what: string, { seconds, nSignals }: typeof all, required: string) =>
    printFigure({ what: `training, ${what} (${nSignals})`, value: `${seconds.toFixed(1)} s`, required });
  line(`the signals ${FIRST_SIGNALS.join(", ")} alone`, first, "< 15 s");
  line("all signals that the shop carries", all, "< 20 s");
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
