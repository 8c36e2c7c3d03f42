import { useQuery } from "@apollo/client/react";
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { CategoriesDocument } from "../graph/generated.js";
import { productsInWords } from "../shop/words.js";

/** The shop's shelves, to walk along. */
export function Categories({ current }: { current?: string | null }) {
  const categories = useQuery(CategoriesDocument).data?.categories ?? [];
  const list = useRef<HTMLUListElement>(null);
  const isLoaded = categories.length > 0;
  // On a phone they are a row that goes on under the edge of the screen: the one that is open comes into sight.
  useEffect(() => {
    const open = list.current?.querySelector<HTMLElement>("[aria-current]");
    if (isLoaded && current && open && list.current)
      list.current.scrollLeft = open.offsetLeft - list.current.offsetLeft - 16;
  }, [current, isLoaded]);
  if (!isLoaded) return null;
  return (
    <nav className="categories" aria-label="Categories">
      <ul ref={list}>
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
                <small>{productsInWords(productCount)}</small>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
