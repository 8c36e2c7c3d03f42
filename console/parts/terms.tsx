import type { Term } from "../operations.js";
import { SIGNALS, signalColour } from "./signals.js";

interface BarProps {
  readonly terms: readonly Term[];
  /** The width of this much contribution is the whole bar. */
  readonly most: number;
}

/** The terms of a score as one stacked bar; what counts against the product lies left of the line. */
export function TermBar({ terms, most }: BarProps) {
  const told = terms.filter(({ contribution }) => contribution !== 0);
  const words = told.map(({ signal, contribution }) => `${signal} ${contribution.toFixed(3)}`).join(", ");
  const against = told.filter(({ contribution }) => contribution < 0);
  const speaking = told.filter(({ contribution }) => contribution > 0).sort((a, b) => b.contribution - a.contribution);
  const piece = ({ signal, contribution }: Term) => {
    const style = { width: `${(100 * Math.abs(contribution)) / most}%`, background: signalColour(signal) };
    return <span key={signal} style={style} title={`${signal} ${contribution.toFixed(3)}`} />;
  };
  return (
    <span className="terms" role="img" aria-label={words || "no terms"}>
      {against.length > 0 && <span className="against">{against.map(piece)}</span>}
      {speaking.map(piece)}
    </span>
  );
}

/** Which colour is which signal, of those that say something here. */
export function Legend({ terms }: { readonly terms: readonly Term[] }) {
  const told = new Set(terms.filter(({ contribution }) => contribution !== 0).map(({ signal }) => signal));
  return (
    <ul className="legend" aria-label="Signals">
      {SIGNALS.filter((signal) => told.has(signal)).map((signal) => (
        <li key={signal}>
          <span className="swatch" style={{ background: signalColour(signal) }} aria-hidden="true" />
          {signal}
        </li>
      ))}
    </ul>
  );
}
