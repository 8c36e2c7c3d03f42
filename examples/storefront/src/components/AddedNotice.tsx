import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { piecesIn, useCart } from "../shop/cart.js";
import { CheckIcon } from "./Icons.js";

const SHOWN_MS = 3500;

/** Says that something was put into the cart, also to those who do not see the number beside it change. */
export function AddedNotice() {
  const pieces = piecesIn(useCart());
  const before = useRef(pieces);
  const [isShown, setIsShown] = useState(false);
  useEffect(() => {
    const hasGrown = pieces > before.current;
    before.current = pieces;
    setIsShown(hasGrown);
    const timer = setTimeout(() => setIsShown(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [pieces]);
  return (
    <div className="notice-place" role="status">
      {isShown && (
        <p className="notice">
          <CheckIcon /> Added to your cart
          <Link href="/cart">View cart</Link>
        </p>
      )}
    </div>
  );
}
