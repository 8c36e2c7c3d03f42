import { useId, useState } from "react";
import { shownValue } from "../format.js";
import type { Setting, SettingValue } from "../operations.js";
import { Badge } from "../parts/surface.js";
import { sliderOf } from "./slider.js";

interface ControlProps {
  readonly setting: Setting;
  /** What is shown: what was moved, or what holds. */
  readonly value: SettingValue;
  readonly isMoved: boolean;
  readonly onChange: (value: SettingValue) => void;
}

/** One setting, made from what the registry says of it. */
export function SettingControl({ setting, value, isMoved, onChange }: ControlProps) {
  const id = useId();
  const { name, help, effect } = setting;
  const state = isMoved ? "moved" : value === setting.default ? "" : "changed";
  return (
    <div className={`setting ${state}`}>
      <label htmlFor={id}>{name}</label>
      <Input id={id} setting={setting} value={value} onChange={onChange} />
      <p id={`${id}-help`} className="muted small">
        {help} {effect === "AT_THE_NEXT_TRAINING" && <Badge>at the next training</Badge>}
        {value !== setting.default && (
          <button type="button" className="link" onClick={() => onChange(setting.default)}>
            back to {shownValue(setting.default)}
          </button>
        )}
      </p>
    </div>
  );
}

type InputProps = Omit<ControlProps, "isMoved"> & { readonly id: string };

function Input({ id, setting, value, onChange }: InputProps) {
  if (typeof value === "boolean") {
    return (
      <span className="switch-line">
        <input
          id={id}
          type="checkbox"
          role="switch"
          className="switch"
          aria-describedby={`${id}-help`}
          checked={value}
          aria-checked={value}
          onChange={(event) => onChange(event.target.checked)}
        />
      </span>
    );
  }
  if (typeof value === "string") {
    return (
      <input
        id={id}
        aria-describedby={`${id}-help`}
        placeholder={setting.format ?? ""}
        value={value}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  return <NumberInput id={id} setting={setting} value={value} onChange={onChange} />;
}

function NumberInput({ id, setting, value, onChange }: InputProps & { readonly value: number }) {
  const slider = sliderOf(setting, value);
  const number = (
    <TypedNumber
      id={slider === null ? id : `${id}-number`}
      label={slider === null ? undefined : `${setting.name}, typed`}
      help={`${id}-help`}
      setting={setting}
      value={value}
      onChange={onChange}
    />
  );
  if (slider === null) return <span className="number-line">{number}</span>;
  return (
    <span className="slider-line">
      <input
        id={id}
        type="range"
        aria-describedby={`${id}-help`}
        {...slider}
        value={value}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      {number}
    </span>
  );
}

interface TypedProps {
  readonly id: string;
  readonly label: string | undefined;
  readonly help: string;
  readonly setting: Setting;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A number as it is typed: half of one, such as "-" or "0.", is not told yet. */
function TypedNumber({ id, label, help, setting: { min, max }, value, onChange }: TypedProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <input
      id={id}
      type="number"
      className="number"
      aria-label={label}
      aria-describedby={help}
      min={min ?? undefined}
      max={max ?? undefined}
      step="any"
      value={typed ?? value}
      onChange={(event) => {
        setTyped(event.target.value);
        if (Number.isFinite(event.target.valueAsNumber)) onChange(event.target.valueAsNumber);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
