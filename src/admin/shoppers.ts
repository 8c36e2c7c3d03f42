import { idProblem } from "../domain/ids.js";
import type { ShopperAdministration, ShopperRefusal, ShopperStore } from "../domain/shopper.js";
import { decideMerge } from "./decideMerge.js";

export interface ShopperParts {
  readonly store: ShopperStore;
  /** Remove what speaks of these names from files that are kept beside the store. */
  readonly forgetFiles: (names: readonly string[]) => Promise<void>;
}

/** The shopper administration: every door asks here, and what makes no sense is refused before the store is asked. */
export function createShopperAdministration({ store, forgetFiles }: ShopperParts): ShopperAdministration {
  return {
    async merge(from, into) {
      return refusalOf("from", from.id) ?? refusalOf("into", into) ?? store.merge(from, into, decideMerge);
    },
    async erase(userId) {
      const refusal = refusalOf("userId", userId);
      if (refusal !== null) return refusal;
      const { names, ...done } = await store.erase(userId);
      await forgetFiles(names);
      return done;
    },
    async setPersonalization(userId, isAllowed) {
      const refusal = refusalOf("userId", userId);
      if (refusal !== null) return refusal;
      await store.setPersonalization(userId, isAllowed);
      return { kind: "set", isAllowed };
    },
    async export(userId) {
      return refusalOf("userId", userId) ?? store.export(userId);
    },
  };
}

function refusalOf(field: string, id: string): ShopperRefusal | null {
  const problem = idProblem(id);
  if (problem === null) return null;
  return { kind: "refused", code: "INVALID_INPUT", field, message: `an id is required, found one that ${problem}` };
}
