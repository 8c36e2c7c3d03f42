import { expect, test } from "vitest";
import { createTestDatabase } from "../tools/testDatabase.js";
import { fillTwoCircles, openReplica, train } from "./shop.js";
import { askAs } from "./steer.js";

const database = await createTestDatabase();
await fillTwoCircles(database);
await train(database);

const EXPLAIN = `query ($productId: ID!, $userId: ID, $besideProductId: ID, $context: RecommendationContext, $first: Int,
  $list: RecommendationPlacement, $strategy: SimilarityStrategy) {
  explainRecommendation(productId: $productId, userId: $userId, besideProductId: $besideProductId, context: $context, first: $first,
      list: $list, strategy: $strategy) {
    product { id } isListed rank rankByScore movedBy rule absence absenceInWords source modelVersion score reason because { id }
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

const WHOLE = "source edges { rank score reason node { id } breakdown { signal contribution } }";

test.each([
  ["User.buyAgain", "User", "s0", "buyAgain(first: 2)", { list: "BUY_AGAIN" }],
  [
    "User.recommendations at the cart",
    "User",
    "s0",
    'recommendations(first: 2, context: {placement: "cart"})',
    { list: "CART" },
  ],
  ["Product.similarProducts", "Product", "teapot", "similarProducts(first: 2)", { list: "SIMILAR" }],
  [
    "Product.similarProducts by content",
    "Product",
    "teapot",
    "similarProducts(first: 2, strategy: CONTENT)",
    { list: "SIMILAR", strategy: "CONTENT" },
  ],
  [
    "Product.frequentlyBoughtTogether",
    "Product",
    "teapot",
    "frequentlyBoughtTogether(first: 2)",
    { list: "BOUGHT_TOGETHER" },
  ],
])("of every product of %s it says what the list says", async (_name, type, id, field, asked) => {
  const { server } = await openReplica(database);
  const query = `{ _entities(representations: [{__typename: "${type}", id: "${id}"}]) { ... on ${type} { list: ${field} { ${WHOLE} } } } }`;
  const { source, edges } = (await askAs(server, query)).data._entities[0].list;
  expect(edges.length).toBeGreaterThan(0);
  const subject = type === "User" ? { userId: id } : { besideProductId: id };
  for (const { node, rank, score, reason, breakdown } of edges) {
    const { terms, ...answer } = await explain({ productId: node.id, ...subject, ...asked, first: 2 });
    expect(answer).toMatchObject({ isListed: true, rank, rankByScore: rank, score, reason, source });
    expect(terms).toMatchObject(breakdown);
  }
});

test("of what sells it needs nobody, and of what to buy again it says what is not due and what was never bought", async () => {
  expect(await explain({ productId: "teapot", list: "TRENDING" })).toMatchObject({ source: "FALLBACK_TRENDING" });
  const again = { userId: "s0", list: "BUY_AGAIN" };
  expect(await explain({ productId: "spade", ...again })).toMatchObject({ absence: "NOT_PURCHASED", score: null });
  expect(await explain({ productId: "teapot", userId: "nobody", list: "BUY_AGAIN" })).toMatchObject({
    absence: "NOT_PURCHASED",
    source: "FALLBACK_CATALOG",
  });
  const absences = await Promise.all(
    ["teacup", "saucer", "strainer", "sugar bowl"].map((productId) => explain({ productId, ...again, first: 1 })),
  );
  expect(absences.filter(({ isListed }) => isListed)).toHaveLength(1);
  for (const { absence, rank, rankByScore, score } of absences.filter(({ isListed }) => !isListed)) {
    expect([absence, rank]).toEqual(["BEYOND_THE_LIST", null]);
    expect(rankByScore).toBeGreaterThan(1);
    expect(score).toBeGreaterThan(0);
  }
});

test.each([
  [{ userId: "s0", besideProductId: "teapot" }, /found both/],
  [{ userId: "s0", list: "SIMILAR" }, /one of user, cart, buyAgain is required as list, found similar/],
  [{ besideProductId: "teapot", list: "USER" }, /one of product, similar, boughtTogether/],
  [{ context: {}, list: "BUY_AGAIN" }, /one of session, cart/],
  [{ userId: "s0", list: "BUY_AGAIN", context: {} }, /buyAgain has no context/],
  [{ list: "USER" }, /found none/],
  [{}, /found none/],
  [{ userId: "" }, /valid userId/],
  [{ besideProductId: "teapot", context: {} }, /product has no context/],
  [{ userId: "s0", first: 0 }, /first from 1 to 100/],
])("%o is refused", async (variables, message) => {
  const { errors } = await explain({ productId: "teapot", ...variables });
  expect(errors[0]).toMatchObject({ message: expect.stringMatching(message), extensions: { code: "BAD_USER_INPUT" } });
});

test("nobody else reads it", async () => {
  const { errors } = await explain({ productId: "teapot", userId: "s0" }, "somebody else");
  expect(errors[0].extensions.code).toBe("FORBIDDEN");
});
