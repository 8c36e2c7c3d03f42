import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMessage } from "../../src/ingest/decodeMessage.js";
import { Rejection } from "../../src/ingest/rejection.js";
import { BAD_EVENTS, event, message, OPTIONS } from "./streams.js";

function reasonOf(decoded: unknown): unknown {
  return decoded instanceof Rejection ? decoded.reason : decoded;
}

describe("a message of user-interactions", () => {
  test.each(BAD_EVENTS)("with %s is refused as %s", (_what, reason, value) => {
    expect(reasonOf(decodeMessage("interactions", message(value), OPTIONS))).toBe(reason);
  });

  test.each([1, "1", "1.7", "1.2.3", null])("of schema_version %j is taken, with fields nobody knows", (version) => {
    const decoded = decodeMessage("interactions", message(event(1, { schema_version: version, extra: {} })), OPTIONS);
    expect(decoded).toMatchObject({ interaction: { userId: "u1", productId: "p1" } });
  });

  test("from 1970, or of an action and a product that nobody knows, is taken", () => {
    const old = event(1, { timestamp: 0, action_type: "wink", product_id: "never-seen" });
    expect(decodeMessage("interactions", message(old), OPTIONS)).toMatchObject({
      interaction: { occurredAtMs: 0, actionName: "wink", productId: "never-seen" },
    });
  });

  test("older than what is kept is too old", () => {
    const options = { ...OPTIONS, oldestMs: Date.UTC(2026, 2, 1, 0, 0, 2) };
    expect(reasonOf(decodeMessage("interactions", message(event(1)), options))).toBe("too_old");
    expect(decodeMessage("interactions", message(event(2)), options)).toHaveProperty("interaction");
  });

  test("never makes the decoder throw, whatever its bytes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(Buffer.from)), (bytes) => {
        for (const kind of ["interactions", "products", "commands"] as const)
          decodeMessage(kind, message(bytes), OPTIONS);
      }),
    );
  });
});

describe("a message of product-updates", () => {
  test("without a value deletes the product of its key", () => {
    expect(decodeMessage("products", message(null, { key: Buffer.from("p1") }), OPTIONS)).toMatchObject({
      update: { change: { productId: "p1" }, isDeleted: true },
    });
    expect(reasonOf(decodeMessage("products", message(null, { key: null }), OPTIONS))).toBe("missing_product_id");
  });
});

describe("a message of admin-commands", () => {
  const bare = { parameter_name: "weight.basket", value: 2 };

  test("that is bare sets a parameter, under an id that is the same when it comes again and another elsewhere", () => {
    const ids = [{}, {}, { offset: 1n }, { partition: 1 }, { sentAtMs: 7 }].map((place) => {
      const decoded = decodeMessage("commands", message(bare, place), OPTIONS);
      expect(decoded).toMatchObject({
        command: { type: "set_parameter", body: bare, door: "kafka", isVerified: false },
      });
      return (decoded as { command: { commandId: string } }).command.commandId;
    });
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(4);
  });

  test("keeps its id, who issued it and when; the other fields are its body", () => {
    const whole = {
      command_id: "c1",
      type: "activate_model",
      version: 3,
      issued_by: "eve",
      issued_at: "2026-03-01T00:00:00Z",
    };
    expect(decodeMessage("commands", message(whole), OPTIONS)).toMatchObject({
      command: {
        commandId: "c1",
        type: "activate_model",
        body: { version: 3 },
        issuedBy: "eve",
        issuedAtMs: Date.UTC(2026, 2, 1),
      },
    });
  });

  test("is verified only by a signature of its very bytes with the secret of both sides", () => {
    const text = JSON.stringify(bare);
    const sign = (secret: string) => createHmac("sha256", secret).update(text).digest("hex");
    const isVerified = (signature: string, commandsSecret: string | null) => {
      const headers = [["signature", Buffer.from(signature)] as const];
      const decoded = decodeMessage("commands", message(text, { headers }), { ...OPTIONS, commandsSecret });
      return (decoded as { command: { isVerified: boolean } }).command.isVerified;
    };
    expect(isVerified(sign("the secret"), "the secret")).toBe(true);
    expect(isVerified(sign("another"), "the secret")).toBe(false);
    expect(isVerified("", "the secret")).toBe(false);
    expect(isVerified(sign("the secret"), null)).toBe(false);
  });

  test.each([[{}], [{ type: 7 }], [{ type: "retrain_model", issued_at: "yesterday" }]])("%j is refused", (value) => {
    expect(reasonOf(decodeMessage("commands", message(value), OPTIONS))).toBe("bad_command");
  });
});
