import type { ObservableQuery, OperationVariables } from "@apollo/client";

/** The longest page that the graph answers. */
const LONGEST_PAGE = 100;

/**
 * Ask for a list anew. Further pages that were appended to it come in the same answer, so that they neither vanish from
 * under the reader nor keep what the catalogue hides; of more than a hundred products the first hundred stay.
 *
 * Rejects when nobody can be reached.
 */
export function askAnew<T>(query: ObservableQuery<T, OperationVariables>): Promise<unknown> {
  return inTurn(query, () => {
    const nShown = lengthOf(query.getCurrentResult().data);
    if (!(nShown > query.variables.first)) return query.refetch();
    return query.fetchMore({
      variables: { first: Math.min(nShown, LONGEST_PAGE) },
      errorPolicy: "all",
      updateQuery: (_before, { fetchMoreResult }) => fetchMoreResult as T & typeof fetchMoreResult,
    });
  });
}

const last = new WeakMap<object, Promise<unknown>>();

/** One request of a list after the other: a first page that comes late would take the place of pages appended meanwhile. */
export function inTurn(query: object, ask: () => Promise<unknown>): Promise<unknown> {
  const before = last.get(query);
  const mine = before === undefined ? ask() : before.then(settle, settle).then(ask);
  last.set(query, mine);
  return mine;
}

/** What an answer changed in the cache reaches the query a turn of the event loop later. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** How many products there are in the one list of an answer, at its top or in the list's owner. */
function lengthOf(answer: unknown): number {
  if (typeof answer !== "object" || answer === null) return 0;
  if ("edges" in answer && Array.isArray(answer.edges)) return answer.edges.length;
  return Math.max(0, ...Object.values(answer).map(lengthOf));
}
