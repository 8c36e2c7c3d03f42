import type { ApolloClient, TypedDocumentNode } from "@apollo/client";
import { useApolloClient } from "@apollo/client/react";
import { parse } from "graphql";
import { useCallback } from "react";
import { askAnew } from "./askAnew.js";
import type { Interaction, RecordInteractionsResult, Shopper } from "./contract.js";
import { PERSONAL_LISTS } from "./documents.js";

/** The mutation behind `useRecordInteraction`. */
export const RECORD_INTERACTIONS = parse(`
  mutation RecordInteractions($events: [InteractionInput!]!) {
    recordInteractions(events: $events) { accepted duplicates rejected { index reason message } }
  }
`) as TypedDocumentNode<
  { readonly recordInteractions: RecordInteractionsResult | null },
  { readonly events: readonly (Interaction & Shopper)[] }
>;

/** Tell the engine what the shopper did. Resolves with what became of it, null when nobody could be reached. */
export type RecordInteraction = (...interactions: readonly Interaction[]) => Promise<RecordInteractionsResult | null>;

/**
 * Record what a shopper does; afterwards the personal lists on the page are asked for anew, since they have changed.
 *
 * A click must never break a page: the function does not reject. Each interaction has an id of its own before it is
 * sent, so that a link that sends it twice makes it count once.
 */
export function useRecordInteraction({ userId, sessionId }: Shopper): RecordInteraction {
  const client = useApolloClient();
  return useCallback(
    async (...interactions) => {
      const events = interactions.map((interaction) => ({ ...fresh(), ...interaction, userId, sessionId }));
      const { data } = await client.mutate({
        mutation: RECORD_INTERACTIONS,
        variables: { events },
        errorPolicy: "all",
        fetchPolicy: "no-cache",
      });
      refetchPersonalLists(client);
      return data?.recordInteractions ?? null;
    },
    [client, userId, sessionId],
  );
}

function fresh() {
  return { eventId: crypto.randomUUID(), timestamp: new Date().toISOString() };
}

/** Only the lists that are on the page: Apollo warns of the names that are not. Nobody waits for them. */
function refetchPersonalLists(client: ApolloClient): void {
  const onThePage = [...client.getObservableQueries("active")].map(({ queryName }) => queryName);
  const include = PERSONAL_LISTS.filter((name) => onThePage.includes(name));
  client.refetchQueries({ include, onQueryUpdated: askAnew }).catch(() => undefined);
}
