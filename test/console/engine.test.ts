import { afterEach, describe, expect, it, vi } from "vitest";
import { askWith, RefusedError } from "../../console/engine.js";
import { CHECK_TOKEN } from "../../console/operations.js";

afterEach(() => vi.unstubAllGlobals());

/** What the console makes of one answer of the engine. */
function makeOf(status: number, body: unknown): Promise<unknown> {
  const answer = new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  vi.stubGlobal("fetch", async () => answer);
  return askWith("a token")(CHECK_TOKEN, {}).catch((error) => error);
}

const forbidden = (message: string) => ({ data: null, errors: [{ message, extensions: { code: "FORBIDDEN" } }] });

describe("an answer of the engine", () => {
  it("is its data", async () => {
    expect(await makeOf(200, { data: { recommendationSettings: { version: 3 } } })).toEqual({
      recommendationSettings: { version: 3 },
    });
  });

  it("ends the session where the token is not accepted, or lacks the scope", async () => {
    expect(await makeOf(401, {})).toBeInstanceOf(RefusedError);
    expect(await makeOf(200, forbidden("Cannot read: the scope recommendations:admin is required"))).toBeInstanceOf(
      RefusedError,
    );
  });

  it("refuses a shopper's list, and not the administrator, where another scope is lacking", async () => {
    const refusal = await makeOf(200, forbidden("Cannot read: scope recommendations:read:any is required"));
    expect(refusal).not.toBeInstanceOf(RefusedError);
    expect((refusal as Error).message).toContain("recommendations:read:any");
  });

  it("says what was wrong in the engine's words, or that nothing could be read", async () => {
    const errors = [{ message: "Internal error 1" }];
    expect(await makeOf(200, { data: {}, errors })).toEqual(new Error("Internal error 1"));
    expect(await makeOf(429, { error: { code: "RATE_LIMITED", message: "too many" } })).toEqual(new Error("too many"));
    expect(((await makeOf(502, "<html>")) as Error).message).toBe(
      "The engine answered with status 502, and nothing that can be read.",
    );
    expect(((await makeOf(200, {})) as Error).message).toBe("The engine answered without data.");
  });

  it("that does not come is told as such", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("fetch failed");
    });
    await expect(askWith("a token")(CHECK_TOKEN, {})).rejects.toThrow("The engine does not answer. Is it running?");
  });
});
