import { useState } from "react";
import { moment, words } from "../format.js";
import { DELETE_RULE, PUT_RULE, RULES, type Rule, type RuleAction } from "../operations.js";
import { Absent, Badge, Card, Problem, Success, type Tone, ViewHead } from "../parts/surface.js";
import { ProductName } from "../productNames.js";
import { useAction, useQuery, useSession } from "../session.js";
import { RuleForm } from "./ruleForm.js";

/** What the shop wants of some products after the score: boost, bury, pin, exclude. */
export function RulesView() {
  const { data, error, reload } = useQuery(RULES, {});
  const [isAdding, setIsAdding] = useState(false);
  const [done, setDone] = useState<string | null>(null);
  const rules = data?.recommendationRules ?? [];
  const tell = (what: string) => {
    setDone(what);
    setIsAdding(false);
    reload();
  };
  return (
    <>
      <ViewHead title="Rules">
        What the shop wants of some products, after the score. A rule is listed with every product it moves, and never
        brings back one that is not sold.
      </ViewHead>
      {done !== null && <Success>{done}</Success>}
      {isAdding ? (
        <RuleForm onDone={tell} onCancel={() => setIsAdding(false)} />
      ) : (
        <p className="above">
          <button type="button" className="primary" onClick={() => setIsAdding(true)}>
            Add a rule
          </button>
        </p>
      )}
      <Absent error={error} isEmpty={rules.length === 0}>
        {data === null ? "Loading…" : "There is no rule: the score alone decides."}
      </Absent>
      <div className="rules">
        {rules.map((rule) => (
          <RuleCard key={rule.id} rule={rule} onDone={tell} />
        ))}
      </div>
    </>
  );
}

const TONES: Readonly<Record<RuleAction, Tone>> = { BOOST: "good", BURY: "busy", PIN: "good", EXCLUDE: "bad" };

function RuleCard({ rule, onDone }: { readonly rule: Rule; readonly onDone: (what: string) => void }) {
  const { ask } = useSession();
  const action = useAction();
  const end = () =>
    action.run(async () => {
      const { isInForce: _, ...input } = {
        ...rule,
        endsAt: new Date().toISOString(),
        reason: "ended from the console",
      };
      const { putRecommendationRule: result } = await ask(PUT_RULE, { input, dryRun: false });
      if (result.__typename === "InvalidInput") throw new Error(`${result.field}: ${result.message}`);
      onDone(`“${rule.name}” acts no more.`);
    });
  const remove = () =>
    action.run(async () => {
      const variables = { id: rule.id, reason: "deleted from the console" };
      const { deleteRecommendationRule: result } = await ask(DELETE_RULE, variables);
      if (result.__typename === "InvalidInput") throw new Error(result.message);
      onDone(`“${rule.name}” is deleted.`);
    });
  const actions = (
    <>
      {rule.isInForce && (
        <button type="button" disabled={action.isBusy} onClick={end} aria-label={`End now: ${rule.name}`}>
          End now
        </button>
      )}
      <button
        type="button"
        className="danger"
        disabled={action.isBusy}
        onClick={remove}
        aria-label={`Delete: ${rule.name}`}
      >
        Delete
      </button>
    </>
  );
  return (
    <Card title={rule.name} actions={actions}>
      <p>
        <Badge tone={TONES[rule.action]}>{effectOf(rule)}</Badge>{" "}
        <Badge tone={rule.isInForce ? "good" : "plain"}>{rule.isInForce ? "in force" : "not in force"}</Badge>
      </p>
      <ul className="conditions">
        {conditionsOf(rule).map((condition) => (
          <li key={condition}>{condition}</li>
        ))}
        {rule.productIds?.map((id) => (
          <li key={id}>
            <ProductName id={id} />
          </li>
        ))}
      </ul>
      <p className="muted small">
        {rule.placements === null ? "In all lists" : `In ${rule.placements.map(words).join(", ")}`}
        {rule.startsAt !== null && `, from ${moment(rule.startsAt)}`}
        {rule.endsAt !== null && `, until ${moment(rule.endsAt)}`}
      </p>
      {action.error !== null && <Problem>{action.error}</Problem>}
    </Card>
  );
}

function effectOf({ action, factor, position }: Rule): string {
  if (action === "PIN") return `Pin to place ${position}`;
  return factor === null ? words(action) : `${words(action)} × ${factor}`;
}

function conditionsOf(rule: Rule): string[] {
  const range = (name: string, min: number | null, max: number | null, unit = "") => {
    if (min === null && max === null) return [];
    if (min === null) return [`${name} at most ${max}${unit}`];
    return [max === null ? `${name} at least ${min}${unit}` : `${name} ${min} to ${max}${unit}`];
  };
  const oneOf = (name: string, values: readonly string[] | null) =>
    values === null ? [] : [`${name}: ${values.join(", ")}`];
  return [
    ...oneOf("Category", rule.categories),
    ...oneOf("Brand", rule.brands),
    ...oneOf("Tag", rule.tags),
    ...range("Price", rule.minPrice, rule.maxPrice),
    ...range("Stock", rule.minStock, rule.maxStock),
    ...(rule.sameCategory ? ["In the category of the viewed product"] : []),
    ...range("Price of the viewed product times", rule.minPriceRatio, rule.maxPriceRatio),
  ];
}
