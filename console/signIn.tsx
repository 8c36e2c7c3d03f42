import { type FormEvent, useState } from "react";
import { askWith, RefusedError } from "./engine.js";
import { CHECK_TOKEN } from "./operations.js";
import { Icon } from "./parts/icon.js";
import { Problem } from "./parts/surface.js";

interface SignInProps {
  /** Why the last token opens nothing any more. */
  readonly why: string | null;
  readonly onToken: (token: string) => void;
}

/** Asks for a token, and takes one that the engine takes. */
export function SignIn({ why, onToken }: SignInProps) {
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<string | null>(why);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const given = token.trim().replace(/^Bearer\s+/i, "");
    if (given === "") return setProblem("A token is required.");
    setIsBusy(true);
    const refusal = await refusalOf(given);
    setIsBusy(false);
    if (refusal === null) onToken(given);
    else setProblem(refusal);
  };
  return (
    <main className="sign-in">
      <form onSubmit={submit} className="card">
        <h1>
          <Icon name="mark" /> Recommendations console
        </h1>
        <p className="muted">
          Paste a token with the scope <code>recommendations:admin</code>. In development <code>npm start</code> prints
          one, and a link that brings it along.
        </p>
        <label htmlFor="token">Token</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={token}
          onChange={(event) => setToken(event.target.value)}
          aria-describedby={problem === null ? undefined : "token-problem"}
        />
        {problem !== null && <Problem id="token-problem">{problem}</Problem>}
        <button type="submit" className="primary" disabled={isBusy}>
          {isBusy ? "Looking…" : "Open the console"}
        </button>
        <p className="muted small">It is kept in this tab only, until the tab is closed.</p>
      </form>
    </main>
  );
}

async function refusalOf(token: string): Promise<string | null> {
  try {
    await askWith(token)(CHECK_TOKEN, {});
    return null;
  } catch (error) {
    if (error instanceof TypeError) return "This token is not accepted: it holds characters that no token has.";
    return error instanceof RefusedError ? error.message : (error as Error).message;
  }
}
