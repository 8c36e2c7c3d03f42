import { useState } from "react";
import { ago, count } from "../format.js";
import { DEAD_LETTERS, type DeadLetter, REPLAY } from "../operations.js";
import { Absent, Badge, Card, Problem, Success, ViewHead } from "../parts/surface.js";
import { useAction, useQuery, useSession } from "../session.js";

/** Messages that could not be taken: what they are, why, and another try when the cause is gone. */
export function DeadLettersView() {
  const [reason, setReason] = useState<string | null>(null);
  const { data, error, reload } = useQuery(DEAD_LETTERS, { reason, after: null });
  const { ask } = useSession();
  const action = useAction();
  const [done, setDone] = useState<string | null>(null);
  const letters = data?.recommendationDeadLetters ?? [];
  const counts = data?.recommendationDeadLetterCounts ?? [];
  const replay = (ids: readonly number[]) =>
    action.run(async () => {
      setDone(null);
      const { replayRecommendationDeadLetters: results } = await ask(REPLAY, { ids });
      const refused = results.filter(({ isBroughtIn }) => !isBroughtIn);
      const why = refused.length === 0 ? "" : `: ${refused[0].why}`;
      setDone(`${results.length - refused.length} brought in, ${refused.length} still refused${why}.`);
      reload();
    });
  const most = Math.max(...counts.map((one) => one.letters), 1);
  return (
    <>
      <ViewHead title="Dead letters">
        Messages that could not be taken. They wait here with the reason, and can be brought in again when what made
        them fail is gone; one that has taken effect meanwhile has no second one.
      </ViewHead>
      {done !== null && <Success>{done}</Success>}
      {action.error !== null && <Problem>{action.error}</Problem>}
      <Absent error={error} isEmpty={data === null} />
      {data !== null && counts.length === 0 && (
        <section className="card">
          <p className="muted empty">None waits: every message was taken.</p>
        </section>
      )}
      {counts.length > 0 && (
        <Card
          title="By reason"
          actions={
            reason !== null && (
              <button type="button" onClick={() => setReason(null)}>
                All reasons
              </button>
            )
          }
        >
          <ul className="plain reasons">
            {counts.map((one) => (
              <li key={one.reason}>
                <button
                  type="button"
                  className="row"
                  aria-pressed={one.reason === reason}
                  onClick={() => setReason(one.reason)}
                >
                  <code>{one.reason}</code>
                </button>
                <span className="meter" aria-hidden="true">
                  <span className="first" style={{ width: `${(100 * one.letters) / most}%` }} />
                </span>
                <strong>{count(one.letters)}</strong>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {letters.length > 0 && (
        <Card
          title={reason === null ? "The oldest" : `The oldest: ${reason}`}
          actions={
            <button type="button" disabled={action.isBusy} onClick={() => replay(letters.map(({ id }) => id))}>
              Bring these {letters.length} in again
            </button>
          }
        >
          <ul className="plain letters">
            {letters.map((letter) => (
              <Letter key={letter.id} letter={letter} isBusy={action.isBusy} onReplay={() => replay([letter.id])} />
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

interface LetterProps {
  readonly letter: DeadLetter;
  readonly isBusy: boolean;
  readonly onReplay: () => void;
}

function Letter({ letter, isBusy, onReplay }: LetterProps) {
  const { id, topic, partition, offset, receivedAt, reason, message, payload, bytes } = letter;
  return (
    <li>
      <div className="card-head">
        <span>
          <Badge tone="bad">{reason}</Badge> {message}
        </span>
        <button type="button" disabled={isBusy} onClick={onReplay} aria-label={`Bring in again: letter ${id}`}>
          Bring in again
        </button>
      </div>
      <span className="muted small">
        Letter {id}, {topic}/{partition}@{offset}, {ago(receivedAt)}, {count(bytes)} bytes
      </span>
      <details>
        <summary>The message</summary>
        <pre>{payload ?? "(no value)"}</pre>
      </details>
    </li>
  );
}
