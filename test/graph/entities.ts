/** Selection of a whole list, to be put after a list field. */
export const WHOLE_LIST = `{
  source modelVersion listId
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  edges { cursor rank score reason because { id } node { id } }
  nodes { id }
}`;

/** A query over `$representations` that selects these fields of products and of users. */
export function entitiesQuery(ofProduct: string | null, ofUser: string | null = null): string {
  const product = ofProduct === null ? "" : `... on Product { id ${ofProduct} }`;
  const user = ofUser === null ? "" : `... on User { id ${ofUser} }`;
  return `query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename ${product} ${user} } }`;
}

export function products(...ids: unknown[]) {
  return ids.map((id) => ({ __typename: "Product", id }));
}

export function users(...ids: unknown[]) {
  return ids.map((id) => ({ __typename: "User", id }));
}
