import type { ReactNode } from "react";

interface CardProps {
  readonly title: string;
  /** Beside the title: what can be done here. */
  readonly actions?: ReactNode;
  readonly note?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A part of a view, with its heading. */
export function Card({ title, actions, note, className = "", children }: CardProps) {
  return (
    <section className={`card ${className}`}>
      <header className="card-head">
        <h2>{title}</h2>
        {actions !== undefined && <div className="card-actions">{actions}</div>}
      </header>
      {note !== undefined && <p className="muted small card-note">{note}</p>}
      {children}
    </section>
  );
}

interface TileProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly tone?: Tone;
}

/** One figure, to be taken in at a glance. */
export function Tile({ label, value, note, tone }: TileProps) {
  return (
    <div className="tile">
      <span className="tile-label">
        {tone !== undefined && <span className={`dot ${tone}`} aria-hidden="true" />}
        {label}
      </span>
      <strong className="tile-value">{value}</strong>
      {note !== undefined && <span className="muted small">{note}</span>}
    </div>
  );
}

interface ScrollProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** What may be wider than the page scrolls by itself, by keyboard too. */
export function Scroll({ label, children }: ScrollProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without a place in the order of focus nobody scrolls it by keyboard
    <section className="scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

/** How something stands. */
export type Tone = "good" | "bad" | "busy" | "plain";

export function Badge({ tone = "plain", children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

/** What went wrong, said aloud at once. */
export function Problem({ id, children }: { readonly id?: string; readonly children: ReactNode }) {
  return (
    <p id={id} className="problem" role="alert">
      {children}
    </p>
  );
}

/** What went well. */
export function Success({ children }: { readonly children: ReactNode }) {
  return (
    <p className="success" role="status">
      {children}
    </p>
  );
}

interface StateProps {
  readonly error: string | null;
  readonly isEmpty: boolean;
  /** Said where nothing is there, and nothing is wrong. */
  readonly children?: ReactNode;
}

/** In place of data that is not there: why. */
export function Absent({ error, isEmpty, children = "Loading…" }: StateProps) {
  if (error !== null) return <Problem>{error}</Problem>;
  return isEmpty ? <p className="muted empty">{children}</p> : null;
}

/** The heading of a view, with a sentence of what it is for. */
export function ViewHead({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="view-head">
      <h1>{title}</h1>
      <p className="muted">{children}</p>
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly options: readonly (readonly [Value, string])[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** One of a few, all of them in sight. */
export function Choice<Value extends string>({ label, options, value, onChange }: ChoiceProps<Value>) {
  return (
    <fieldset className="choice">
      <legend className="unseen">{label}</legend>
      {options.map(([option, text]) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onChange(option)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}
