import { expect, test } from "vitest";
import type { DeadLetter } from "../../src/domain/stream.js";
import { inTransaction } from "../../src/store/database.js";
import { withoutErasedLetters } from "../../src/store/erasedLetters.js";
import { createShopperStore } from "../../src/store/shopperStore.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const database = await createTestDatabase();

test("dead letters of an erased shopper are not kept again when their topic is replayed", async () => {
  const letter = (key: string | null, value: string, sentAtMs: number) =>
    ({
      topic: "user-interactions",
      key: key && Buffer.from(key),
      value: Buffer.from(value),
      sentAtMs,
    }) as unknown as DeadLetter;
  const letters = [
    letter("ann", "no json", 1000),
    letter(null, '{"user_id":"ann","prod', 1000),
    letter("bob", '{"user_id":"bob"', 1000),
    letter("ann", "since", Date.UTC(2100, 0, 1)),
  ];
  const kept = () => inTransaction(database.pool, (client) => withoutErasedLetters(client, letters));
  expect(await kept()).toHaveLength(4);
  await createShopperStore(database).erase("ann");
  expect(await kept()).toEqual([letters[2], letters[3]]);
});
