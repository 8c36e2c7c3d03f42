import { stored } from "./stored.js";

/** Who is in the shop: a visit that everybody has, and an account once they have logged in. */
export interface Visit {
  readonly sessionId: string;
  readonly account: { readonly userId: string; readonly name: string; readonly token: string } | null;
}

const visit = stored<Visit>("visit", newVisit);

export const currentVisit = visit.get;
export const useVisit = visit.use;

/** From now on the visit is this shopper's. */
export function enterAs(account: NonNullable<Visit["account"]>): void {
  visit.set({ ...visit.get(), account });
}

/** The next visitor of this browser is somebody else: they have a visit of their own. */
export function leave(): void {
  visit.set(newVisit());
}

function newVisit(): Visit {
  return { sessionId: crypto.randomUUID(), account: null };
}
