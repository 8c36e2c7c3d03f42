import { useState } from "react";
import { change, count, words } from "../format.js";
import { PREVIEW, type Preview, type PreviewedProduct, type Settings } from "../operations.js";
import { Icon } from "../parts/icon.js";
import { type Subject, SubjectPicker } from "../parts/subject.js";
import { Absent, Badge, Card, Problem } from "../parts/surface.js";
import { ProductName } from "../productNames.js";
import { useQuery } from "../session.js";
import type { Draft } from "./settings.js";

const SHOWN = 10;
/** A slider under way is not worth a question at every step. */
const SETTLE_MS = 250;

interface PreviewProps {
  readonly settings: Settings;
  readonly draft: Draft;
}

/** The list of somebody as it is and as it would be. */
export function SettingsPreview({ settings, draft }: PreviewProps) {
  const [subject, setSubject] = useState<Subject | null>(null);
  const changes = changesOf(settings, draft);
  const variables = subject && {
    changes,
    userIds: subject.kind === "shopper" ? [subject.id] : [],
    productIds: subject.kind === "product" ? [subject.id] : [],
    first: SHOWN,
  };
  const { data, error, isLoading } = useQuery(PREVIEW, variables, { settleMs: SETTLE_MS });
  const result = data?.previewRecommendationSettings;
  return (
    <Card
      title="Preview"
      className={isLoading ? "preview is-loading" : "preview"}
      actions={<SubjectPicker subject={subject} onPick={setSubject} />}
    >
      <Absent error={error} isEmpty={result === undefined} />
      {result?.__typename === "InvalidInput" && <Problem>{`${result.field}: ${result.message}`}</Problem>}
      {result?.__typename === "RecommendationSettingsPreview" && <Lists preview={result} isMoved={draft.size > 0} />}
    </Card>
  );
}

/** A preview is of a change: where nothing is moved, of one that changes nothing. */
function changesOf({ settings }: Settings, draft: Draft) {
  if (draft.size > 0) return [...draft].map(([name, value]) => ({ name, value }));
  return settings.slice(0, 1).map(({ name, value }) => ({ name, value }));
}

function Lists({ preview, isMoved }: { readonly preview: Preview; readonly isMoved: boolean }) {
  const [list] = preview.lists;
  if (list === undefined) return <p className="muted empty">Nobody to show.</p>;
  const isSame =
    list.after.every(({ rank, otherRank }) => rank === otherRank) && list.after.length === list.before.length;
  return (
    <>
      {isMoved && <Qualities preview={preview} />}
      <p className="small muted" role="status">
        {words(list.sourceAfter)} list
        {isMoved && (isSame ? ": the same before and after" : `: ${inWords(list.before, list.after)}`)}
      </p>
      <div className={isMoved ? "pair" : "pair single"}>
        {isMoved && <Ranking title="Now" products={list.before} side="before" />}
        <Ranking title={isMoved ? "As it would be" : "As it is"} products={list.after} side="after" />
      </div>
    </>
  );
}

function inWords(before: readonly PreviewedProduct[], after: readonly PreviewedProduct[]): string {
  const nNew = after.filter(({ otherRank }) => otherRank === null).length;
  const nGone = before.filter(({ otherRank }) => otherRank === null).length;
  const nMoved = after.filter(({ rank, otherRank }) => otherRank !== null && otherRank !== rank).length;
  return `${nNew} new, ${nGone} gone, ${nMoved} moved`;
}

interface RankingProps {
  readonly title: string;
  readonly products: readonly PreviewedProduct[];
  readonly side: "before" | "after";
}

function Ranking({ title, products, side }: RankingProps) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ol className="ranking">
        {products.map((product) => (
          <li key={product.rank} className={product.otherRank === null ? `lone ${side}` : ""}>
            <span className="rank">{product.rank}</span>
            {product.node === null ? "(gone)" : <ProductName id={product.node.id} />}
            <Move product={product} side={side} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** How far a product moves, told where it arrives. */
function Move({
  product: { rank, otherRank },
  side,
}: {
  readonly product: PreviewedProduct;
  readonly side: "before" | "after";
}) {
  if (otherRank === null)
    return <Badge tone={side === "after" ? "good" : "bad"}>{side === "after" ? "new" : "gone"}</Badge>;
  if (side === "before" || otherRank === rank) return null;
  const isUp = otherRank > rank;
  return (
    <span className={isUp ? "move up" : "move down"} title={`from ${otherRank} to ${rank}`}>
      <Icon name={isUp ? "up" : "down"} />
      <span className="unseen">{isUp ? "up by" : "down by"}</span>
      {Math.abs(otherRank - rank)}
    </span>
  );
}

const METRICS = [
  ["ndcg", "NDCG@20"],
  ["recall", "Recall@20"],
  ["hitRate", "Hit rate@20"],
] as const;

/** What the change does to answers that were held out of training. */
function Qualities({ preview: { quality } }: { readonly preview: Preview }) {
  if (quality === null) return <p className="small muted">Nothing was held out of training to measure this with.</p>;
  const { before, after, lists } = quality;
  return (
    <div className="metrics" title={`On ${count(lists)} held-out lists`}>
      {METRICS.map(([name, title]) => {
        const tone = after[name] > before[name] ? "up" : after[name] < before[name] ? "down" : "";
        return (
          <div key={name} className="metric">
            <span className="muted small">{title}</span>
            <strong>{after[name].toFixed(4)}</strong>
            <span className={`move ${tone}`}>{change(before[name], after[name])}</span>
          </div>
        );
      })}
    </div>
  );
}
