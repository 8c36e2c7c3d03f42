import { type FormEvent, useEffect, useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { piecesIn, useCart } from "../shop/cart.js";
import { useVisit } from "../shop/visit.js";
import { CartIcon, PersonIcon, SearchIcon } from "./Icons.js";

/** Name of the shop, search, account and cart, on every page. */
export function Header() {
  const { account } = useVisit();
  const pieces = piecesIn(useCart());
  return (
    <header className="header">
      <div className="header-row wide">
        <Link href="/" className="brand">
          <Mark />
          <span>
            Wren <i>&amp;</i> Thistle
          </span>
        </Link>
        <Search />
        <nav className="header-nav" aria-label="Shop">
          <Link href="/shop" className="nav-link nav-all">
            All products
          </Link>
          <Link href="/account" className="nav-link">
            <PersonIcon />
            <span className="nav-word">{account ? account.name : "Log in"}</span>
          </Link>
          <Link href="/cart" className="nav-link">
            <CartIcon />
            <span className="nav-word">Cart</span>
            {pieces > 0 && (
              <span className="count">
                {pieces}
                <span className="unseen">{pieces === 1 ? " piece" : " pieces"}</span>
              </span>
            )}
          </Link>
        </nav>
      </div>
    </header>
  );
}

function Search() {
  const [, navigate] = useLocation();
  const sought = useSearchParams()[0].get("q") ?? "";
  const [text, setText] = useState(sought);
  useEffect(() => setText(sought), [sought]);

  function submit(event: FormEvent) {
    event.preventDefault();
    navigate(text.trim() === "" ? "/shop" : `/shop?q=${encodeURIComponent(text.trim())}`);
  }
  return (
    <search className="search">
      <form onSubmit={submit}>
        <label htmlFor="search" className="unseen">
          Search the shop
        </label>
        <input
          id="search"
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="Search for mugs, lanterns, bunting …"
          autoComplete="off"
        />
        <button type="submit" aria-label="Search">
          <SearchIcon />
        </button>
      </form>
    </search>
  );
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M8 19c3-8.5 12-9.5 16-7.5-1 8.5-9 11.5-14 8.5m-2-1c3.5-3 6.5-4.5 10.5-5.5M8 19c-1 1-1.5 2.5-1.5 4" />
    </svg>
  );
}
