import { useMutation, useQuery } from "@apollo/client/react";
import { useLocation } from "wouter";
import { ShopUnreachable } from "../components/Notice.js";
import { LogInDocument, OrdersDocument, type OrdersQuery, SampleShoppersDocument } from "../graph/generated.js";
import { enterAs, leave, useVisit, type Visit } from "../shop/visit.js";
import { dateInWords, nameInWords, priceInWords, productsInWords } from "../shop/words.js";

/** Log in as a shopper of the sample shop, or see what one has bought. */
export function AccountPage() {
  const { account } = useVisit();
  return <div className="wide">{account ? <Account account={account} /> : <LogIn />}</div>;
}

function LogIn() {
  const { sessionId } = useVisit();
  const [, navigate] = useLocation();
  const { data, loading, error, refetch } = useQuery(SampleShoppersDocument);
  const [logIn, attempt] = useMutation(LogInDocument, { errorPolicy: "all" });
  if (error && !loading) return <ShopUnreachable onRetry={() => void refetch().catch(() => undefined)} />;

  async function enter(userId: string) {
    const result = (await logIn({ variables: { userId, sessionId } })).data?.logIn;
    if (!result) return;
    enterAs({ userId: result.user.id, name: result.user.name, token: result.token });
    navigate("/");
  }
  return (
    <>
      <title>Log in · Wren & Thistle</title>
      <h1>Who are you today?</h1>
      <p className="lead">
        These are real shoppers of the sample shop, each with a history of their own. What you looked at until now comes
        with you.
      </p>
      {attempt.error && (
        <p className="problem" role="alert">
          {attempt.error.message}
        </p>
      )}
      <ul className="shoppers" aria-busy={!data}>
        {(data?.sampleShoppers ?? []).map(({ id, name }) => (
          <li key={id}>
            <button type="button" className="shopper" disabled={attempt.loading} onClick={() => void enter(id)}>
              <span className="initials" aria-hidden="true">
                {initialsOf(name)}
              </span>
              <span>
                {name}
                <small>Shopper {id}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="button quiet" onClick={() => navigate("/")}>
        Stay a stranger
      </button>
    </>
  );
}

function Account({ account }: { account: NonNullable<Visit["account"]> }) {
  const { data } = useQuery(OrdersDocument, { errorPolicy: "all", fetchPolicy: "cache-and-network" });
  const orders = data?.me?.orders ?? [];
  return (
    <>
      <title>{`${account.name} · Wren & Thistle`}</title>
      <h1>{account.name}</h1>
      <p className="lead">
        Shopper {account.userId}.{" "}
        <button type="button" className="text-button" onClick={leave}>
          Log out
        </button>
      </p>
      {orders.length > 0 && <h2>Your orders</h2>}
      <ul className="orders">
        {orders.map((order) => (
          <PlacedOrder key={order.id} order={order} />
        ))}
      </ul>
    </>
  );
}

type PlacedOrderProps = { order: NonNullable<OrdersQuery["me"]>["orders"][number] };

function PlacedOrder({ order: { placedAt, total, items } }: PlacedOrderProps) {
  const pictured = items.slice(0, 6);
  return (
    <li className="order">
      <p>
        <strong>{dateInWords(placedAt)}</strong>
        <span className="fine">
          {productsInWords(items.length)} · {priceInWords(total)}
        </span>
      </p>
      <div className="order-pictures">
        {pictured.map(({ product }) => (
          <img
            key={product.id}
            src={product.image}
            alt={nameInWords(product.name)}
            width="64"
            height="64"
            loading="lazy"
          />
        ))}
      </div>
    </li>
  );
}

function initialsOf(name: string): string {
  return name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0))
    .join("");
}
