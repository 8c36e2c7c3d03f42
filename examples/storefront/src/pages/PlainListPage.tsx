import { PlainList } from "../plain/PlainList.js";

/** The list of a storefront that knows no graph: /plain/17850. */
export default function PlainListPage({ userId }: { userId: string }) {
  return (
    <div className="wide">
      <title>Plain list · Wren & Thistle</title>
      <h1>Recommendations for {userId}</h1>
      <PlainList userId={userId} />
    </div>
  );
}
