import type { Recommendation, RecommendationList } from "@recommendation-subgraph/react";
import { type ReactNode, useId, useRef } from "react";
import type { CardFragment } from "../graph/generated.js";
import { reasonInWords } from "../shop/words.js";
import { LeftIcon, RightIcon } from "./Icons.js";
import { CardSkeleton, ProductCard } from "./ProductCard.js";

type Item = Recommendation<CardFragment>;

interface ShelfProps {
  readonly title: string;
  readonly note?: string;
  readonly list: RecommendationList<CardFragment>;
  /** False where every product would have the same reason. */
  readonly hasReasons?: boolean;
  /** A row to be moved sideways, or all products below each other with a way to more. */
  readonly layout?: "row" | "grid";
  readonly children?: ReactNode;
}

/**
 * A list of recommendations under a title. It has a skeleton while it loads, and it is not there at all while there is
 * nothing to recommend: an outage of the engine leaves no hole in the page.
 */
export function Shelf({ title, note, list, hasReasons = true, layout = "row", children }: ShelfProps) {
  const titleId = useId();
  const row = useRef<HTMLUListElement>(null);
  // The catalogue has the last word: what it has just said of a product counts before the next list is there.
  const items = list.items.filter(({ product }) => product.available);
  if (!list.isLoading && items.length === 0) return null;
  return (
    <section className="shelf" aria-labelledby={titleId} aria-busy={list.isLoading}>
      <div className="shelf-head">
        <div>
          <h2 id={titleId}>{title}</h2>
          {note && <p className="shelf-note">{note}</p>}
        </div>
        {layout === "row" && <Arrows row={row} title={title} />}
      </div>
      <ul className={layout} ref={row}>
        {list.isLoading ? (
          <Skeletons />
        ) : (
          items.map((item) => <Entry key={item.product.id} item={item} hasReasons={hasReasons} />)
        )}
      </ul>
      {layout === "grid" && list.hasMore && (
        <button type="button" className="button quiet more" onClick={() => void list.loadMore()}>
          Show more
        </button>
      )}
      {children}
    </section>
  );
}

function Entry({ item, hasReasons }: { item: Item; hasReasons: boolean }) {
  return (
    <li>
      <ProductCard product={item.product} reason={hasReasons ? reasonInWords(item) : undefined} />
    </li>
  );
}

function Skeletons() {
  return [0, 1, 2, 3, 4, 5].map((place) => (
    <li key={place}>
      <CardSkeleton />
    </li>
  ));
}

function Arrows({ row, title }: { row: React.RefObject<HTMLUListElement | null>; title: string }) {
  const move = (direction: number) => () => row.current?.scrollBy({ left: direction * row.current.clientWidth * 0.8 });
  return (
    <div className="arrows">
      <button type="button" onClick={move(-1)} aria-label={`Back in ${title}`}>
        <LeftIcon />
      </button>
      <button type="button" onClick={move(1)} aria-label={`On in ${title}`}>
        <RightIcon />
      </button>
    </div>
  );
}
