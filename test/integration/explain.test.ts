import { expect, test } from "vitest";
import { createTestDatabase } from "../tools/testDatabase.js";
import { fillTwoCircles, openReplica, train } from "./shop.js";
import { askAs } from "./steer.js";

const database = await createTestDatabase();
await fillTwoCircles(database);
await train(database);

const EXPLAIN = `query ($productId: ID!, $userId: ID, $besideProductId: ID, $context: RecommendationContext, $first: Int) {
  explainRecommendation(productId: $productId, userId: $userId, besideProductId: $besideProductId, context: $context, first: $first) {
    product { id } isListed rank rankByScore movedBy absence absenceInWords source modelVersion score reason because { id }
    terms { signal weight gate value contribution carriedBy { product { id } share } } } }`;

async function explain(variables: object, token?: string) {
  const { server, state } = await openReplica(database);
  const { data, errors } = await askAs(server, EXPLAIN, variables, token);
  return { state, errors, ...data?.explainRecommendation };
}

test("an administrator reads why a product is in a shopper's list", async () => {
  const { state, ...answer } = await explain({ productId: "teapot", userId: "s0" });
  expect(answer).toMatchObject({
    product: { id: "teapot" },
    isListed: true,
    rank: 1,
    absence: null,
    source: "PERSONALIZED",
    modelVersion: state.modelVersion,
  });
  const sum = answer.terms.reduce(
    (total: number, { contribution }: { contribution: number }) => total + contribution,
    0,
  );
  expect(sum).toBe(answer.score);
});

test("and why another one is not, beside a product and in a visit too", async () => {
  expect(await explain({ productId: "teacup", userId: "s0" })).toMatchObject({
    isListed: false,
    absence: "PURCHASED",
    absenceInWords: expect.stringContaining("exclude.purchased"),
    terms: [],
  });
  expect(await explain({ productId: "teapot", besideProductId: "teapot" })).toMatchObject({
    absence: "IS_THE_SUBJECT",
  });
  const context = { cartProductIds: ["teapot"] };
  expect(await explain({ productId: "teapot", context })).toMatchObject({ absence: "IN_CART", source: "SESSION" });
});

test.each([
  [{ userId: "s0", besideProductId: "teapot" }, /found both/],
  [{}, /found none/],
  [{ userId: "" }, /valid userId/],
  [{ besideProductId: "teapot", context: {} }, /no context/],
  [{ userId: "s0", first: 0 }, /first from 1 to 100/],
])("%o is refused", async (variables, message) => {
  const { errors } = await explain({ productId: "teapot", ...variables });
  expect(errors[0]).toMatchObject({ message: expect.stringMatching(message), extensions: { code: "BAD_USER_INPUT" } });
});

test("nobody else reads it", async () => {
  const { errors } = await explain({ productId: "teapot", userId: "s0" }, "somebody else");
  expect(errors[0].extensions.code).toBe("FORBIDDEN");
});
