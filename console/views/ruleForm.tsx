import { type FormEvent, type ReactNode, useId, useState } from "react";
import { count } from "../format.js";
import { PUT_RULE, type RuleAction, type RuleInput } from "../operations.js";
import { ProductSearch } from "../parts/productSearch.js";
import { Card, Problem, Success } from "../parts/surface.js";
import { ProductName } from "../productNames.js";
import { useAction, useSession } from "../session.js";

interface FormProps {
  readonly onDone: (what: string) => void;
  readonly onCancel: () => void;
}

/** What is typed, as it is typed. */
interface Typed {
  readonly name: string;
  readonly action: RuleAction;
  readonly factor: string;
  readonly position: string;
  readonly productIds: readonly string[];
  readonly categories: string;
  readonly brands: string;
  readonly tags: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly minStock: string;
  readonly maxStock: string;
  readonly endsAt: string;
  readonly reason: string;
}

const NOTHING: Typed = {
  name: "",
  action: "BOOST",
  factor: "2",
  position: "1",
  productIds: [],
  categories: "",
  brands: "",
  tags: "",
  minPrice: "",
  maxPrice: "",
  minStock: "",
  maxStock: "",
  endsAt: "",
  reason: "",
};

const ACTIONS: readonly (readonly [RuleAction, string])[] = [
  ["BOOST", "Boost: they rank higher"],
  ["BURY", "Bury: they rank lower"],
  ["PIN", "Pin one to a place"],
  ["EXCLUDE", "Exclude from every list"],
];

/** A new rule: looked at first, then kept. */
export function RuleForm({ onDone, onCancel }: FormProps) {
  const { ask } = useSession();
  const action = useAction();
  const [typed, setTyped] = useState(NOTHING);
  const [id] = useState(() => crypto.randomUUID());
  const [found, setFound] = useState<number | null>(null);
  const set = (change: Partial<Typed>) => {
    setFound(null);
    setTyped((before) => ({ ...before, ...change }));
  };
  const put = (dryRun: boolean) =>
    action.run(async () => {
      const { putRecommendationRule: result } = await ask(PUT_RULE, { input: inputOf(id, typed), dryRun });
      if (result.__typename === "InvalidInput") throw new Error(`${result.field}: ${result.message}`);
      if (dryRun) setFound(result.matchingProducts);
      else onDone(`“${typed.name}” acts on ${count(result.matchingProducts)} products, in every list within a second.`);
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void put(false);
  };
  return (
    <Card title="A new rule">
      <form className="form" onSubmit={submit}>
        <Text label="Name" value={typed.name} onChange={(name) => set({ name })} wide />
        <Field label="What it does">
          {(field) => (
            <select
              id={field}
              value={typed.action}
              onChange={(event) => set(actionOf(event.target.value as RuleAction))}
            >
              {ACTIONS.map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          )}
        </Field>
        {(typed.action === "BOOST" || typed.action === "BURY") && (
          <Text label="Score times" value={typed.factor} onChange={(factor) => set({ factor })} />
        )}
        {typed.action === "PIN" && (
          <Text label="Place" value={typed.position} onChange={(position) => set({ position })} />
        )}
        <Products ids={typed.productIds} onChange={(productIds) => set({ productIds })} />
        <Text label="Categories, by comma" value={typed.categories} onChange={(categories) => set({ categories })} />
        <Text label="Brands, by comma" value={typed.brands} onChange={(brands) => set({ brands })} />
        <Text label="Tags, by comma" value={typed.tags} onChange={(tags) => set({ tags })} />
        <Text label="Price at least" value={typed.minPrice} onChange={(minPrice) => set({ minPrice })} />
        <Text label="Price at most" value={typed.maxPrice} onChange={(maxPrice) => set({ maxPrice })} />
        <Text label="Stock at least" value={typed.minStock} onChange={(minStock) => set({ minStock })} />
        <Text label="Stock at most" value={typed.maxStock} onChange={(maxStock) => set({ maxStock })} />
        <Text label="Until" type="datetime-local" value={typed.endsAt} onChange={(endsAt) => set({ endsAt })} />
        <Text label="Reason, for the audit" value={typed.reason} onChange={(reason) => set({ reason })} wide />
        <div className="card-actions wide">
          <button type="button" disabled={action.isBusy} onClick={() => put(true)}>
            Try it without keeping
          </button>
          <button type="submit" className="primary" disabled={action.isBusy}>
            Keep the rule
          </button>
          <button type="button" className="quiet" onClick={onCancel}>
            Never mind
          </button>
        </div>
      </form>
      {action.error !== null && <Problem>{action.error}</Problem>}
      {found !== null && (
        <Success>{`It would be about ${count(found)} products that are sold now. Nothing has changed.`}</Success>
      )}
    </Card>
  );
}

/** A factor that suits one is refused by the other. */
function actionOf(action: RuleAction): Partial<Typed> {
  return action === "BURY" ? { action, factor: "0.5" } : { action, factor: "2" };
}

function inputOf(id: string, typed: Typed): RuleInput & { reason: string | null } {
  const { name, action, productIds, endsAt, reason } = typed;
  const hasFactor = action === "BOOST" || action === "BURY";
  return {
    id,
    name: name.trim(),
    action,
    factor: hasFactor ? numberOf(typed.factor) : null,
    position: action === "PIN" ? numberOf(typed.position) : null,
    placements: null,
    productIds: productIds.length === 0 ? null : productIds,
    categories: listOf(typed.categories),
    brands: listOf(typed.brands),
    tags: listOf(typed.tags),
    minPrice: numberOf(typed.minPrice),
    maxPrice: numberOf(typed.maxPrice),
    minStock: numberOf(typed.minStock),
    maxStock: numberOf(typed.maxStock),
    sameCategory: null,
    minPriceRatio: null,
    maxPriceRatio: null,
    startsAt: null,
    endsAt: endsAt === "" ? null : new Date(endsAt).toISOString(),
    reason: reason.trim() || null,
  };
}

/** @throws Error in words for what is no number */
function numberOf(text: string): number | null {
  if (text.trim() === "") return null;
  const value = Number(text.replace(",", "."));
  if (Number.isFinite(value)) return value;
  throw new Error(`A number is required, found “${text}”.`);
}

function listOf(text: string): string[] | null {
  const values = text.split(",").map((value) => value.trim());
  const given = values.filter((value) => value !== "");
  return given.length === 0 ? null : given;
}

interface FieldProps {
  readonly label: string;
  readonly wide?: boolean;
  readonly children: (id: string) => ReactNode;
}

function Field({ label, wide = false, children }: FieldProps) {
  const id = useId();
  return (
    <div className={wide ? "field wide" : "field"}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly type?: string;
  readonly wide?: boolean;
  readonly onChange: (value: string) => void;
}

function Text({ label, value, type = "text", wide, onChange }: TextProps) {
  return (
    <Field label={label} wide={wide}>
      {(id) => <input id={id} type={type} value={value} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}

interface ProductsProps {
  readonly ids: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
}

function Products({ ids, onChange }: ProductsProps) {
  return (
    <div className="field wide">
      <span className="label">Products</span>
      <ProductSearch label="Find a product to add" onPick={({ id }) => onChange([...new Set([...ids, id])])} />
      <ul className="chips">
        {ids.map((id) => (
          <li key={id}>
            <ProductName id={id} />
            <button
              type="button"
              className="link"
              aria-label={`Leave ${id} out`}
              onClick={() => onChange(ids.filter((one) => one !== id))}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
