import { Link } from "wouter";
import { Shelf } from "../components/Shelf.js";
import { useTrendingProducts } from "../shop/lists.js";

/** An address that leads nowhere leads to what everybody likes. */
export function NotFoundPage() {
  const trending = useTrendingProducts({ first: 12 });
  return (
    <div className="wide">
      <title>Not found · Wren & Thistle</title>
      <h1>There is nothing here</h1>
      <p className="lead">
        The page has moved or never was. <Link href="/">Back to the shop</Link>
      </p>
      <Shelf title="Trending now" list={trending} hasReasons={false} />
    </div>
  );
}
