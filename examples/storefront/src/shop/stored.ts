import { useSyncExternalStore } from "react";

/** A value that outlives the page: kept in this browser, the same in all of its tabs. */
export interface Stored<T> {
  get(): T;
  set(value: T): void;
  /** The value in a component, which is rendered anew when it changes. */
  use(): T;
}

/** A value under a name in localStorage. What is there and cannot be read counts as absent. */
export function stored<T>(name: string, initial: () => T): Stored<T> {
  const listeners = new Set<() => void>();
  let value = read(name) ?? keep(initial());

  function keep(next: T): T {
    try {
      localStorage.setItem(name, JSON.stringify(next));
    } catch {
      // A browser that keeps nothing still shows the shop; the value lives as long as the page.
    }
    return next;
  }

  function read(key: string): T | null {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null") as T | null;
    } catch {
      return null;
    }
  }

  function change(next: T): void {
    value = next;
    for (const listener of listeners) listener();
  }

  window.addEventListener("storage", ({ key }) => {
    if (key === name) change(read(name) ?? initial());
  });

  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get: () => value,
    set: (next) => change(keep(next)),
    use: () => useSyncExternalStore(subscribe, () => value),
  };
}
