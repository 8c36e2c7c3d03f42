import { Link } from "wouter";
import { Categories } from "../components/Categories.js";
import { Shelf } from "../components/Shelf.js";
import {
  POLL_MS,
  useBuyAgain,
  useRecommendations,
  useSessionRecommendations,
  useTrendingProducts,
} from "../shop/lists.js";
import { useVisit } from "../shop/visit.js";

/** The shop's first page: for a shopper what suits them, for a stranger what suits the visit, for everybody what sells. */
export function HomePage() {
  const { account } = useVisit();
  return (
    <>
      <title>Wren & Thistle</title>
      {account ? <Welcome name={account.name} /> : <Hero />}
      <div className="wide">
        {account ? <ForShopper /> : <ForVisit />}
        <Trending />
        <section className="shelf" aria-labelledby="shelves">
          <h2 id="shelves">Walk along the shelves</h2>
          <Categories />
        </section>
      </div>
    </>
  );
}

function ForShopper() {
  const recommended = useRecommendations({ first: 12, context: { placement: "home" }, pollIntervalMs: POLL_MS });
  const again = useBuyAgain({ first: 10, pollIntervalMs: POLL_MS });
  return (
    <>
      <Shelf title="Recommended for you" list={recommended} layout="grid" />
      <Shelf title="Buy it again" note="What you are due to need once more" list={again} hasReasons={false} />
    </>
  );
}

/** Before the first click nothing is known of a visit, and what everybody likes stands below anyway. */
function ForVisit() {
  const { sessionId } = useVisit();
  const list = useSessionRecommendations({
    first: 12,
    context: { sessionId, placement: "home" },
    pollIntervalMs: POLL_MS,
  });
  if (list.source !== "SESSION") return null;
  return <Shelf title="Picked for this visit" note="It changes with everything you look at" list={list} />;
}

function Trending() {
  const list = useTrendingProducts({ first: 12, pollIntervalMs: POLL_MS });
  return <Shelf title="Trending now" note="What the shop sells most these days" list={list} hasReasons={false} />;
}

function Hero() {
  return (
    <div className="hero">
      <div className="wide hero-row">
        <div>
          <h1>Small gifts, well&nbsp;chosen.</h1>
          <p>Look around. The shop notices what you like and brings the right things closer.</p>
          <p className="hero-actions">
            <Link href="/shop" className="button">
              See everything
            </Link>
            <Link href="/account" className="button quiet">
              Log in
            </Link>
          </p>
        </div>
        <HeroDrawing />
      </div>
    </div>
  );
}

function Welcome({ name }: { name: string }) {
  return (
    <div className="hero small">
      <div className="wide">
        <h1>Good to see you, {name}.</h1>
        <p>Chosen from what you bought and looked at. Every click makes it better.</p>
      </div>
    </div>
  );
}

function HeroDrawing() {
  return (
    <svg className="hero-drawing" viewBox="0 0 360 200" aria-hidden="true">
      <circle cx="292" cy="52" r="30" className="sun" />
      <path d="M20 176h320" className="line" />
      <path d="M52 176v-62h84v62zM94 114v62M52 132h84" className="box" />
      <path d="M94 114c-22-6-30-22-20-29s20 9 20 29c0-20 10-36 20-29s2 23-20 29" className="bow" />
      <path d="M170 176c-14-4-20-22-20-40h64c0 18-6 36-20 40zM214 142c18-4 24 20-4 22" className="cup" />
      <path d="M172 122c-6-8 6-12 0-22M190 122c-6-8 6-12 0-22" className="line" />
      <path d="M252 176v-50h46v50zM252 126l23-22 23 22M275 104V90" className="lantern" />
      <path d="M275 162c-8 0-9-8 0-18 9 10 8 18 0 18" className="flame" />
      <path d="M12 22c50 34 120 34 190 6" className="line" />
      <path d="m36 35 7 22 14-13zM80 47l4 23 16-12zM130 49l1 23 17-10zM172 39l-2 23 18-9z" className="bunting" />
    </svg>
  );
}
