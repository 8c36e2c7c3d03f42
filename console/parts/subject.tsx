import { useEffect, useId, useState } from "react";
import { SUBJECTS } from "../operations.js";
import { ProductName } from "../productNames.js";
import { useQuery } from "../session.js";
import { ProductSearch } from "./productSearch.js";
import { Choice } from "./surface.js";

/** Whose list is looked at. */
export interface Subject {
  readonly kind: "shopper" | "product";
  readonly id: string;
}

interface PickerProps {
  /** Null until one is known. */
  readonly subject: Subject | null;
  readonly onPick: (subject: Subject) => void;
}

/** Choose a shopper or a product; begins with the first shopper that the engine suggests. */
export function SubjectPicker({ subject, onPick }: PickerProps) {
  const { data } = useQuery(SUBJECTS, {});
  const shoppers = data?.recommendationShoppers ?? [];
  const products = data?.trendingProducts?.nodes.filter((node) => node !== null) ?? [];
  const [kind, setKind] = useState<Subject["kind"]>(subject?.kind ?? "shopper");
  const first = shoppers[0]?.id;
  useEffect(() => {
    if (subject === null && first !== undefined) onPick({ kind: "shopper", id: first });
  }, [subject, first, onPick]);
  const choose = (chosen: Subject["kind"]) => {
    setKind(chosen);
    const suggested = (chosen === "shopper" ? shoppers : products)[0];
    if (suggested !== undefined && subject?.kind !== chosen) onPick({ kind: chosen, id: suggested.id });
  };
  const kinds = [
    ["shopper", "Shopper"],
    ["product", "Product"],
  ] as const;
  return (
    <div className="subject">
      <Choice label="Whose list" options={kinds} value={kind} onChange={choose} />
      {kind === "shopper" ? (
        <ShopperInput
          key={subject?.kind === "shopper" ? subject.id : ""}
          suggested={shoppers.map(({ id }) => id)}
          id={subject?.kind === "shopper" ? subject.id : ""}
          onPick={(id) => onPick({ kind: "shopper", id })}
        />
      ) : (
        <>
          <ProductSearch label="Find a product" onPick={({ id }) => onPick({ kind: "product", id })} />
          {subject?.kind === "product" && <ProductName id={subject.id} />}
        </>
      )}
    </div>
  );
}

interface ShopperProps {
  readonly suggested: readonly string[];
  readonly id: string;
  readonly onPick: (id: string) => void;
}

function ShopperInput({ suggested, id, onPick }: ShopperProps) {
  const [text, setText] = useState(id);
  const list = useId();
  const take = (value: string) => {
    if (value.trim() !== "" && value.trim() !== id) onPick(value.trim());
  };
  return (
    <form
      className="shopper"
      onSubmit={(event) => {
        event.preventDefault();
        take(text);
      }}
    >
      <input
        aria-label="Shopper's id"
        list={list}
        value={text}
        spellCheck={false}
        onChange={(event) => {
          setText(event.target.value);
          if (suggested.includes(event.target.value)) take(event.target.value);
        }}
        onBlur={() => take(text)}
      />
      <datalist id={list}>
        {suggested.map((shopper) => (
          <option key={shopper} value={shopper} />
        ))}
      </datalist>
      <button
        type="button"
        className="quiet"
        disabled={suggested.length === 0}
        onClick={() => onPick(suggested[(suggested.indexOf(id) + 1) % suggested.length])}
      >
        Another one
      </button>
    </form>
  );
}
