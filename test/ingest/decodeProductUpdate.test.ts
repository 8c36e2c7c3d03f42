import { describe, expect, it } from "vitest";
import { decodeProductTombstone, decodeProductUpdate } from "../../src/ingest/decodeProductUpdate.js";
import { Rejection } from "../../src/ingest/rejection.js";

const NOW_MS = Date.UTC(2026, 10, 25, 12);

function update(raw: Record<string, unknown>) {
  const decoded = decodeProductUpdate({ product_id: "p", ...raw }, { nowMs: NOW_MS, sentAtMs: 7 });
  return decoded instanceof Rejection ? decoded.reason : decoded.update;
}

describe("product updates", () => {
  it("what is absent is not named, null clears, and the broker's time comes along", () => {
    expect(update({ version: 3, price: null, stock: "0" })).toStrictEqual({
      change: { productId: "p", price: null, stock: 0 },
      isDeleted: false,
      version: 3,
      sentAtMs: 7,
    });
  });

  it.each([
    ["2026-11-25T11:59:59Z", Date.UTC(2026, 10, 25, 11, 59, 59) * 1000],
    ["2026-11-25T12:59:59.123456789+01:00", Date.UTC(2026, 10, 25, 11, 59, 59, 123) * 1000 + 456],
    ["2026-11-25T11:59:59.1234Z", Date.UTC(2026, 10, 25, 11, 59, 59, 123) * 1000 + 400],
    [1_764_000_000, 1_764_000_000_000_000],
    [1_764_000_000_123, 1_764_000_000_123_000],
    [0, 0],
  ])("updated_at %s is version %d", (updated_at, version) => {
    expect(update({ updated_at })).toMatchObject({ version });
  });

  it("version stands over updated_at", () => {
    expect(update({ version: "12", updated_at: "2026-11-25T11:00:00Z" })).toMatchObject({ version: 12 });
  });

  it("deleted says so in any of the words for yes", () => {
    expect(update({ version: 1, deleted: true })).toMatchObject({ isDeleted: true });
    expect(update({ version: 1, deleted: "no" })).toMatchObject({ isDeleted: false });
    expect(update({ version: 1, deleted: null })).toMatchObject({ isDeleted: false });
  });

  it.each([
    ["missing_version", {}],
    ["missing_version", { version: null, updated_at: "" }],
    ["bad_version", { version: -1 }],
    ["bad_version", { version: 1.5 }],
    ["bad_version", { version: "1e3" }],
    ["bad_version", { version: 2 ** 53 }],
    ["bad_timestamp", { updated_at: "yesterday" }],
    ["bad_timestamp", { updated_at: "2026-11-25T11:00:00" }],
    ["future_timestamp", { updated_at: "2100-01-01T00:00:00Z" }],
    ["bad_deleted", { version: 1, deleted: "perhaps" }],
    ["missing_product_id", { version: 1, product_id: null }],
    ["negative_price", { version: 1, price: -1 }],
    ["bad_number", { version: 1, stock: "many" }],
  ])("%s refuses %j", (reason, raw) => {
    expect(update(raw)).toBe(reason);
  });

  it("a message without a body deletes the product of its key, and needs one", () => {
    expect(decodeProductTombstone("p", 7)).toEqual({
      update: { change: { productId: "p" }, isDeleted: true, version: null, sentAtMs: 7 },
    });
    expect(decodeProductTombstone(null, 7)).toMatchObject({ reason: "missing_product_id" });
  });
});
