import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.js";

describe("reading the configuration", () => {
  it("refuses a secret that can be guessed, without printing it", () => {
    expect(() => readConfig({ CURSOR_SECRET: "hunter2" })).toThrow(
      "Cannot start: CURSOR_SECRET requires a secret of at least 16 characters, the value found (not printed) does not fit",
    );
    expect(readConfig({ CURSOR_SECRET: "0123456789abcdef" }).CURSOR_SECRET).toBe("0123456789abcdef");
  });

  it.each([
    [{ JWT_ISSUER: "https://issuer" }, "JWT_JWKS_URL is required with JWT_ISSUER, found nothing"],
    [{ JWT_AUDIENCE: "shop" }, "JWT_ISSUER is required with JWT_AUDIENCE, found nothing"],
    [{ JWT_JWKS_URL: "https://keys" }, "JWT_AUDIENCE is required with JWT_JWKS_URL, found nothing"],
  ])("refuses a half of the token settings: %o", (environment, problem) => {
    expect(() => readConfig(environment)).toThrow(problem);
  });
});
