import { useMutation } from "@apollo/client/react";
import { useState } from "react";
import { Link } from "wouter";
import { CheckIcon } from "../components/Icons.js";
import { Notice } from "../components/Notice.js";
import { Quantity } from "../components/Quantity.js";
import { Shelf } from "../components/Shelf.js";
import { PlaceOrderDocument } from "../graph/generated.js";
import { type Cart, type CartLine, emptyTheCart, setQuantity, totalOf, useCart } from "../shop/cart.js";
import { POLL_MS, useRecommendations, useRecord, useSessionRecommendations } from "../shop/lists.js";
import { useVisit } from "../shop/visit.js";
import { nameInWords, priceInWords } from "../shop/words.js";

/** What is about to be bought, and what goes with it. */
export function CartPage() {
  const cart = useCart();
  const [orderId, setOrderId] = useState<string | null>(null);
  return (
    <div className="wide">
      <title>Cart · Wren & Thistle</title>
      <h1>{orderId !== null && cart.lines.length === 0 ? "Thank you" : "Your cart"}</h1>
      {cart.lines.length > 0 ? (
        <div className="cart">
          <ul className="cart-lines">
            {cart.lines.map((line) => (
              <Line key={line.product.id} line={line} />
            ))}
          </ul>
          <Order cart={cart} onPlaced={setOrderId} />
        </div>
      ) : (
        <NothingInIt orderId={orderId} />
      )}
      <GoesWith cart={cart} />
    </div>
  );
}

function Line({ line: { product, quantity } }: { line: CartLine }) {
  const record = useRecord();
  const name = nameInWords(product.name);

  function change(next: number) {
    setQuantity(product.id, next);
    if (next === 0) void record({ productId: product.id, action: "REMOVE_FROM_CART" });
  }
  return (
    <li className="cart-line">
      <img src={product.image} alt="" width="96" height="96" />
      <div className="cart-what">
        <Link href={`/product/${encodeURIComponent(product.id)}`}>{name}</Link>
        <span className="fine">{priceInWords(product.price)} each</span>
      </div>
      <Quantity name={name} value={quantity} min={1} max={10_000} onChange={change} />
      <span className="price">{priceInWords((product.price ?? 0) * quantity)}</span>
      <button type="button" className="text-button" onClick={() => change(0)} aria-label={`Remove ${name}`}>
        Remove
      </button>
    </li>
  );
}

function Order({ cart, onPlaced }: { cart: Cart; onPlaced: (orderId: string) => void }) {
  const { sessionId } = useVisit();
  const [placeOrder, { loading, error }] = useMutation(PlaceOrderDocument, {
    errorPolicy: "all",
    refetchQueries: "active",
  });

  async function place() {
    const items = cart.lines.map(({ product, quantity }) => ({ productId: product.id, quantity }));
    const { data } = await placeOrder({ variables: { items, idempotencyKey: cart.orderKey, sessionId } });
    if (!data?.placeOrder) return;
    onPlaced(data.placeOrder.id);
    emptyTheCart();
  }
  return (
    <aside className="summary" aria-label="Summary">
      <p className="summary-total">
        <span>Total</span>
        <span className="price">{priceInWords(totalOf(cart))}</span>
      </p>
      <button type="button" className="button" disabled={loading} onClick={() => void place()}>
        {loading ? "Placing the order …" : "Place order"}
      </button>
      {error && (
        <p className="problem" role="alert">
          {error.message}
        </p>
      )}
      <p className="fine">An example: nothing is charged, nothing is sent.</p>
    </aside>
  );
}

function NothingInIt({ orderId }: { orderId: string | null }) {
  if (orderId === null)
    return <Notice title="There is nothing in it yet">Look around; what you put here stays.</Notice>;
  return (
    <p className="placed" role="status">
      <CheckIcon /> Your order {orderId} is placed. The next lists know of it already.
    </p>
  );
}

/** What goes with the products in the cart comes first in a list for the place named cart. */
function GoesWith({ cart }: { cart: Cart }) {
  const { sessionId, account } = useVisit();
  const cartProductIds = cart.lines.slice(0, 100).map(({ product }) => product.id);
  const asked = {
    first: 12,
    context: { placement: "cart", sessionId, cartProductIds },
    filter: { excludeProductIds: cartProductIds },
    pollIntervalMs: POLL_MS,
  };
  const ofShopper = useRecommendations({ ...asked, skip: account === null });
  const ofVisit = useSessionRecommendations({ ...asked, skip: account !== null });
  return (
    <Shelf
      title={cartProductIds.length > 0 ? "Goes with your cart" : "You may like"}
      list={account ? ofShopper : ofVisit}
    />
  );
}
