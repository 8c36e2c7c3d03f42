import { useQuery } from "@apollo/client/react";
import { useSearchParams } from "wouter";
import { Categories } from "../components/Categories.js";
import { Notice, ShopUnreachable } from "../components/Notice.js";
import { CardSkeleton, ProductCard } from "../components/ProductCard.js";
import { Shelf } from "../components/Shelf.js";
import { ProductsDocument, type ProductsQuery } from "../graph/generated.js";
import { POLL_MS, useTrendingProducts } from "../shop/lists.js";
import { productsInWords } from "../shop/words.js";

const PAGE = 24;

/** The catalogue: everything, one category, or what a search finds. */
export function ListingPage() {
  const [parameters] = useSearchParams();
  const category = parameters.get("category");
  const search = parameters.get("q");
  const title = search ? `Results for “${search}”` : (category ?? "All products");
  return (
    <div className="wide">
      <title>{`${title} · Wren & Thistle`}</title>
      <h1>{title}</h1>
      {!search && <Categories current={category} />}
      {category && !search && <TrendingIn category={category} key={category} />}
      <Products category={category} search={search} />
    </div>
  );
}

function TrendingIn({ category }: { category: string }) {
  const list = useTrendingProducts({ category, first: 10, pollIntervalMs: POLL_MS });
  return <Shelf title={`Trending in ${category}`} list={list} hasReasons={false} />;
}

function Products(wanted: { category: string | null; search: string | null }) {
  const { data, loading, error, fetchMore, refetch } = useQuery(ProductsDocument, {
    variables: { first: PAGE, ...wanted },
    errorPolicy: "all",
  });
  const page = data?.products;
  if (!page && error && !loading) return <ShopUnreachable onRetry={() => void refetch().catch(() => undefined)} />;
  if (page?.totalCount === 0)
    return (
      <>
        <Notice title="Nothing found">Try another word, or walk along the shelves.</Notice>
        {wanted.search && <Categories />}
      </>
    );
  return (
    <section className="shelf" aria-label="Products" aria-busy={!page}>
      <p className="shelf-note">{page ? productsInWords(page.totalCount) : "Looking …"}</p>
      <ul className="grid">{page ? <Cards products={page.nodes} /> : <Skeletons />}</ul>
      {page?.hasNextPage && (
        <button
          type="button"
          className="button quiet more"
          disabled={loading}
          onClick={() => void fetchMore({ variables: { after: page.endCursor } }).catch(() => undefined)}
        >
          Show more
        </button>
      )}
    </section>
  );
}

function Cards({ products }: { products: ProductsQuery["products"]["nodes"] }) {
  return products.map((product) => (
    <li key={product.id}>
      <ProductCard product={product} reason={product.available ? undefined : "Sold out"} />
    </li>
  ));
}

function Skeletons() {
  return Array.from({ length: 12 }, (_, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they have nothing but their places
    <li key={place}>
      <CardSkeleton />
    </li>
  ));
}
