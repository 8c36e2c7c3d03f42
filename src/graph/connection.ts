import { randomBytes } from "node:crypto";
import { hashId } from "../domain/ids.js";
import type {
  RecommendationList,
  RecommendationReason,
  RecommendationSource,
  RecommendedProduct,
  SignalTerm,
} from "../domain/recommendation.js";
import { requireAdmin } from "./caller.js";
import type { GraphContext } from "./context.js";
import type { CursorCodec } from "./cursor.js";
import { LIST_FIELDS } from "./listFields.js";
import type { ListQuery } from "./listLoader.js";

/** A product as this subgraph knows it: its key. The catalogue adds the rest. */
export interface ProductReference {
  readonly id: string;
}

/**
 * One page as the schema shows it. Names are the schema's, so graphql-js needs no resolver per field; what costs
 * something is a method and runs only when it is asked for.
 */
export class RecommendationConnection {
  readonly source: RecommendationSource;
  readonly modelVersion: string | null;
  readonly edges: readonly RecommendationEdge[];
  private readonly cursors: PageCursors;
  private name: string | null = null;

  constructor(
    private readonly query: ListQuery,
    private readonly list: RecommendationList,
    private readonly codec: CursorCodec,
  ) {
    this.source = list.source;
    this.modelVersion = list.modelVersion;
    this.cursors = new PageCursors(query, list.products, codec);
    this.edges = list.products.map((product, i) => new RecommendationEdge(product, i, this.cursors));
  }

  nodes(): ProductReference[] {
    return this.edges.map((edge) => edge.node);
  }

  pageInfo() {
    const { cursors, edges } = this;
    return {
      hasNextPage: this.list.hasNextPage,
      hasPreviousPage: this.query.shown.length > 0,
      startCursor: () => (edges.length === 0 ? null : cursors.at(0)),
      endCursor: () => (edges.length === 0 ? null : cursors.at(edges.length - 1)),
    };
  }

  /** A public list is named by its content, so that two callers get the same bytes; a shopper's list by chance. */
  listId(): string {
    this.name ??= this.isPublic() ? this.codec.nameList(this.content()) : randomBytes(16).toString("base64url");
    return this.name;
  }

  private isPublic(): boolean {
    return LIST_FIELDS[this.query.field].isPublic;
  }

  private content(): unknown[] {
    const { field, subjectId, args } = this.query;
    return [field, subjectId, args.key, this.list.modelVersion, this.list.products.map((product) => product.productId)];
  }
}

/** One product of a page; plain properties under the schema's names. */
export class RecommendationEdge {
  readonly node: ProductReference;
  readonly because: ProductReference | null;
  readonly rank: number;
  readonly movedFrom: number | null;
  readonly score: number;
  readonly reason: RecommendationReason;

  constructor(
    private readonly product: RecommendedProduct,
    private readonly position: number,
    private readonly cursors: PageCursors,
  ) {
    this.node = { id: product.productId };
    this.because = product.because === null ? null : { id: product.because };
    this.rank = product.rank;
    this.movedFrom = product.movedFrom ?? null;
    this.score = product.score;
    this.reason = product.reason;
  }

  cursor(): string {
    return this.cursors.at(this.position);
  }

  movedBy(_args: unknown, context: GraphContext): string | null {
    requireAdmin(context.caller, "read the names of rules");
    return this.product.movedBy ?? null;
  }

  breakdown(_args: unknown, context: GraphContext): readonly SignalTerm[] {
    requireAdmin(context.caller, "read a breakdown");
    return this.product.terms;
  }
}

/** Cursors of one page, sealed one by one when asked for: each costs a hash over everything shown. */
class PageCursors {
  private shown: Uint32Array | null = null;
  private readonly seal: (shown: Uint32Array) => string;

  constructor(
    private readonly query: ListQuery,
    private readonly products: readonly RecommendedProduct[],
    codec: CursorCodec,
  ) {
    const { field, subjectId, args } = query;
    this.seal = codec.sealerFor({ field, subjectId, argumentsKey: args.key });
  }

  at(position: number): string {
    this.shown ??= this.allShown();
    return this.seal(this.shown.subarray(0, this.query.shown.length + position + 1));
  }

  private allShown(): Uint32Array {
    const earlier = this.query.shown;
    const all = new Uint32Array(earlier.length + this.products.length);
    all.set(earlier);
    for (let i = 0; i < this.products.length; i++) all[earlier.length + i] = hashId(this.products[i].productId);
    return all;
  }
}
