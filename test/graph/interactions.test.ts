import { describe, expect, it } from "vitest";
import { collectingIntake, openGraph } from "./openGraph.js";

const RECORD = `mutation ($events: [InteractionInput!]!) {
  recordInteractions(events: $events) { accepted duplicates rejected { index reason message } }
}`;
const view = { userId: "u", productId: "x", action: "VIEW", timestamp: "2026-05-01T12:00:00Z" };

describe("recordInteractions", () => {
  it("hands events to the intake in the words of the wire", async () => {
    const intake = collectingIntake();
    const graph = await openGraph({ intake });
    const whole = {
      ...view,
      action: "ADD_TO_CART",
      value: 2,
      sessionId: "s",
      orderId: "o",
      eventId: "e",
      quantity: 2,
      price: 9.5,
    };
    const { data, cacheControl } = await graph.query(RECORD, { events: [whole, view] });
    expect(data.recordInteractions).toEqual({ accepted: 2, duplicates: 0, rejected: [] });
    expect(cacheControl).toBe("no-store");
    expect(intake.events[0]).toEqual({
      user_id: "u",
      product_id: "x",
      timestamp: "2026-05-01T12:00:00Z",
      action_type: "add_to_cart",
      value: 2,
      session_id: "s",
      order_id: "o",
      event_id: "e",
      quantity: 2,
      price: 9.5,
    });
    expect(intake.events[1]).toMatchObject({ user_id: "u", action_type: "view" });
  });

  it("reports the events that make no sense beside those that were kept", async () => {
    const rejected = [{ index: 1, reason: "bad_timestamp", message: "Cannot keep the event: …" }];
    const record = async () => ({ accepted: 1, duplicates: 1, rejected, nRejected: 1 });
    const intake = { ...collectingIntake(), record };
    const graph = await openGraph({ intake });
    const { data, errors } = await graph.query(RECORD, { events: [view, view, view] });
    expect(errors).toBeUndefined();
    expect(data.recordInteractions).toEqual({ accepted: 1, duplicates: 1, rejected });
  });

  it("takes 1,000 events and refuses 1,001 without keeping any", async () => {
    const intake = collectingIntake();
    const graph = await openGraph({ intake });
    const { errors } = await graph.query(RECORD, { events: Array(1001).fill(view) });
    expect(errors?.[0].extensions.code).toBe("BAD_USER_INPUT");
    expect(errors?.[0].message).toBe("Cannot record interactions: at most 1000 events are required, found 1001");
    expect(intake.events).toEqual([]);
    const { data } = await graph.query(RECORD, { events: Array(1000).fill(view) });
    expect(data.recordInteractions.accepted).toBe(1000);
  });

  it("that cannot be kept says so with an id, and the cause stays in the log", async () => {
    const cause = new Error("connect ECONNREFUSED db.internal");
    const graph = await openGraph({ intake: { ...collectingIntake(), record: () => Promise.reject(cause) } });
    const { data, errors, text } = await graph.query(RECORD, { events: [view] });
    expect(data).toBeNull();
    expect(errors?.[0].extensions).toEqual({ code: "INTERACTIONS_UNAVAILABLE", errorId: expect.any(String) });
    expect(text).not.toContain("db.internal");
    expect(graph.logged.find((line) => line.level === "error")?.facts.err).toBe(cause);
  });
});
