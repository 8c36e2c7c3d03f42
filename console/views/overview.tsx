import { useMemo, useState } from "react";
import { ago, change, count, milliseconds, moment, words } from "../format.js";
import {
  type Model,
  type ModelQuality,
  OVERVIEW,
  type Overview,
  type SettingsVersion,
  type TrainingRun,
} from "../operations.js";
import { Chart } from "../parts/chart.js";
import { Absent, Badge, Card, Choice, Tile, ViewHead } from "../parts/surface.js";
import { useQuery } from "../session.js";
import { arrivalsPicture, latencyPicture, sourcesPicture } from "./overviewPictures.js";

const POLL_MS = 10_000;
const RANGES = [
  ["60", "1 h"],
  ["180", "3 h"],
  ["720", "12 h"],
  ["1440", "24 h"],
] as const;

/** What the engine gets to know, what it answers, and how good the model is that answers. */
export function OverviewView() {
  const [minutes, setMinutes] = useState<(typeof RANGES)[number][0]>("180");
  const { data, error } = useQuery(OVERVIEW, { minutes: Number(minutes) }, { pollMs: POLL_MS });
  const overview = data?.recommendationOverview;
  const range = <Choice label="Range" options={RANGES} value={minutes} onChange={setMinutes} />;
  return (
    <>
      <ViewHead title="Overview">What comes in, what is answered, and how good the model is that answers.</ViewHead>
      <Absent error={error} isEmpty={data === null} />
      {data !== null && overview && (
        <>
          <Tiles
            overview={overview}
            models={data.recommendationModels}
            run={data.recommendationTrainingRuns[0]}
            settings={data.recommendationSettingsHistory[0]}
            nLetters={data.recommendationDeadLetterCounts.reduce((sum, { letters }) => sum + letters, 0)}
          />
          <Card
            title="Events per minute"
            actions={range}
            note="As they are committed, by every door but imports of files."
          >
            <Arrivals overview={overview} minutes={Number(minutes)} />
          </Card>
          <div className="columns">
            <Gate models={data.recommendationModels} />
            <Sources overview={overview} />
          </div>
          <div className="columns">
            <Latency overview={overview} />
            <Changes versions={data.recommendationSettingsHistory} />
          </div>
        </>
      )}
    </>
  );
}

interface TilesProps {
  readonly overview: Overview;
  readonly models: readonly Model[];
  readonly run: TrainingRun | undefined;
  readonly settings: SettingsVersion | undefined;
  readonly nLetters: number;
}

function Tiles({ overview, models, run, settings, nLetters }: TilesProps) {
  const active = models.find(({ status }) => status === "ACTIVE");
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const inLastHour = overview.arrivals
    .filter(({ minute }) => minute >= hourAgo)
    .reduce((sum, { events }) => sum + events, 0);
  const nLists = overview.lists.reduce((sum, { lists }) => sum + lists, 0);
  const { p50Ms, p95Ms } = overview.latency;
  const isTraining = run?.status === "RUNNING" || run?.status === "QUEUED";
  return (
    <div className="tiles">
      <Tile
        label="Serving model"
        tone={active ? "good" : "bad"}
        value={active ? `Version ${active.version}` : "None"}
        note={
          active
            ? `Trained ${ago(active.createdAt)}${active.isPinned ? ", pinned" : ""}`
            : "Lists fall back to trending"
        }
      />
      <Tile label="Events, last hour" value={count(inLastHour)} note={`${(inLastHour / 60).toFixed(1)} a minute`} />
      <Tile
        label="Lists computed"
        value={count(nLists)}
        note={`by this process, since ${moment(overview.countedSince)}`}
      />
      <Tile
        label="Time of a list"
        value={milliseconds(p50Ms)}
        note={p95Ms === null ? "None yet" : `median; 95 of 100 within ${milliseconds(p95Ms)}`}
      />
      <Tile
        label="Settings"
        tone={isTraining ? "busy" : undefined}
        value={`Version ${settings?.version ?? 0}`}
        note={
          isTraining ? "A training is under way" : settings ? `Changed ${ago(settings.changedAt)}` : "All as they came"
        }
      />
      <Tile
        label="Dead letters"
        tone={nLetters > 0 ? "bad" : "good"}
        value={count(nLetters)}
        note={nLetters > 0 ? <a href="#/letters">wait to be looked at</a> : "Every message was taken"}
      />
    </div>
  );
}

function Arrivals({ overview, minutes }: { readonly overview: Overview; readonly minutes: number }) {
  const { arrivals } = overview;
  const picture = useMemo(() => arrivalsPicture(arrivals, minutes, Date.now()), [arrivals, minutes]);
  const total = arrivals.reduce((sum, { events }) => sum + events, 0);
  if (total === 0) return <p className="muted empty">No event came in this time.</p>;
  return (
    <Chart
      height={260}
      picture={picture}
      label={`Events per minute by action: ${count(total)} in ${minutes / 60} hours`}
    />
  );
}

function Gate({ models }: { readonly models: readonly Model[] }) {
  const active = models.find(({ status }) => status === "ACTIVE");
  const comparison = active?.comparison;
  if (!active || !comparison) {
    return (
      <Card title="The gate">
        <p className="muted empty">{active ? "How it compared was not recorded." : "No model has been trained yet."}</p>
      </Card>
    );
  }
  const verdict = comparison.losesToPopularity ? (
    <Badge tone="bad">worse than the most popular</Badge>
  ) : (
    <Badge tone={comparison.isAccepted ? "good" : "bad"}>{comparison.isAccepted ? "passed" : "refused"}</Badge>
  );
  const note = `Version ${active.version} on ${count(comparison.lists)} held-out lists (${comparison.comparedBy}).`;
  return (
    <Card title="The gate" actions={verdict} note={note}>
      <GateTable
        rows={[
          [`Version ${active.version}`, comparison.candidate],
          ["Served before", comparison.served],
          ["Most popular", comparison.popularity],
        ]}
      />
    </Card>
  );
}

/** Qualities beneath each other, the first one against the others. */
export function GateTable({ rows }: { readonly rows: readonly (readonly [string, ModelQuality | null])[] }) {
  const best = Math.max(...rows.map(([, quality]) => quality?.ndcg ?? 0), Number.MIN_VALUE);
  const subject = rows[0][1];
  return (
    <table className="gate">
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col">NDCG@20</th>
          <th scope="col">Recall@20</th>
          <th scope="col">It is ahead by</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, quality], i) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              {quality === null ? "–" : quality.ndcg.toFixed(4)}
              <span className="meter" aria-hidden="true">
                <span className={i === 0 ? "first" : ""} style={{ width: `${(100 * (quality?.ndcg ?? 0)) / best}%` }} />
              </span>
            </td>
            <td>{quality === null ? "–" : quality.recall.toFixed(4)}</td>
            <td>{i === 0 || quality === null || subject === null ? "" : change(quality.ndcg, subject.ndcg)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Sources({ overview: { lists } }: { readonly overview: Overview }) {
  const picture = useMemo(() => sourcesPicture(lists), [lists]);
  const total = lists.reduce((sum, one) => sum + one.lists, 0);
  const shares = lists.map((one) => `${words(one.source)} ${one.lists}`).join(", ");
  return (
    <Card title="Who answered" note="Share of lists by the knowledge that answered, since this process started.">
      {total === 0 ? (
        <p className="muted empty">No list yet.</p>
      ) : (
        <Chart height={210} picture={picture} label={`Lists: ${shares}`} />
      )}
    </Card>
  );
}

function Latency({ overview: { latency } }: { readonly overview: Overview }) {
  const picture = useMemo(() => latencyPicture(latency.buckets), [latency.buckets]);
  const { batches, p50Ms, p95Ms, p99Ms } = latency;
  const quantiles = `Median ${milliseconds(p50Ms)}, p95 ${milliseconds(p95Ms)}, p99 ${milliseconds(p99Ms)}`;
  return (
    <Card title="How long lists take" note={`${quantiles}; requests that arrive together are one batch.`}>
      {batches === 0 ? (
        <p className="muted empty">No list yet.</p>
      ) : (
        <Chart height={210} picture={picture} label={`Times of ${count(batches)} batches. ${quantiles}`} />
      )}
    </Card>
  );
}

function Changes({ versions }: { readonly versions: readonly SettingsVersion[] }) {
  return (
    <Card title="Latest changes of settings" actions={<a href="#/history">All of them</a>}>
      {versions.length === 0 && <p className="muted empty">Nobody has changed a setting yet.</p>}
      <ul className="plain">
        {versions.map(({ version, changedAt, changes, reason }) => (
          <li key={version}>
            <span className="muted small">
              Version {version}, {ago(changedAt)}
            </span>
            <span>{changes.map(({ name }) => name).join(", ") || "nothing changed"}</span>
            {reason !== null && <span className="muted small">“{reason}”</span>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
