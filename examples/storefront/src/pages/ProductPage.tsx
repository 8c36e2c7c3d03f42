import { useQuery } from "@apollo/client/react";
import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { Notice, ShopUnreachable } from "../components/Notice.js";
import { Quantity } from "../components/Quantity.js";
import { Shelf } from "../components/Shelf.js";
import { ProductDocument, type ProductQuery } from "../graph/generated.js";
import { addToCart } from "../shop/cart.js";
import {
  POLL_MS,
  useFrequentlyBoughtTogether,
  useProductRecommendations,
  useRecord,
  useSimilarProducts,
} from "../shop/lists.js";
import { nameInWords, priceInWords, stockInWords } from "../shop/words.js";

type Product = NonNullable<ProductQuery["product"]>;

/** One product, what goes with it and what is like it. Opening it is recorded as a view. */
export function ProductPage({ id }: { id: string }) {
  const { data, loading, error, refetch } = useQuery(ProductDocument, {
    variables: { id },
    errorPolicy: "all",
    fetchPolicy: "cache-and-network",
    pollInterval: POLL_MS,
    skipPollAttempt: () => document.hidden,
  });
  const product = data?.product;
  useRecordedView(product?.id);

  if (product) return <Sold product={product} />;
  if (loading) return <Loading />;
  if (error) return <ShopUnreachable onRetry={() => void refetch().catch(() => undefined)} />;
  return <Notice title="We do not have this">There is no product with the number {id}.</Notice>;
}

function Sold({ product }: { product: Product }) {
  return (
    <div className="wide">
      <title>{`${nameInWords(product.name)} · Wren & Thistle`}</title>
      <Details product={product} />
      <Lists productId={product.id} />
    </div>
  );
}

function Details({ product }: { product: Product }) {
  const { category, price, image, description, stock, available } = product;
  const name = nameInWords(product.name);
  return (
    <article className="product">
      <div className="product-picture">
        <img src={image} alt={name} width="600" height="600" />
      </div>
      <div className="product-facts">
        {category && (
          <Link href={`/shop?category=${encodeURIComponent(category)}`} className="eyebrow">
            {category}
          </Link>
        )}
        <h1>{name}</h1>
        <p className="product-price">{priceInWords(price)}</p>
        <p className={available ? "stock" : "stock gone"}>{stockInWords(stock, available)}</p>
        {description && <p>{description}</p>}
        {available && <Buy product={product} name={name} />}
        <p className="fine">Article {product.id}</p>
      </div>
    </article>
  );
}

function Buy({ product, name }: { product: Product; name: string }) {
  const record = useRecord();
  const [quantity, setQuantity] = useState(1);

  function add() {
    const { id, category, price, image, available } = product;
    addToCart({ id, name: product.name, category, price, image, available }, quantity);
    void record({ productId: id, action: "ADD_TO_CART", quantity });
    setQuantity(1);
  }
  return (
    <div className="buy">
      <Quantity name={name} value={quantity} min={1} max={Math.max(1, product.stock)} onChange={setQuantity} />
      <button type="button" className="button" onClick={add}>
        Add to cart
      </button>
    </div>
  );
}

function Lists({ productId }: { productId: string }) {
  const together = useFrequentlyBoughtTogether(productId, { first: 6, pollIntervalMs: POLL_MS });
  const similar = useSimilarProducts(productId, { first: 12, pollIntervalMs: POLL_MS });
  const beside = useProductRecommendations(productId, { first: 12, pollIntervalMs: POLL_MS });
  return (
    <>
      <Shelf title="Often bought together" list={together} hasReasons={false} />
      <Shelf title="Similar products" list={similar} hasReasons={false} />
      <Shelf title="You may also like" list={beside} />
    </>
  );
}

/** Once per product that is opened, also where React renders a page twice to find mistakes. */
function useRecordedView(productId: string | undefined): void {
  const record = useRecord();
  const recorded = useRef<string>(undefined);
  useEffect(() => {
    if (productId === undefined || recorded.current === productId) return;
    recorded.current = productId;
    void record({ productId, action: "VIEW" });
  }, [productId, record]);
}

function Loading() {
  return (
    <div className="wide" aria-busy="true">
      <h1 className="unseen">Loading</h1>
      <div className="product skeleton">
        <div className="product-picture" />
        <div className="product-facts">
          <span className="bar" />
          <span className="bar short" />
          <span className="bar short" />
        </div>
      </div>
    </div>
  );
}
