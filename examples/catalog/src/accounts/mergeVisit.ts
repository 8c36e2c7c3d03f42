import type { Configuration } from "../configuration.js";

const TIMEOUT_MS = 3000;

/**
 * Ask the engine to make what happened in a visit part of what is known of a shopper. Never throws: nobody is kept from
 * logging in by the state of their recommendations.
 *
 * @returns why it could not be done, null when it was
 */
export async function mergeVisit(
  { engineUrl }: Configuration,
  serviceToken: string,
  { sessionId, userId }: { sessionId: string; userId: string },
): Promise<string | null> {
  try {
    const answer = await fetch(new URL(`/users/${encodeURIComponent(userId)}/merge`, engineUrl), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${serviceToken}` },
      body: JSON.stringify({ from_session_id: sessionId }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return answer.ok ? null : `${answer.status} ${(await answer.text()).slice(0, 200)}`;
  } catch (error) {
    return (error as Error).message;
  }
}
