import { useState } from "react";
import { words } from "../format.js";
import { type Connection, type Edge, PRODUCT_LISTS, SHOPPER_LISTS } from "../operations.js";
import { ProductSearch } from "../parts/productSearch.js";
import { type Subject, SubjectPicker } from "../parts/subject.js";
import { Absent, Badge, Card, Choice, ViewHead } from "../parts/surface.js";
import { Legend, TermBar } from "../parts/terms.js";
import { ProductName } from "../productNames.js";
import { useQuery } from "../session.js";
import { ExplanationCard } from "./explanation.js";

const SHOWN = 12;

/** Anybody's lists, why each product is there, and why another is not. */
export function ExploreView() {
  const [subject, setSubject] = useState<Subject | null>(null);
  const [explained, setExplained] = useState<string | null>(null);
  const pick = (next: Subject) => {
    setSubject(next);
    setExplained(null);
  };
  return (
    <>
      <ViewHead title="Explore">
        Anybody's lists: the terms of each score, why a product is there, and why another one is not.
      </ViewHead>
      <section className="card" aria-label="Whose lists">
        <SubjectPicker subject={subject} onPick={pick} />
      </section>
      {subject?.kind === "shopper" && <ShopperLists key={subject.id} id={subject.id} onExplain={setExplained} />}
      {subject?.kind === "product" && <ProductLists key={subject.id} id={subject.id} onExplain={setExplained} />}
      {subject !== null && (
        <Card
          title="Why, or why not"
          actions={<ProductSearch label="Why not this product?" onPick={({ id }) => setExplained(id)} />}
          note="Choose a product of the list above, or find one that is not in it."
        >
          {explained !== null && <ExplanationCard subject={subject} productId={explained} />}
        </Card>
      )}
    </>
  );
}

interface ListsProps {
  readonly id: string;
  readonly onExplain: (productId: string) => void;
}

function ShopperLists({ id, onExplain }: ListsProps) {
  const { data, error } = useQuery(SHOPPER_LISTS, { id: [{ __typename: "User", id }], first: SHOWN });
  const user = data?._entities[0] ?? null;
  const lists = [
    ["Recommended", user?.recommendations ?? null],
    ["Buy again", user?.buyAgain ?? null],
  ] as const;
  return <Lists isLoading={data === null} error={error} lists={lists} onExplain={onExplain} />;
}

function ProductLists({ id, onExplain }: ListsProps) {
  const { data, error } = useQuery(PRODUCT_LISTS, { id: [{ __typename: "Product", id }], first: SHOWN });
  const product = data?._entities[0] ?? null;
  const lists = [
    ["Recommended", product?.recommendations ?? null],
    ["Similar", product?.similarProducts ?? null],
    ["Bought together", product?.frequentlyBoughtTogether ?? null],
  ] as const;
  return <Lists isLoading={data === null} error={error} lists={lists} onExplain={onExplain} />;
}

interface TabsProps {
  readonly isLoading: boolean;
  readonly error: string | null;
  readonly lists: readonly (readonly [string, Connection | null])[];
  readonly onExplain: (productId: string) => void;
}

function Lists({ isLoading, error, lists, onExplain }: TabsProps) {
  const [shown, setShown] = useState(lists[0][0]);
  const list = lists.find(([name]) => name === shown)?.[1] ?? null;
  const choice = (
    <Choice
      label="Which list"
      options={lists.map(([name]) => [name, name] as const)}
      value={shown}
      onChange={setShown}
    />
  );
  return (
    <Card title="List" actions={choice}>
      <Absent error={error} isEmpty={list === null || list.edges.length === 0}>
        {isLoading ? "Loading…" : "Nothing qualifies for this list."}
      </Absent>
      {list !== null && list.edges.length > 0 && <List list={list} onExplain={onExplain} />}
    </Card>
  );
}

function List({ list, onExplain }: { readonly list: Connection; readonly onExplain: (productId: string) => void }) {
  const terms = list.edges.flatMap(({ breakdown }) => breakdown ?? []);
  const most = Math.max(...list.edges.map(({ breakdown }) => weightOf(breakdown ?? [])), Number.MIN_VALUE);
  return (
    <>
      <p className="muted small card-note">
        {words(list.source)}
        {list.modelVersion !== null && `, by model ${list.modelVersion}`}
      </p>
      <Legend terms={terms} />
      <ol className="edges">
        {list.edges.map((edge) => (
          <Row key={edge.rank} edge={edge} most={most} onExplain={onExplain} />
        ))}
      </ol>
    </>
  );
}

/** How long a bar is: everything that speaks, for or against. */
function weightOf(terms: readonly { readonly contribution: number }[]): number {
  return terms.reduce((sum, { contribution }) => sum + Math.abs(contribution), 0);
}

interface RowProps {
  readonly edge: Edge;
  readonly most: number;
  readonly onExplain: (productId: string) => void;
}

function Row({ edge, most, onExplain }: RowProps) {
  const { rank, movedFrom, movedBy, score, reason, node, because, breakdown } = edge;
  return (
    <li>
      <span className="rank">{rank}</span>
      <div>
        {node === null ? (
          "(gone)"
        ) : (
          <button type="button" className="row" onClick={() => onExplain(node.id)} title="Why is it here?">
            <ProductName id={node.id} />
          </button>
        )}
        <span className="muted small block">
          {words(reason)}
          {because !== null && (
            <>
              {": "}
              <ProductName id={because.id} />
            </>
          )}
        </span>
        {movedFrom !== null && (
          <Badge tone="busy">
            from place {movedFrom}
            {movedBy !== null && ` by “${movedBy}”`}
          </Badge>
        )}
      </div>
      <TermBar terms={breakdown ?? []} most={most} />
      <span className="score">{score.toFixed(3)}</span>
    </li>
  );
}
