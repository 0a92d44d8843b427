import { Kind, print, type DefinitionNode, type DocumentNode, type FragmentDefinitionNode, type OperationDefinitionNode } from 'graphql';

/**
 * The text of a document as it is sent, and as the build takes its hash: the operation, then its fragments by name.
 * It does not depend on the order in which the fragments were listed.
 */
export function textOf(document: DocumentNode): string {
  const rank = (node: DefinitionNode) => (node.kind === Kind.FRAGMENT_DEFINITION ? node.name.value : '');
  const definitions = [...document.definitions].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return print({ kind: Kind.DOCUMENT, definitions });
}

/** The operation of a document; a document of the page has exactly one. */
export function operationOf(document: DocumentNode): OperationDefinitionNode | undefined {
  return document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
}

/** A document for each operation, with the fragments that it uses, from all definitions of the page. */
export function operationsIn(all: DocumentNode): DocumentNode[] {
  const fragments = new Map(all.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION).map((node) => [node.name.value, node]));
  return all.definitions
    .filter((node) => node.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => ({ kind: Kind.DOCUMENT, definitions: [operation, ...usedBy(operation, fragments)] }));
}

function usedBy(node: DefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): FragmentDefinitionNode[] {
  const used = new Set<FragmentDefinitionNode>();
  const open: DefinitionNode[] = [node];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const name of spreadsIn(next)) {
      const fragment = fragments.get(name);
      if (!fragment) throw new Error(`There is no fragment ${name}.`);
      if (!used.has(fragment)) open.push(fragment);
      used.add(fragment);
    }
  }
  return [...used];
}

function spreadsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(spreadsIn);
  if (typeof node !== 'object' || node === null) return [];
  const { kind, name, selectionSet, selections } = node as { kind?: string; name?: { value: string }; selectionSet?: unknown; selections?: unknown };
  return kind === Kind.FRAGMENT_SPREAD && name ? [name.value] : [...spreadsIn(selectionSet), ...spreadsIn(selections)];
}
