import { ApolloProvider, useQuery } from "@apollo/client/react";
import { askAnew } from "@recommendation-subgraph/react";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { Route, Switch, useLocation } from "wouter";
import { AddedNotice } from "./components/AddedNotice.js";
import { Footer } from "./components/Footer.js";
import { Header } from "./components/Header.js";
import { createClient } from "./graph/client.js";
import { MeDocument } from "./graph/generated.js";
import { AccountPage } from "./pages/AccountPage.js";
import { CartPage } from "./pages/CartPage.js";
import { HomePage } from "./pages/HomePage.js";
import { ListingPage } from "./pages/ListingPage.js";
import { NotFoundPage } from "./pages/NotFoundPage.js";
import { ProductPage } from "./pages/ProductPage.js";
import { leave, useVisit } from "./shop/visit.js";

const PlainListPage = lazy(() => import("./pages/PlainListPage.js"));

/** The shop: one client of the gateway for whoever is in it, and the page that the address names. */
export function App() {
  const token = useVisit().account?.token ?? null;
  const client = useMemo(() => createClient(token), [token]);
  useRefetchOnReturn(client);
  useTopOfNewPage();
  return (
    <ApolloProvider client={client} key={token}>
      {token !== null && <LeaveWhenExpired />}
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        <Switch>
          <Route path="/" component={HomePage} />
          <Route path="/shop" component={ListingPage} />
          <Route path="/product/:id">{({ id }) => <ProductPage id={decoded(id)} key={id} />}</Route>
          <Route path="/cart" component={CartPage} />
          <Route path="/account" component={AccountPage} />
          <Route path="/plain/:userId">
            {({ userId }) => (
              <Suspense fallback={null}>
                <PlainListPage userId={userId} />
              </Suspense>
            )}
          </Route>
          <Route component={NotFoundPage} />
        </Switch>
      </main>
      <Footer />
      <AddedNotice />
    </ApolloProvider>
  );
}

/** The id in an address. What a percent sign does not encode stands for itself. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** A token that the shop does not know any more would keep every list away: whoever shows it is a stranger again. */
function LeaveWhenExpired() {
  const { data } = useQuery(MeDocument, { fetchPolicy: "network-only" });
  const isExpired = data?.me === null;
  useEffect(() => {
    if (isExpired) leave();
  }, [isExpired]);
  return null;
}

/** Who comes back to the tab sees the shop as it is now. */
function useRefetchOnReturn(client: ReturnType<typeof createClient>): void {
  useEffect(() => {
    const refetch = () => {
      if (!document.hidden)
        client.refetchQueries({ include: "active", onQueryUpdated: askAnew }).catch(() => undefined);
    };
    window.addEventListener("focus", refetch);
    return () => window.removeEventListener("focus", refetch);
  }, [client]);
}

function useTopOfNewPage(): void {
  const [path] = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is what it happens for
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [path]);
}
