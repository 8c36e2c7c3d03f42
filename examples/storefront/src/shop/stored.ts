import { useSyncExternalStore } from "react";

/** A value that outlives the page: kept in this browser, the same in all of its tabs. */
export interface Stored<T> {
  get(): T;
  set(value: T): void;
  /** The value in a component, which is rendered anew when it changes. */
  use(): T;
}

/**
 * A value under a name in localStorage. What is there and cannot be read counts as absent, and so does a part that is
 * missing: an earlier version of the shop may have written it.
 */
export function stored<T extends object>(name: string, initial: () => T): Stored<T> {
  const listeners = new Set<() => void>();
  let value = keep(read(name));

  function keep(next: T): T {
    try {
      localStorage.setItem(name, JSON.stringify(next));
    } catch {
      // A browser that keeps nothing still shows the shop; the value lives as long as the page.
    }
    return next;
  }

  function read(key: string): T {
    try {
      return { ...initial(), ...JSON.parse(localStorage.getItem(key) ?? "null") };
    } catch {
      return initial();
    }
  }

  function change(next: T): void {
    value = next;
    for (const listener of listeners) listener();
  }

  window.addEventListener("storage", ({ key }) => {
    if (key === name) change(read(name));
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
