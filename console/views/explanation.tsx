import { words } from "../format.js";
import { EXPLAIN, type Explanation } from "../operations.js";
import { signalColour } from "../parts/signals.js";
import type { Subject } from "../parts/subject.js";
import { Absent, Badge, Scroll } from "../parts/surface.js";
import { Legend, TermBar } from "../parts/terms.js";
import { ProductName } from "../productNames.js";
import { useQuery } from "../session.js";

/** So long is the list that is asked about. */
const ASKED = 12;

interface ExplanationProps {
  readonly subject: Subject;
  readonly productId: string;
}

/** Everything that decided about one product in somebody's list. */
export function ExplanationCard({ subject, productId }: ExplanationProps) {
  const { data, error } = useQuery(EXPLAIN, {
    productId,
    userId: subject.kind === "shopper" ? subject.id : null,
    besideProductId: subject.kind === "product" ? subject.id : null,
    first: ASKED,
  });
  const explanation = data?.explainRecommendation;
  return (
    <div className="explanation" aria-live="polite">
      <h3>
        <ProductName id={productId} />
      </h3>
      <Absent error={error} isEmpty={explanation === undefined} />
      {explanation !== undefined && <Verdict explanation={explanation} />}
      {explanation !== undefined && explanation.terms.length > 0 && <Terms explanation={explanation} />}
    </div>
  );
}

function Verdict({ explanation }: { readonly explanation: Explanation }) {
  const { isListed, rank, rankByScore, movedBy, rule, absenceInWords, score, reason, because } = explanation;
  return (
    <p>
      {isListed ? <Badge tone="good">at place {rank}</Badge> : <Badge tone="bad">not among the first {ASKED}</Badge>}{" "}
      {absenceInWords}
      {rankByScore !== null && rankByScore !== rank && ` By score alone its place would be ${rankByScore}.`}
      {movedBy !== null && ` It was moved by ${words(movedBy).toLowerCase()}.`}
      {rule !== null && ` The rule: “${rule}”.`}
      {score !== null && ` Its score is ${score.toFixed(3)}.`}
      {reason !== null && ` ${words(reason)}`}
      {because !== null && (
        <>
          {": "}
          <ProductName id={because.id} />
        </>
      )}
    </p>
  );
}

function Terms({ explanation: { terms } }: { readonly explanation: Explanation }) {
  const told = terms.filter(({ contribution }) => contribution !== 0);
  const shown = told.toSorted((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const most = told.reduce((sum, { contribution }) => sum + Math.abs(contribution), 0);
  if (shown.length === 0) return <p className="muted">No signal says anything of it here.</p>;
  return (
    <>
      <TermBar terms={terms} most={most} />
      <Legend terms={terms} />
      <Scroll label="Terms of the score">
        <table>
          <thead>
            <tr>
              <th scope="col">Signal</th>
              <th scope="col">Weight</th>
              <th scope="col">Gate</th>
              <th scope="col">Says</th>
              <th scope="col">Adds</th>
              <th scope="col">Through</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ signal, weight, gate, value, contribution, carriedBy }) => (
              <tr key={signal}>
                <th scope="row">
                  <span className="swatch" style={{ background: signalColour(signal) }} aria-hidden="true" /> {signal}
                </th>
                <td>{weight}</td>
                <td>{gate.toFixed(3)}</td>
                <td>{value.toFixed(3)}</td>
                <td>
                  <strong>{contribution.toFixed(3)}</strong>
                </td>
                <td>
                  {carriedBy.map(({ product, share }) => (
                    <span key={product?.id ?? "gone"} className="block small">
                      {Math.round(share * 100)} % {product === null ? "(gone)" : <ProductName id={product.id} />}
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
