import { useQuery } from "@apollo/client/react";
import { Link } from "wouter";
import { CategoriesDocument } from "../graph/generated.js";

/** The shop's shelves, to walk along. */
export function Categories({ current }: { current?: string | null }) {
  const categories = useQuery(CategoriesDocument).data?.categories ?? [];
  if (categories.length === 0) return null;
  return (
    <nav className="categories" aria-label="Categories">
      <ul>
        {categories.map(({ name, productCount, image }) => (
          <li key={name}>
            <Link
              href={`/shop?category=${encodeURIComponent(name)}`}
              className="category"
              aria-current={name === current ? "page" : undefined}
            >
              <img src={image} alt="" width="64" height="64" />
              <span>
                {name}
                <small>{productCount} products</small>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
