import { useState } from "react";
import { shownValue } from "../format.js";
import { READ_SETTINGS, type Setting, type Settings, type SettingValue, UPDATE_SETTINGS } from "../operations.js";
import { Absent, Badge, Problem, Success, ViewHead } from "../parts/surface.js";
import { useAction, useQuery, useSession } from "../session.js";
import { SettingControl } from "./settingControl.js";
import { SettingsPreview } from "./settingsPreview.js";

/** Values that were moved and not applied yet, by name. */
export type Draft = ReadonlyMap<string, SettingValue>;

const GROUPS: readonly (readonly [string, string, string])[] = [
  [
    "weight.",
    "Weights",
    "How much each signal counts in every list. 1 is as the training has learned it, 0 removes it.",
  ],
  ["action.", "Actions", "What each thing a shopper does adds to their profile."],
  ["", "Lists", "What may be in a list, and how it is mixed."],
  ["training.", "Training and models", "When the engine learns, and when it takes over what it has learned."],
  ["limits.", "Service", "Limits, caches, and how long things are kept."],
];
const OF_TRAINING = ["training.", "models.", "privacy.", "trending."];
const OF_SERVICE = ["limits.", "cache.", "retention."];

function groupOf({ name }: Setting): string {
  if (name.startsWith("weight.") || name.startsWith("action.")) return name.slice(0, 7);
  if (OF_TRAINING.some((prefix) => name.startsWith(prefix))) return "training.";
  return OF_SERVICE.some((prefix) => name.startsWith(prefix)) ? "limits." : "";
}

/** Move settings, see what lists would become, apply. */
export function SettingsView() {
  const { data, error } = useQuery(READ_SETTINGS, {});
  return (
    <>
      <ViewHead title="Settings">
        Move something and see what lists would become. Nothing changes until it is applied, and everything can be
        undone.
      </ViewHead>
      <Absent error={error} isEmpty={data === null} />
      {data !== null && <Desk initial={data.recommendationSettings} />}
    </>
  );
}

function Desk({ initial }: { readonly initial: Settings }) {
  const [settings, setSettings] = useState(initial);
  const [draft, setDraft] = useState<Draft>(new Map());
  const [done, setDone] = useState<string | null>(null);
  const change = (setting: Setting, value: SettingValue) => {
    setDone(null);
    setDraft((before) => withChange(before, setting, value));
  };
  return (
    <div className="desk">
      <div className="controls">
        {GROUPS.map(([prefix, title, sentence]) => (
          <Group
            key={prefix}
            title={title}
            sentence={sentence}
            settings={settings.settings.filter((setting) => groupOf(setting) === prefix)}
            draft={draft}
            onChange={change}
          />
        ))}
      </div>
      <div className="beside">
        {done !== null && (
          <Success>
            {done} <a href="#/history">Undo it in the history</a>
          </Success>
        )}
        <ApplyBar
          settings={settings}
          draft={draft}
          onDiscard={() => setDraft(new Map())}
          onApplied={(next, version) => {
            setSettings(next);
            setDraft(new Map());
            setDone(`Applied as version ${version}, in force on every replica within a second.`);
          }}
          onConflict={(current) => setSettings(current)}
        />
        <SettingsPreview settings={settings} draft={draft} />
      </div>
    </div>
  );
}

/** What is moved back to what holds is no change. */
function withChange(draft: Draft, { name, value: held }: Setting, value: SettingValue): Draft {
  const next = new Map(draft);
  if (value === held) next.delete(name);
  else next.set(name, value);
  return next;
}

interface GroupProps {
  readonly title: string;
  readonly sentence: string;
  readonly settings: readonly Setting[];
  readonly draft: Draft;
  readonly onChange: (setting: Setting, value: SettingValue) => void;
}

function Group({ title, sentence, settings, draft, onChange }: GroupProps) {
  const nChanged = settings.filter(({ value, default: normal }) => value !== normal).length;
  return (
    <section className="card">
      <header className="card-head">
        <h2>{title}</h2>
        {nChanged > 0 && <Badge tone="busy">{nChanged} not as they came</Badge>}
      </header>
      <p className="muted small card-note">{sentence}</p>
      {settings.map((setting) => (
        <SettingControl
          key={setting.name}
          setting={setting}
          value={draft.get(setting.name) ?? setting.value}
          isMoved={draft.has(setting.name)}
          onChange={(value) => onChange(setting, value)}
        />
      ))}
    </section>
  );
}

interface ApplyProps {
  readonly settings: Settings;
  readonly draft: Draft;
  readonly onDiscard: () => void;
  readonly onApplied: (settings: Settings, version: number) => void;
  /** Somebody else was first: these settings hold by now. */
  readonly onConflict: (current: Settings) => void;
}

function ApplyBar({ settings, draft, onDiscard, onApplied, onConflict }: ApplyProps) {
  const { ask } = useSession();
  const action = useAction();
  const [reason, setReason] = useState("");
  const apply = () =>
    action.run(async () => {
      const changes = [...draft].map(([name, value]) => ({ name, value }));
      const input = { changes, expectedVersion: settings.version, reason: reason.trim() || null };
      const { updateRecommendationSettings: result } = await ask(UPDATE_SETTINGS, { input });
      if (result.__typename === "VersionConflict") {
        onConflict(result.current);
        throw new Error(
          `Somebody else has changed the settings: version ${result.current.version} holds by now and is shown. What you moved is kept; look at it and apply again.`,
        );
      }
      if (result.__typename === "InvalidInput") throw new Error(`${result.field}: ${result.message}`);
      setReason("");
      onApplied(result.settings, result.change.version);
    });
  if (draft.size === 0) return null;
  const held = (name: string) => settings.settings.find((setting) => setting.name === name)?.value ?? "";
  return (
    <section className="card apply" aria-label="Changes to apply">
      <ul className="plain changes">
        {[...draft].map(([name, value]) => (
          <li key={name}>
            <code>{name}</code>
            <span>
              {shownValue(held(name))} → <strong>{shownValue(value)}</strong>
            </span>
          </li>
        ))}
      </ul>
      <input
        aria-label="Reason, for the history"
        placeholder="Reason, for the history"
        value={reason}
        maxLength={1000}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className="card-actions">
        <button type="button" className="primary" disabled={action.isBusy} onClick={apply}>
          Apply
        </button>
        <button type="button" className="quiet" onClick={onDiscard}>
          Discard
        </button>
      </div>
      {action.error !== null && <Problem>{action.error}</Problem>}
    </section>
  );
}
