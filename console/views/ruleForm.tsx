import { type FormEvent, type ReactNode, useId, useState } from "react";
import { count, words } from "../format.js";
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
  readonly sameCategory: boolean;
  readonly minPriceRatio: string;
  readonly maxPriceRatio: string;
  readonly placements: readonly string[];
  readonly startsAt: string;
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
  sameCategory: false,
  minPriceRatio: "",
  maxPriceRatio: "",
  placements: [],
  startsAt: "",
  endsAt: "",
  reason: "",
};

const ACTIONS: readonly (readonly [RuleAction, string])[] = [
  ["BOOST", "Boost: they rank higher"],
  ["BURY", "Bury: they rank lower"],
  ["PIN", "Pin one to a place"],
  ["EXCLUDE", "Exclude from every list"],
];

const PLACEMENTS = ["USER", "SESSION", "CART", "BUY_AGAIN", "PRODUCT", "SIMILAR", "BOUGHT_TOGETHER", "TRENDING"];

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
        <Text
          label="Viewed price times, at least"
          value={typed.minPriceRatio}
          onChange={(minPriceRatio) => set({ minPriceRatio })}
        />
        <Text
          label="Viewed price times, at most"
          value={typed.maxPriceRatio}
          onChange={(maxPriceRatio) => set({ maxPriceRatio })}
        />
        <Tick
          label="In the category of the viewed product"
          isTicked={typed.sameCategory}
          onChange={(sameCategory) => set({ sameCategory })}
        />
        <Placements chosen={typed.placements} onChange={(placements) => set({ placements })} />
        <Text label="From" type="datetime-local" value={typed.startsAt} onChange={(startsAt) => set({ startsAt })} />
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
  const { name, action, productIds, reason } = typed;
  const hasFactor = action === "BOOST" || action === "BURY";
  return {
    id,
    name: name.trim(),
    action,
    factor: hasFactor ? numberOf(typed.factor) : null,
    position: action === "PIN" ? numberOf(typed.position) : null,
    placements: typed.placements.length === 0 ? null : typed.placements,
    productIds: productIds.length === 0 ? null : productIds,
    categories: listOf(typed.categories),
    brands: listOf(typed.brands),
    tags: listOf(typed.tags),
    minPrice: numberOf(typed.minPrice),
    maxPrice: numberOf(typed.maxPrice),
    minStock: numberOf(typed.minStock),
    maxStock: numberOf(typed.maxStock),
    sameCategory: typed.sameCategory || null,
    minPriceRatio: numberOf(typed.minPriceRatio),
    maxPriceRatio: numberOf(typed.maxPriceRatio),
    startsAt: timeOf(typed.startsAt),
    endsAt: timeOf(typed.endsAt),
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

/** What is typed is of the reader's zone. */
function timeOf(text: string): string | null {
  return text === "" ? null : new Date(text).toISOString();
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

interface TickProps {
  readonly label: string;
  readonly isTicked: boolean;
  readonly onChange: (isTicked: boolean) => void;
}

function Tick({ label, isTicked, onChange }: TickProps) {
  return (
    <label className="tick">
      <input type="checkbox" checked={isTicked} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}

interface PlacementsProps {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

function Placements({ chosen, onChange }: PlacementsProps) {
  return (
    <fieldset className="placements wide">
      <legend>In these lists; in all where none is ticked</legend>
      {PLACEMENTS.map((placement) => (
        <Tick
          key={placement}
          label={words(placement)}
          isTicked={chosen.includes(placement)}
          onChange={(isTicked) => {
            const others = chosen.filter((one) => one !== placement);
            onChange(isTicked ? [...others, placement] : others);
          }}
        />
      ))}
    </fieldset>
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
