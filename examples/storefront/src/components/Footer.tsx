/** What this shop is made of, for those who copy it. */
export function Footer() {
  return (
    <footer className="footer">
      <div className="wide footer-row">
        <p>
          <strong>Wren &amp; Thistle</strong> is an example: the year of a real British gift shop (UCI Online Retail),
          with drawn pictures. Nothing is sold here.
        </p>
        <p>Products come from the catalogue, lists and their reasons from the recommendation subgraph, in one graph.</p>
      </div>
    </footer>
  );
}
