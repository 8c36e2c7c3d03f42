import { type KeyboardEvent, useId, useState } from "react";
import { type KnownProduct, SEARCH_PRODUCTS } from "../operations.js";
import { useQuery, useSession } from "../session.js";
import { Badge } from "./surface.js";

/** Long enough that a word is not searched for letter by letter. */
const SETTLE_MS = 200;

interface SearchProps {
  readonly label: string;
  readonly onPick: (product: KnownProduct) => void;
}

/** Find a product by its id or by words of its name: arrows choose, Enter takes. */
export function ProductSearch({ label, onPick }: SearchProps) {
  const { names } = useSession();
  const [text, setText] = useState("");
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(0);
  const list = useId();
  const search = text.trim();
  const { data, isLoading } = useQuery(SEARCH_PRODUCTS, search === "" ? null : { search }, { settleMs: SETTLE_MS });
  const found = search === "" ? [] : (data?.recommendationProducts ?? []);
  const take = (product: KnownProduct) => {
    names.learn([product]);
    setText("");
    setIsOpen(false);
    onPick(product);
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) setActive((active + step + found.length) % found.length);
    else if (event.key === "Enter" && isOpen && found[active] !== undefined) take(found[active]);
    else if (event.key === "Escape") setIsOpen(false);
    else return;
    event.preventDefault();
  };
  const isShown = isOpen && search !== "";
  return (
    <div className="search">
      <input
        role="combobox"
        aria-label={label}
        aria-expanded={isShown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={isShown && found.length > 0 ? `${list}-${active}` : undefined}
        placeholder={label}
        value={text}
        spellCheck={false}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
          setIsOpen(true);
        }}
        onKeyDown={press}
        onBlur={() => setIsOpen(false)}
      />
      <div
        id={list}
        role="listbox"
        aria-label="Products found"
        className="found"
        hidden={!isShown || found.length === 0}
      >
        {found.map((product, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the input, which keeps the focus
          <div
            key={product.id}
            id={`${list}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(product)}
          >
            <span className="product-name">{product.name ?? "(no name)"}</span>
            <span className="product-id">{product.id}</span>
            {!product.isSold && <Badge tone="bad">not sold now</Badge>}
          </div>
        ))}
      </div>
      {isShown && found.length === 0 && !isLoading && (
        <p className="muted small found-none" role="status">
          No product has this id or all of these words.
        </p>
      )}
    </div>
  );
}
