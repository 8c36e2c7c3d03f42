import { Inject, Logger } from "@nestjs/common";
import { Args, Context, Mutation, Parent, Query, ResolveField, ResolveReference, Resolver } from "@nestjs/graphql";
import { Accounts } from "../accounts/accounts.js";
import { mergeVisit } from "../accounts/mergeVisit.js";
import type { Configuration } from "../configuration.js";
import { Mistake } from "../shop/mistake.js";
import { type Shopper, Shoppers } from "../shop/shoppers.js";
import { CONFIGURATION } from "../tokens.js";
import type { GraphContext } from "./caller.js";
import { requireFirst } from "./first.js";

/** A shopper, who may just have logged in by this request: its header cannot say so yet. */
type LoggedIn = Shopper & { readonly hasLoggedIn?: boolean };

/** What the graph says of people. */
@Resolver("User")
export class UserResolver {
  private readonly log = new Logger("accounts");

  constructor(
    @Inject(Shoppers) private readonly shoppers: Shoppers,
    @Inject(Accounts) private readonly accounts: Accounts,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  @Query("me")
  async me(@Context() { headers }: GraphContext) {
    const userId = await this.accounts.userIdOf(headers.authorization);
    return userId === null ? null : this.shoppers.find(userId);
  }

  @Query("sampleShoppers")
  sampleShoppers(@Args("first") first: number | null) {
    return this.shoppers.samples(requireFirst(first ?? 12));
  }

  @Mutation("logIn")
  async logIn(@Args("userId") userId: string, @Args("sessionId") sessionId?: string | null) {
    const user = this.shoppers.find(userId);
    if (user === null)
      throw new Mistake("NOT_FOUND", `Cannot log in: a customer of the shop is required, found "${userId}"`);
    if (sessionId != null && sessionId !== "") await this.merge(sessionId, userId);
    return { token: await this.accounts.shopperToken(userId), user: { ...user, hasLoggedIn: true } };
  }

  @ResolveReference()
  resolveReference({ id }: { id: string }) {
    return this.shoppers.find(id);
  }

  /** An account's orders are its owner's to see. */
  @ResolveField("orders")
  async orders(
    @Parent() { id, hasLoggedIn }: LoggedIn,
    @Args("first") first: number | null,
    @Context() { headers }: GraphContext,
  ) {
    if (!hasLoggedIn && (await this.accounts.userIdOf(headers.authorization)) !== id) {
      throw new Mistake("FORBIDDEN", "Cannot list the orders: the shopper's own log-in is required");
    }
    return this.shoppers.ordersOf(id, requireFirst(first ?? 10));
  }

  private async merge(sessionId: string, userId: string): Promise<void> {
    const trouble = await mergeVisit(this.configuration, await this.accounts.serviceToken(), { sessionId, userId });
    if (trouble !== null) this.log.warn(`a visit was not merged into its shopper: ${trouble}`);
  }
}
