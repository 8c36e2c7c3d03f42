import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Icon, type IconName } from "./parts/icon.js";
import { initialToken, keepToken, SessionProvider } from "./session.js";
import { SignIn } from "./signIn.js";
import { DeadLettersView } from "./views/deadLetters.js";
import { ExploreView } from "./views/explore.js";
import { HistoryView } from "./views/history.js";
import { ModelsView } from "./views/models.js";
import { OverviewView } from "./views/overview.js";
import { RulesView } from "./views/rules.js";
import { SettingsView } from "./views/settings.js";

interface View {
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
  readonly show: () => React.JSX.Element;
}

const VIEWS: readonly View[] = [
  { path: "overview", title: "Overview", icon: "pulse", show: () => <OverviewView /> },
  { path: "settings", title: "Settings", icon: "sliders", show: () => <SettingsView /> },
  { path: "models", title: "Models", icon: "model", show: () => <ModelsView /> },
  { path: "explore", title: "Explore", icon: "explore", show: () => <ExploreView /> },
  { path: "rules", title: "Rules", icon: "rule", show: () => <RulesView /> },
  { path: "letters", title: "Dead letters", icon: "letter", show: () => <DeadLettersView /> },
  { path: "history", title: "History", icon: "undo", show: () => <HistoryView /> },
];

/** The console: asks who you are, then shows the view that the address names. */
export function App() {
  const [token, setToken] = useState(initialToken);
  const [why, setWhy] = useState<string | null>(null);
  const begin = (given: string) => {
    keepToken(given);
    setToken(given);
  };
  const end = useCallback((reason: string | null) => {
    keepToken(null);
    setToken(null);
    setWhy(reason);
  }, []);
  if (token === null) return <SignIn why={why} onToken={begin} />;
  return (
    <SessionProvider token={token} onEnd={end}>
      <Shell onSignOut={() => end(null)} />
    </SessionProvider>
  );
}

function Shell({ onSignOut }: { readonly onSignOut: () => void }) {
  const view = useView();
  return (
    <div className="shell">
      <a className="skip" href={`#/${view.path}`} onClick={focusMain}>
        Skip to the content
      </a>
      <header className="bar">
        <span className="brand">
          <Icon name="mark" />
          <span>Recommendations</span>
        </span>
        <nav aria-label="Views">
          {VIEWS.map(({ path, title, icon }) => (
            <a key={path} href={`#/${path}`} aria-current={path === view.path ? "page" : undefined}>
              <Icon name={icon} />
              <span>{title}</span>
            </a>
          ))}
        </nav>
        <button type="button" className="quiet sign-out" onClick={onSignOut}>
          <Icon name="leave" />
          <span>Sign out</span>
        </button>
      </header>
      <main id="content" tabIndex={-1}>
        {view.show()}
      </main>
    </div>
  );
}

/** The address stays that of the view: only the focus moves. */
function focusMain(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function useView(): View {
  // An address that changes while the page is still being put up counts as well.
  const view = useSyncExternalStore(followAddress, viewOfAddress);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${view.title} · Recommendations`;
    if (!isFirst.current) document.getElementById("content")?.focus();
    isFirst.current = false;
    scrollTo(0, 0);
    // On a phone the views are wider than the page.
    document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [view]);
  return view;
}

function followAddress(onChange: () => void): () => void {
  addEventListener("hashchange", onChange);
  return () => removeEventListener("hashchange", onChange);
}

function viewOfAddress(): View {
  const path = location.hash.replace(/^#\//, "").split("?")[0];
  return VIEWS.find((view) => view.path === path) ?? VIEWS[0];
}
