import { MinusIcon, PlusIcon } from "./Icons.js";

interface QuantityProps {
  readonly name: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  onChange(value: number): void;
}

/** How many pieces, one more or one less at a time. */
export function Quantity({ name, value, min, max, onChange }: QuantityProps) {
  return (
    <fieldset className="quantity">
      <legend className="unseen">Pieces of {name}</legend>
      <button
        type="button"
        onClick={() => onChange(value - 1)}
        disabled={value <= min}
        aria-label={`One less of ${name}`}
      >
        <MinusIcon />
      </button>
      <output>{value}</output>
      <button
        type="button"
        onClick={() => onChange(value + 1)}
        disabled={value >= max}
        aria-label={`One more of ${name}`}
      >
        <PlusIcon />
      </button>
    </fieldset>
  );
}
