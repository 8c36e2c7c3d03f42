import { Inject } from "@nestjs/common";
import { Args, Context, Mutation, Parent, ResolveField, Resolver } from "@nestjs/graphql";
import { Accounts } from "../accounts/accounts.js";
import { Counter, type OrderRequest } from "../shop/counter.js";
import { Shelves } from "../shop/shelves.js";
import type { Order } from "../shop/shoppers.js";
import type { GraphContext } from "./caller.js";

type OrderArguments = Pick<OrderRequest, "items" | "idempotencyKey"> & { readonly sessionId?: string | null };

/** What the graph says of orders. */
@Resolver("Order")
export class OrderResolver {
  constructor(
    @Inject(Counter) private readonly counter: Counter,
    @Inject(Shelves) private readonly shelves: Shelves,
    @Inject(Accounts) private readonly accounts: Accounts,
  ) {}

  @Mutation("placeOrder")
  async placeOrder(@Args() { sessionId = null, ...order }: OrderArguments, @Context() { headers }: GraphContext) {
    const userId = await this.accounts.userIdOf(headers.authorization);
    return this.counter.placeOrder({ ...order, sessionId: sessionId || null, userId });
  }

  @ResolveField("items")
  items(@Parent() { items }: Order) {
    return items.map(({ productId, quantity, price }) => {
      const product = this.shelves.get(productId);
      return { product, quantity, price: price ?? product.price };
    });
  }

  @ResolveField("total")
  total(@Parent() order: Order) {
    const pence = this.items(order).map(({ quantity, price }) => Math.round(quantity * price * 100));
    return pence.reduce((sum, one) => sum + one, 0) / 100;
  }
}
