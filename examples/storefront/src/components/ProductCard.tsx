import { Link } from "wouter";
import type { CardFragment } from "../graph/generated.js";
import { addToCart } from "../shop/cart.js";
import { useRecord } from "../shop/lists.js";
import { nameInWords, priceInWords } from "../shop/words.js";
import { PlusIcon } from "./Icons.js";

/** A product in a list: picture, name, price, why it is there, and a way into the cart. */
export function ProductCard({ product, reason }: { product: CardFragment; reason?: string }) {
  const record = useRecord();
  const name = nameInWords(product.name);

  function add() {
    addToCart(product);
    void record({ productId: product.id, action: "ADD_TO_CART", quantity: 1 });
  }
  return (
    <article className="card" data-product={product.id}>
      <Link href={`/product/${encodeURIComponent(product.id)}`} className="card-link">
        <span className="card-picture">
          <img src={product.image} alt="" loading="lazy" width="400" height="400" />
        </span>
        <h3 className="card-name">{name}</h3>
      </Link>
      {reason && <p className="card-reason">{reason}</p>}
      <div className="card-foot">
        <span className="price">{priceInWords(product.price)}</span>
        <button type="button" className="add" onClick={add} aria-label={`Add ${name} to the cart`}>
          <PlusIcon />
        </button>
      </div>
    </article>
  );
}

/** The room that a product will take. */
export function CardSkeleton() {
  return (
    <div className="card skeleton" aria-hidden="true">
      <span className="card-picture" />
      <span className="bar" />
      <span className="bar short" />
    </div>
  );
}
