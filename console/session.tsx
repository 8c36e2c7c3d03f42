import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import { type Ask, askWith, RefusedError } from "./engine.js";
import type { Operation } from "./operations.js";
import { ProductNames } from "./productNames.js";

const STORED = "recommendations-console-token";
const IN_LINK = "#token=";

/** What every view asks with. */
export interface Session {
  readonly ask: Ask;
  readonly names: ProductNames;
  /** Forget the token, and say why. */
  readonly end: (why: string | null) => void;
}

const SessionContext = createContext<Session | null>(null);

/** The token of the link that was opened, or of this tab. A link's token leaves the address bar, and with it the history. */
export function initialToken(): string | null {
  if (location.hash.startsWith(IN_LINK)) {
    keepToken(decodeURIComponent(location.hash.slice(IN_LINK.length)));
    history.replaceState(null, "", `${location.pathname}${location.search}`);
  }
  return sessionStorage.getItem(STORED);
}

/** For this tab, until it is closed. */
export function keepToken(token: string | null): void {
  if (token === null) sessionStorage.removeItem(STORED);
  else sessionStorage.setItem(STORED, token);
}

interface ProviderProps {
  readonly token: string;
  readonly onEnd: (why: string | null) => void;
  readonly children: ReactNode;
}

/** Whatever is asked below, a refusal of the token ends the session. */
export function SessionProvider({ token, onEnd, children }: ProviderProps) {
  const session = useMemo<Session>(() => {
    const plain = askWith(token);
    const ask: Ask = (operation, variables, signal) =>
      plain(operation, variables, signal).catch((error) => {
        if (error instanceof RefusedError) onEnd(error.message);
        throw error;
      });
    return { ask, names: new ProductNames(ask), end: onEnd };
  }, [token, onEnd]);
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("a session is required above");
  return session;
}

/** What is known of an answer: the last good one stays while the next is asked for. */
export interface QueryState<Result> {
  readonly data: Result | null;
  readonly error: string | null;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

interface QueryOptions {
  /** Ask again so long after each answer; not while the tab is hidden. */
  readonly pollMs?: number;
  /** Wait so long for the variables to stay as they are. */
  readonly settleMs?: number;
}

/** Ask, again whenever the variables change; null variables ask nothing. An answer that came too late is dropped. */
export function useQuery<Result, Variables>(
  operation: Operation<Result, Variables>,
  variables: Variables | null,
  { pollMs = 0, settleMs = 0 }: QueryOptions = {},
): QueryState<Result> {
  const { ask } = useSession();
  const [state, setState] = useState<Omit<QueryState<Result>, "reload">>({ data: null, error: null, isLoading: true });
  const [round, setRound] = useState(0);
  const key = JSON.stringify(variables);
  const asked = useRef(variables);
  asked.current = variables;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the variables; a round asks again
  useEffect(() => {
    const current = asked.current;
    if (current === null) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    setState((before) => ({ ...before, isLoading: true }));
    const run = async () => {
      if (document.hidden && pollMs > 0) return again();
      try {
        const data = await ask(operation, current, stop.signal);
        if (!stop.signal.aborted) setState({ data, error: null, isLoading: false });
      } catch (error) {
        if (stop.signal.aborted) return;
        setState((before) => ({ ...before, error: (error as Error).message, isLoading: false }));
      }
      again();
    };
    const again = () => {
      if (pollMs > 0 && !stop.signal.aborted) timer = setTimeout(run, pollMs);
    };
    timer = setTimeout(run, settleMs);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [ask, operation, key, pollMs, settleMs, round]);
  return { ...state, reload: () => setRound((before) => before + 1) };
}

/** What became of something done on purpose. */
export interface ActionState {
  readonly isBusy: boolean;
  readonly error: string | null;
  /** Do it; a failure is kept as `error`. Resolves to whether it went well. */
  readonly run: (action: () => Promise<void>) => Promise<boolean>;
  readonly clear: () => void;
}

export function useAction(): ActionState {
  const [state, setState] = useState<{ isBusy: boolean; error: string | null }>({ isBusy: false, error: null });
  return {
    ...state,
    clear: () => setState({ isBusy: false, error: null }),
    run: async (action) => {
      setState({ isBusy: true, error: null });
      try {
        await action();
        setState({ isBusy: false, error: null });
        return true;
      } catch (error) {
        setState({ isBusy: false, error: (error as Error).message });
        return false;
      }
    },
  };
}
