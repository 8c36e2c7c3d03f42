import {
  type AdminCommand,
  type CommandExecutors,
  type CommandVerdict,
  refuseCommand,
} from "../domain/adminCommand.js";
import { RecommenderError } from "../domain/errors.js";
import { idProblem } from "../domain/ids.js";
import type { ModelStore } from "../domain/ports.js";
import type { TrainingRuns } from "../domain/trainingRun.js";
import { isReason, refuseReason } from "./reason.js";

/** PostgreSQL's integer. */
const LARGEST_NUMBER = 2 ** 31 - 1;

export interface TrainingCommandParts {
  readonly runs: TrainingRuns;
  readonly models: ModelStore;
}

/**
 * The commands about trainings and models. `retrain_model` may have `idempotency_key`, without which the command's own id
 * is the key; `cancel_training` has `run_id`; `activate_model` has `version`, and `pin` (true, unless said otherwise). All
 * may have `reason`. Each does the same when it is done twice, so an effect that outlives a lost verdict does no harm.
 */
export function trainingCommands({ runs, models }: TrainingCommandParts): CommandExecutors {
  return {
    async retrain_model(command) {
      const { reason = null, idempotency_key: key = command.commandId } = command.body;
      if (!isReason(reason)) return refuseReason();
      const problem = typeof key === "string" ? idProblem(key) : "is no text";
      if (problem !== null) return refuseCommand("idempotencyKey", `a key is required, found one that ${problem}`);
      const wish = { reason: reason ?? "retrain_model", requestedBy: command.issuedBy, idempotencyKey: key as string };
      const { run, fate } = await runs.wish(wish);
      return { status: "accepted", outcome: { runId: run.runId, fate } };
    },
    async cancel_training({ body }) {
      if (!isNumber(body.run_id)) return refuseCommand("runId", "the number of a run is required");
      const run = await runs.cancel(body.run_id);
      if (run === null) return refuseCommand("runId", `a run that exists is required, found ${body.run_id}`);
      const isOver = run.status !== "cancelled" && run.status !== "running";
      if (isOver) return refuseCommand("runId", `a run that has not ended is required, ${run.runId} has ${run.status}`);
      return { status: "accepted", outcome: { runId: run.runId, status: run.status } };
    },
    activate_model: (command) => activate(command, models),
  };
}

async function activate({ body }: AdminCommand, models: ModelStore): Promise<CommandVerdict> {
  const { version, pin = true, reason = null } = body;
  if (!isReason(reason)) return refuseReason();
  if (!isNumber(version)) return refuseCommand("version", "the number of a model's version is required");
  if (typeof pin !== "boolean") return refuseCommand("pin", "true or false is required");
  try {
    // A damaged model is refused here, with its reason, rather than by every replica without a word to whoever asked.
    await models.loadArtifact(version);
  } catch (error) {
    if (!(error instanceof RecommenderError) || error.code !== "MODEL_DAMAGED") throw error;
    return refuseCommand("version", error.message);
  }
  const previous = (await models.activeModel())?.version ?? null;
  if (!(await models.activate(version, { pin }))) {
    return refuseCommand("version", `a version that is kept is required, found ${version}`);
  }
  return { status: "accepted", outcome: { version, pin, previous } };
}

function isNumber(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= LARGEST_NUMBER;
}
