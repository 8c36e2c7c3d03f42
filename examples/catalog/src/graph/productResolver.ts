import { Inject } from "@nestjs/common";
import { Args, Context, Mutation, Parent, Query, ResolveField, ResolveReference, Resolver } from "@nestjs/graphql";
import type { Configuration } from "../configuration.js";
import { Counter } from "../shop/counter.js";
import { Mistake } from "../shop/mistake.js";
import type { Product, ProductChange } from "../shop/product.js";
import { Shelves } from "../shop/shelves.js";
import { CONFIGURATION } from "../tokens.js";
import type { GraphContext } from "./caller.js";
import { requireFirst } from "./first.js";

interface PageArguments {
  readonly first: number | null;
  readonly after?: string | null;
  readonly category?: string | null;
  readonly search?: string | null;
}

/** What the graph says of products. */
@Resolver("Product")
export class ProductResolver {
  constructor(
    @Inject(Shelves) private readonly shelves: Shelves,
    @Inject(Counter) private readonly counter: Counter,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  @Query("product")
  product(@Args("id") id: string) {
    return this.shelves.find(id);
  }

  @Query("products")
  products(@Args() { first, ...page }: PageArguments) {
    return this.shelves.page({ ...page, first: requireFirst(first ?? 24) });
  }

  @Query("categories")
  categories() {
    const image = (name: string) => `${this.configuration.imageBase}/images/categories/${encodeURIComponent(name)}.svg`;
    return this.shelves.categories().map((category) => ({ ...category, image: image(category.name) }));
  }

  @Mutation("updateProduct")
  updateProduct(@Args("id") id: string, @Args("change") change: ProductChange, @Context() { headers }: GraphContext) {
    const { adminToken } = this.configuration;
    if (adminToken !== null && headers["x-admin-token"] !== adminToken) {
      throw new Mistake(
        "FORBIDDEN",
        "Cannot change the product: the header x-admin-token with CATALOG_ADMIN_TOKEN is required",
      );
    }
    return this.counter.change(id, change);
  }

  @ResolveReference()
  resolveReference({ id }: { id: string }) {
    return this.shelves.find(id);
  }

  @ResolveField("description")
  description(@Parent() { name, category }: Product) {
    return `${name}, from our shelf ${category}.`;
  }

  @ResolveField("image")
  image(@Parent() { id }: Product) {
    return `${this.configuration.imageBase}/images/${encodeURIComponent(id)}.svg`;
  }
}
