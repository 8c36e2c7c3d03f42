import type { Operation } from "./operations.js";

/** The token does not open the console: the words say what would. */
export class RefusedError extends Error {}

/** Refusals name what they require: one of another scope refuses a list, not the person. */
const SCOPE = "recommendations:admin";

interface Answer<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
  readonly error?: { readonly code: string; readonly message: string };
}

/** Asks the engine one operation. */
export type Ask = <Result, Variables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
) => Promise<Result>;

/**
 * An `Ask` with somebody's token. Rejects with a RefusedError where the token is not accepted or lacks the scope, and with
 * an Error in the engine's words otherwise, also where only a part of the answer failed.
 */
export function askWith(token: string): Ask {
  return async function ask<Result, Variables>(
    { text }: Operation<Result, Variables>,
    variables: Variables,
    signal?: AbortSignal,
  ): Promise<Result> {
    return dataOf(await send<Result>(token, JSON.stringify({ query: text, variables }), signal));
  };
}

async function send<Result>(token: string, body: string, signal?: AbortSignal): Promise<Answer<Result>> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const response = await fetch("graphql", { method: "POST", headers, body, signal }).catch((cause) => {
    if (signal?.aborted) throw cause;
    throw new Error("The engine does not answer. Is it running?", { cause });
  });
  if (response.status === 401) {
    throw new RefusedError("This token is not accepted: it may have expired, or is of another service.");
  }
  return response.json().catch((cause) => {
    throw new Error(`The engine answered with status ${response.status}, and nothing that can be read.`, { cause });
  });
}

function dataOf<Result>({ data, errors = [], error }: Answer<Result>): Result {
  if (errors.some(({ extensions, message }) => extensions?.code === "FORBIDDEN" && message.includes(SCOPE))) {
    throw new RefusedError(
      "This token does not open the console: it is wrong, or lacks the scope recommendations:admin.",
    );
  }
  if (error !== undefined) throw new Error(error.message);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join(" "));
  if (data === null || data === undefined) throw new Error("The engine answered without data.");
  return data;
}
