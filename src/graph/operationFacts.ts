import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
  visit,
} from "graphql";

/** What limits and rules want to know of an operation; it depends on the document alone. */
export interface OperationFacts {
  /** Each `representations` argument of the operation, aliases included. */
  readonly representations: readonly ValueNode[];
  /** True when the schema itself is asked for: `__schema`, `__type` or `_service`. */
  readonly readsSchema: boolean;
}

const SCHEMA_FIELDS = new Set(["__schema", "__type", "_service"]);

// Apollo keeps parsed documents, so the same query brings the same object and is looked through once.
const known = new WeakMap<OperationDefinitionNode, OperationFacts>();

/** Look through an operation and its fragments. */
export function operationFacts(document: DocumentNode, operation: OperationDefinitionNode): OperationFacts {
  const found = known.get(operation);
  if (found !== undefined) return found;
  const facts = readFacts(document, operation);
  known.set(operation, facts);
  return facts;
}

/** The document's fragments by name. */
export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

function readFacts(document: DocumentNode, operation: OperationDefinitionNode): OperationFacts {
  const representations: ValueNode[] = [];
  let readsSchema = false;
  for (const selectionSet of reachable(operation.selectionSet, fragmentsOf(document))) {
    for (const selection of selectionSet.selections) {
      if (selection.kind !== Kind.FIELD) continue;
      readsSchema ||= SCHEMA_FIELDS.has(selection.name.value);
      if (selection.name.value !== "_entities") continue;
      const argument = selection.arguments?.find((one) => one.name.value === "representations");
      if (argument !== undefined) representations.push(argument.value);
    }
  }
  return { representations, readsSchema };
}

/** Every selection set of the operation, a fragment's once however often it is spread. */
function reachable(
  root: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  spread: Set<string> = new Set(),
): SelectionSetNode[] {
  const found: SelectionSetNode[] = [];
  visit(root, {
    SelectionSet(node) {
      found.push(node);
    },
    FragmentSpread({ name }) {
      const fragment = fragments.get(name.value);
      if (fragment === undefined || spread.has(name.value)) return;
      spread.add(name.value);
      found.push(...reachable(fragment.selectionSet, fragments, spread));
    },
  });
  return found;
}
