import { useMemo, useState } from "react";
import { ago, change, count, duration, megabytes, words } from "../format.js";
import { ACTIVATE, CANCEL_TRAINING, type Model, RETRAIN, TRAININGS, type TrainingRun } from "../operations.js";
import { Chart } from "../parts/chart.js";
import { Absent, Badge, Card, Problem, Scroll, Success, type Tone, ViewHead } from "../parts/surface.js";
import { useAction, useQuery, useSession } from "../session.js";
import { versionsPicture } from "./modelPictures.js";

/** A training's stages take seconds. */
const POLL_MS = 1_500;

/** What was trained, how good it is, what is under way, and which model serves. */
export function ModelsView() {
  const { data, error, reload } = useQuery(TRAININGS, {}, { pollMs: POLL_MS });
  const [done, setDone] = useState<string | null>(null);
  const tell = (what: string) => {
    setDone(what);
    reload();
  };
  return (
    <>
      <ViewHead title="Models">
        What was trained and how good it is, what is under way, and which model serves.
      </ViewHead>
      {done !== null && <Success>{done}</Success>}
      <Absent error={error} isEmpty={data === null} />
      {data !== null && (
        <>
          <Trainings runs={data.recommendationTrainingRuns} onDone={tell} />
          <Versions models={data.recommendationModels} />
          <Models models={data.recommendationModels} onDone={tell} />
        </>
      )}
    </>
  );
}

interface TrainingsProps {
  readonly runs: readonly TrainingRun[];
  readonly onDone: (what: string) => void;
}

function Trainings({ runs, onDone }: TrainingsProps) {
  const open = runs.filter(({ status }) => status === "RUNNING" || status === "QUEUED");
  return (
    <Card title="Trainings" actions={<Retrain onDone={onDone} />}>
      {open.map((run) => (
        <UnderWay key={run.id} run={run} onDone={onDone} />
      ))}
      {runs.length === 0 && <p className="muted empty">Nothing was trained yet.</p>}
      <Scroll label="The newest trainings">
        <table>
          <thead>
            <tr>
              <th scope="col">Training</th>
              <th scope="col">Became</th>
              <th scope="col">Asked for</th>
              <th scope="col">Took</th>
              <th scope="col">Model</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <Run key={run.id} run={run} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </Card>
  );
}

function Retrain({ onDone }: { readonly onDone: (what: string) => void }) {
  const { ask } = useSession();
  const action = useAction();
  const [reason, setReason] = useState("");
  const retrain = () =>
    action.run(async () => {
      const input = { idempotencyKey: crypto.randomUUID(), reason: reason.trim() || null };
      const { retrainRecommendationModel: result } = await ask(RETRAIN, { input });
      if (result.__typename === "InvalidInput") throw new Error(`${result.field}: ${result.message}`);
      setReason("");
      const number = result.run?.id ?? "";
      onDone(
        result.isNew
          ? `Training ${number} is asked for.`
          : `Training ${number} waits already, and learns from the same.`,
      );
    });
  return (
    <>
      <input
        className="short"
        aria-label="Reason for a training"
        placeholder="Reason"
        value={reason}
        maxLength={1000}
        onChange={(event) => setReason(event.target.value)}
      />
      <button type="button" className="primary" disabled={action.isBusy} onClick={retrain}>
        Train now
      </button>
      {action.error !== null && <Problem>{action.error}</Problem>}
    </>
  );
}

function UnderWay({ run, onDone }: { readonly run: TrainingRun; readonly onDone: (what: string) => void }) {
  const { ask } = useSession();
  const action = useAction();
  const cancel = () =>
    action.run(async () => {
      const { cancelRecommendationTraining: result } = await ask(CANCEL_TRAINING, { id: run.id });
      if (result.__typename === "InvalidInput") throw new Error(result.message);
      onDone(`Training ${run.id} is told to stop.`);
    });
  const stage = run.status === "QUEUED" ? "waits for a worker" : (run.stage ?? "begins");
  const percent = Math.round((run.progress ?? 0) * 100);
  return (
    <div className="under-way">
      <div>
        <strong>Training {run.id}</strong> <span className="muted">{stage}</span>
        <progress
          aria-label={`Training ${run.id}: ${stage}`}
          max={100}
          value={run.status === "QUEUED" ? undefined : percent}
        />
      </div>
      <button type="button" disabled={action.isBusy || run.cancelRequested} onClick={cancel}>
        {run.cancelRequested ? "Stopping…" : "Cancel"}
      </button>
      {action.error !== null && <Problem>{action.error}</Problem>}
    </div>
  );
}

const TONES: Readonly<Record<TrainingRun["status"], Tone>> = {
  QUEUED: "busy",
  RUNNING: "busy",
  SUCCEEDED: "good",
  REFUSED: "plain",
  FAILED: "bad",
  CANCELLED: "plain",
};

function Run({ run }: { readonly run: TrainingRun }) {
  const { id, status, reason, requestedBy, requestedAt, startedAt, finishedAt, attempt, modelVersion, error } = run;
  return (
    <tr>
      <th scope="row">{id}</th>
      <td>
        <Badge tone={TONES[status]}>{words(status)}</Badge>
        {attempt > 1 && <span className="muted small"> taken {attempt} times</span>}
        {error !== null && <p className="small bad-text">{error}</p>}
      </td>
      <td>
        {reason || "no reason given"}
        <span className="muted small block">
          {ago(requestedAt)}
          {requestedBy !== null && ` by ${requestedBy}`}
        </span>
      </td>
      <td>{startedAt === null ? "–" : duration(startedAt, finishedAt ?? new Date().toISOString())}</td>
      <td>{modelVersion === null ? "–" : `Version ${modelVersion}`}</td>
    </tr>
  );
}

function Versions({ models }: { readonly models: readonly Model[] }) {
  const picture = useMemo(() => versionsPicture(models), [models]);
  const compared = models.filter(({ comparison }) => comparison?.candidate);
  if (compared.length === 0) return null;
  return (
    <Card
      title="Quality over versions"
      note="NDCG@20 of each version, of the one it had to beat and of the most popular products, on the lists held out of its own training."
    >
      <Chart height={240} picture={picture} label={`NDCG@20 of ${compared.length} versions`} />
    </Card>
  );
}

interface ModelsProps {
  readonly models: readonly Model[];
  readonly onDone: (what: string) => void;
}

function Models({ models, onDone }: ModelsProps) {
  const { ask } = useSession();
  const action = useAction();
  const activate = (version: number, pin: boolean) =>
    action.run(async () => {
      const input = { version, pin, reason: "from the console" };
      const { activateRecommendationModel: result } = await ask(ACTIVATE, { input });
      if (result.__typename === "InvalidInput") throw new Error(result.message);
      onDone(`Version ${version} serves${pin ? " until another is activated" : "; a better one may take its place"}.`);
    });
  return (
    <Card title="Versions">
      {action.error !== null && <Problem>{action.error}</Problem>}
      <Scroll label="All versions">
        <table>
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Stands</th>
              <th scope="col">NDCG@20</th>
              <th scope="col">Against the served</th>
              <th scope="col">Against the popular</th>
              <th scope="col">Trained</th>
              <th scope="col">
                <span className="unseen">What can be done</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <Version key={model.version} model={model} isBusy={action.isBusy} onActivate={activate} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </Card>
  );
}

interface VersionProps {
  readonly model: Model;
  readonly isBusy: boolean;
  readonly onActivate: (version: number, pin: boolean) => void;
}

function Version({ model, isBusy, onActivate }: VersionProps) {
  const { version, status, isPinned, createdAt, bytes, comparison } = model;
  const candidate = comparison?.candidate;
  const against = (other: { ndcg: number } | null | undefined) =>
    candidate && other ? change(other.ndcg, candidate.ndcg) : "–";
  const isActive = status === "ACTIVE";
  return (
    <tr>
      <th scope="row">{version}</th>
      <td>
        <Badge tone={isActive ? "good" : "plain"}>{isActive ? "serves" : words(status)}</Badge>{" "}
        {isPinned && <Badge tone="busy">pinned</Badge>}
        {comparison?.losesToPopularity && <Badge tone="bad">loses to popularity</Badge>}
      </td>
      <td>
        {candidate ? candidate.ndcg.toFixed(4) : "–"}
        {comparison && <span className="muted small block">{count(comparison.lists)} lists</span>}
      </td>
      <td>{against(comparison?.served)}</td>
      <td>{against(comparison?.popularity)}</td>
      <td>
        {ago(createdAt)}
        <span className="muted small block">{megabytes(bytes)}</span>
      </td>
      <td className="acts">
        {!isActive && (
          <button
            type="button"
            disabled={isBusy}
            onClick={() => onActivate(version, true)}
            aria-label={`Let it serve: version ${version}`}
          >
            Let it serve
          </button>
        )}
        {isActive && isPinned && (
          <button type="button" disabled={isBusy} onClick={() => onActivate(version, false)}>
            Unpin
          </button>
        )}
      </td>
    </tr>
  );
}
