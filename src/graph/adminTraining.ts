import type { StoredModel } from "../domain/ports.js";
import type { TrainingRun } from "../domain/trainingRun.js";
import { commandOf, readFirst, refusalOf } from "./adminSettings.js";
import { requireAdmin } from "./caller.js";
import type { GraphContext } from "./context.js";

interface RetrainInput {
  readonly idempotencyKey: string;
  readonly reason?: string | null;
}

interface ActivateInput {
  readonly version: number;
  readonly pin?: boolean | null;
  readonly reason?: string | null;
}

/** Resolvers of what administrators ask of trainings and models. */
export const adminTraining = {
  Query: {
    async recommendationTrainingRuns(
      _root: unknown,
      args: { first?: number | null; after?: number | null },
      { caller, admin }: GraphContext,
    ) {
      requireAdmin(caller, "read the trainings");
      return (await admin.runs.newest(readFirst(args.first), args.after ?? null)).map(shownRun);
    },
    async recommendationTrainingRun(_root: unknown, { id }: { id: number }, { caller, admin }: GraphContext) {
      requireAdmin(caller, "read a training");
      const run = await admin.runs.find(id);
      return run && shownRun(run);
    },
    async recommendationModels(_root: unknown, args: { first?: number | null }, { caller, admin }: GraphContext) {
      requireAdmin(caller, "read the models");
      return (await admin.newestModels(readFirst(args.first))).map(shownModel);
    },
  },
  Mutation: {
    async retrainRecommendationModel(_root: unknown, { input }: { input: RetrainInput }, context: GraphContext) {
      requireAdmin(context.caller, "train the model");
      const body = { idempotency_key: input.idempotencyKey, reason: input.reason ?? null };
      return runResult("retrain_model", body, "RetrainRecommendationModelSuccess", context);
    },
    async cancelRecommendationTraining(_root: unknown, { id }: { id: number }, context: GraphContext) {
      requireAdmin(context.caller, "cancel a training");
      return runResult("cancel_training", { run_id: id }, "CancelRecommendationTrainingSuccess", context);
    },
    async activateRecommendationModel(_root: unknown, { input }: { input: ActivateInput }, context: GraphContext) {
      const { caller, admin } = context;
      requireAdmin(caller, "activate a model");
      const body = { version: input.version, pin: input.pin ?? true, reason: input.reason ?? null };
      const record = await admin.submit(commandOf(caller, "activate_model", body));
      const refusal = refusalOf(record);
      if (refusal !== null) return { __typename: "InvalidInput", field: refusal.field, message: refusal.message };
      const { previous } = record.outcome as { previous: number | null };
      const active = (await admin.newestModels(MOST_MODELS)).find(({ status }) => status === "active");
      return { __typename: "ActivateRecommendationModelSuccess", model: active && shownModel(active), previous };
    },
  },
};

/** No shop keeps more. */
const MOST_MODELS = 10_000;

/** Carry out a command about a run, and answer with the run as it is afterwards. */
async function runResult(type: string, body: Record<string, unknown>, success: string, context: GraphContext) {
  const { caller, admin } = context;
  const record = await admin.submit(commandOf(caller, type, body));
  const refusal = refusalOf(record);
  if (refusal !== null) return { __typename: "InvalidInput", field: refusal.field, message: refusal.message };
  const { runId, fate } = record.outcome as { runId: number; fate?: string };
  const run = await admin.runs.find(runId);
  return { __typename: success, run: run && shownRun(run), isNew: fate === "queued" };
}

function shownRun({ runId, status, requestedAt, startedAt, finishedAt, ...run }: TrainingRun) {
  return {
    ...run,
    id: runId,
    status: status.toUpperCase(),
    requestedAt: requestedAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

function shownModel({ status, createdAt, nBytes, comparison, ...model }: StoredModel) {
  return {
    ...model,
    status: status.toUpperCase(),
    createdAt: createdAt.toISOString(),
    bytes: nBytes,
    comparison: comparison && { ...comparison, lists: comparison.nLists, comparedBy: comparison.kind },
  };
}
