import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  Kind,
  type SelectionSetNode,
} from "graphql";

/** What a list inside a list counts, in values: about what it costs before its own products count. */
const VALUES_PER_NESTED_LIST = 50;
const PER_PRODUCT_FIELDS = new Set(["edges", "nodes"]);
const LISTS_OF_PRODUCTS = new Set(["similarProducts", "frequentlyBoughtTogether", "recommendations"]);

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

// graphql-js hands the same nodes to every entity of a request, so the selection is counted once for all of them.
const counted = new WeakMap<readonly FieldNode[], number>();

/**
 * How many values the answer holds for each product of a list: every field selected below `edges` and `nodes`, aliases
 * included, merged as the execution merges them. Lists inside have a budget of their own and count for their start only.
 */
export function valuesPerProduct({ fieldNodes, fragments }: GraphQLResolveInfo): number {
  const known = counted.get(fieldNodes);
  if (known !== undefined) return known;
  let nValues = 0;
  for (const sameField of mergedFields(fieldNodes, fragments)) {
    if (PER_PRODUCT_FIELDS.has(sameField[0].name.value)) nValues += nValuesOf(sameField, fragments);
  }
  counted.set(fieldNodes, nValues);
  return nValues;
}

function nValuesOf(sameField: readonly FieldNode[], fragments: Fragments): number {
  if (LISTS_OF_PRODUCTS.has(sameField[0].name.value)) return VALUES_PER_NESTED_LIST;
  return mergedFields(sameField, fragments).reduce((sum, below) => sum + nValuesOf(below, fragments), 1);
}

/** The fields right below these nodes, those that share a name in the answer together. */
function mergedFields(nodes: readonly FieldNode[], fragments: Fragments): FieldNode[][] {
  const byName = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  for (const { selectionSet } of nodes) if (selectionSet !== undefined) collect(selectionSet);
  return [...byName.values()];

  function collect({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) collectFragment(selection.name.value);
      else add(selection);
    }
  }

  function collectFragment(name: string): void {
    if (spread.has(name)) return;
    spread.add(name);
    collect(fragments[name].selectionSet);
  }

  function add(field: FieldNode): void {
    const name = (field.alias ?? field.name).value;
    const others = byName.get(name);
    if (others === undefined) byName.set(name, [field]);
    else others.push(field);
  }
}
