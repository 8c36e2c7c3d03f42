import { useState } from "react";
import { ago, moment, shownValue, words } from "../format.js";
import { HISTORY, ROLL_BACK, type SettingsVersion } from "../operations.js";
import { Absent, Badge, Problem, Success, ViewHead } from "../parts/surface.js";
import { useAction, useQuery, useSession } from "../session.js";

/** Who changed which settings and why, and the way back. */
export function HistoryView() {
  const { data, error, reload } = useQuery(HISTORY, { after: null });
  const { ask } = useSession();
  const undo = useAction();
  const [done, setDone] = useState<string | null>(null);
  const versions = data?.recommendationSettingsHistory ?? [];
  const bringBack = (version: number, reason: string) =>
    undo.run(async () => {
      setDone(null);
      const { rollbackRecommendationSettings: result } = await ask(ROLL_BACK, { version, reason });
      if (result.__typename !== "UpdateRecommendationSettingsSuccess") throw new Error(result.message);
      setDone(`All settings are as they were in version ${version}; that is version ${result.change.version} now.`);
      reload();
    });
  return (
    <>
      <ViewHead title="History">Who changed which settings, when and why. Every version can be brought back.</ViewHead>
      {done !== null && <Success>{done}</Success>}
      {undo.error !== null && <Problem>{undo.error}</Problem>}
      <Absent error={error} isEmpty={versions.length === 0}>
        {data === null ? "Loading…" : "Nobody has changed a setting yet."}
      </Absent>
      <ol className="timeline">
        {versions.map((version, i) => (
          <Entry
            key={version.version}
            entry={version}
            isNewest={i === 0}
            isBusy={undo.isBusy}
            onBringBack={bringBack}
          />
        ))}
      </ol>
    </>
  );
}

interface EntryProps {
  readonly entry: SettingsVersion;
  readonly isNewest: boolean;
  readonly isBusy: boolean;
  readonly onBringBack: (version: number, reason: string) => void;
}

function Entry({ entry, isNewest, isBusy, onBringBack }: EntryProps) {
  const { version, changedAt, changedBy, door, isVerified, reason, changes } = entry;
  return (
    <li className="card">
      <div className="card-head">
        <h2>
          Version {version} {isNewest && <Badge tone="good">holds now</Badge>}
        </h2>
        <div className="card-actions">
          {isNewest ? (
            <button type="button" disabled={isBusy} onClick={() => onBringBack(version - 1, `undo version ${version}`)}>
              Undo
            </button>
          ) : (
            <button
              type="button"
              disabled={isBusy}
              aria-label={`Bring back version ${version}`}
              onClick={() => onBringBack(version, `back to version ${version}`)}
            >
              Bring back
            </button>
          )}
        </div>
      </div>
      <p className="muted small">
        <time dateTime={changedAt} title={moment(changedAt)}>
          {ago(changedAt)}
        </time>
        , {changedBy ?? "an administrator"}
        {isVerified ? "" : " (as the message claims)"}, by {door === "GRAPHQL" ? "GraphQL" : words(door)}
        {reason !== null && <> · “{reason}”</>}
      </p>
      {changes.length === 0 && <p className="muted">There was nothing to change.</p>}
      <ul className="plain changes">
        {changes.map(({ name, from, to }) => (
          <li key={name}>
            <code>{name}</code>
            <span>
              {shownValue(from)} → <strong>{shownValue(to)}</strong>
            </span>
          </li>
        ))}
      </ul>
    </li>
  );
}
