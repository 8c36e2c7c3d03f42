/** Search products, change stock, price and availability: one page, nothing loaded from elsewhere. */
export const ADMIN_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The shop's products</title>
<style>
  body { font: 16px/1.45 system-ui, sans-serif; color: #27313d; background: #f7f5f2; margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
  h1 { font-size: 1.4rem; } form.search { display: flex; gap: .5rem; flex-wrap: wrap; margin-bottom: 1rem; }
  input { font: inherit; padding: .35rem .5rem; border: 1px solid #b9b3aa; border-radius: .4rem; background: #fff; }
  input[type=number] { width: 6.5rem; } input[type=search] { flex: 1; min-width: 12rem; }
  button { font: inherit; padding: .35rem .9rem; border: 0; border-radius: .4rem; background: #2f5d62; color: #fff; cursor: pointer; }
  ul { list-style: none; padding: 0; display: grid; gap: .6rem; }
  li { background: #fff; border-radius: .7rem; padding: .7rem; box-shadow: 0 1px 3px #0002; }
  li form { display: flex; gap: .8rem; align-items: center; flex-wrap: wrap; } img { width: 56px; height: 56px; border-radius: .5rem; }
  .name { flex: 1 1 14rem; } .name small { color: #5b6570; display: block; } li.away { opacity: .75; } output { color: #2f5d62; min-width: 4.5rem; }
</style>
<h1>The shop's products</h1>
<form class="search" role="search">
  <label for="search">Name</label><input id="search" type="search" placeholder="heart t-light">
  <label for="token">Admin token, where one is set</label><input id="token" type="password" autocomplete="off">
  <button>Search</button>
</form>
<p id="count" role="status"></p>
<ul id="products"></ul>
<script>
  const FIELDS = "id name category price stock available image";
  const byId = (id) => document.getElementById(id);
  async function ask(query, variables) {
    const headers = { "content-type": "application/json", "x-admin-token": byId("token").value };
    const answer = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = await answer.json();
    if (errors) throw new Error(errors[0].message);
    return data;
  }
  function field(label, type, value) {
    const outer = document.createElement("label"), input = document.createElement("input");
    input.type = type;
    if (type === "checkbox") input.checked = value;
    else Object.assign(input, { value, min: 0, step: label === "Price" ? "0.01" : "1", required: true });
    outer.append(label + " ", input);
    return { outer, input };
  }
  function row(product) {
    const item = document.createElement("li"), form = document.createElement("form"), picture = document.createElement("img");
    Object.assign(picture, { src: "/images/" + encodeURIComponent(product.id) + ".svg", alt: "" });
    const name = document.createElement("div"), about = document.createElement("small");
    name.className = "name";
    about.textContent = product.id + " · " + product.category;
    name.append(product.name, about);
    const price = field("Price", "number", product.price), stock = field("Stock", "number", product.stock), sold = field("Sold", "checkbox", product.available);
    const save = document.createElement("button"), told = document.createElement("output");
    save.textContent = "Save";
    item.className = product.available ? "" : "away";
    form.append(picture, name, price.outer, stock.outer, sold.outer, save, told);
    form.onsubmit = async (event) => {
      event.preventDefault();
      const change = { price: price.input.valueAsNumber, stock: stock.input.valueAsNumber, available: sold.input.checked };
      try {
        const { updateProduct } = await ask("mutation ($id: ID!, $change: ProductChange!) { updateProduct(id: $id, change: $change) { " + FIELDS + " } }", { id: product.id, change });
        const fresh = row(updateProduct);
        item.replaceWith(fresh);
        fresh.querySelector("output").value = "saved";
      } catch (error) {
        told.value = error.message;
      }
    };
    item.append(form);
    return item;
  }
  async function search(event) {
    event?.preventDefault();
    try {
      const { products } = await ask("query ($search: String) { products(first: 50, search: $search) { totalCount nodes { " + FIELDS + " } } }", { search: byId("search").value });
      byId("count").textContent = products.totalCount + " products" + (products.totalCount > 50 ? ", the first 50 are shown" : "");
      byId("products").replaceChildren(...products.nodes.map(row));
    } catch (error) {
      byId("count").textContent = error.message;
    }
  }
  document.querySelector("form.search").onsubmit = search;
  search();
</script>
</html>
`;
