"""Which fields an object of a type is asked for: `CollectFields` of the GraphQL specification (October 2021, 6.3.2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)

from server.api.compiling.request import CannotCompile

Fields = dict[str, list[FieldNode]]


class Selections:
    """Merges selections, for one choice of the Boolean variables (`flags`) that @skip and @include may name."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], flags: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._flags = flags

    def of(self, kind: GraphQLObjectType, selections: Iterable[SelectionSetNode]) -> Fields:
        """The nodes of each field by the key of its answer, in the order of the answer."""
        fields: Fields = {}
        seen: set[str] = set()
        for selection in selections:
            self._collect(kind, selection, fields, seen)
        return fields

    def _collect(self, kind: GraphQLObjectType, selections: SelectionSetNode, fields: Fields, seen: set[str]) -> None:
        for node in selections.selections:
            if not self._is_included(node.directives):
                continue
            if isinstance(node, FieldNode):
                fields.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                self._within(kind, node.type_condition, node.selection_set, fields, seen)
            elif isinstance(node, FragmentSpreadNode):
                self._spread(kind, node.name.value, fields, seen)

    def _spread(self, kind: GraphQLObjectType, name: str, fields: Fields, seen: set[str]) -> None:
        if name not in seen:
            seen.add(name)
            fragment = self._fragments[name]
            self._within(kind, fragment.type_condition, fragment.selection_set, fields, seen)

    def _within(
        self, kind: GraphQLObjectType, condition: NamedTypeNode | None, inner: SelectionSetNode, fields: Fields, seen: set[str]
    ) -> None:
        if condition is None or self._is_of(kind, condition.name.value):
            self._collect(kind, inner, fields, seen)

    def _is_of(self, kind: GraphQLObjectType, name: str) -> bool:
        condition = self._schema.get_type(name)
        return condition is kind or (is_abstract_type(condition) and self._schema.is_sub_type(condition, kind))

    def _is_included(self, directives: Iterable[DirectiveNode] | None) -> bool:
        said = {node.name.value: self._flag(node) for node in directives or ()}
        return said.get("include", True) and not said.get("skip", False)

    def _flag(self, node: DirectiveNode) -> bool:
        if node.name.value not in ("skip", "include"):
            raise CannotCompile(node.name.value)
        value = node.arguments[0].value if node.arguments else None
        if isinstance(value, BooleanValueNode):
            return value.value
        said = self._flags.get(value.name.value) if isinstance(value, VariableNode) else None
        if not isinstance(said, bool):
            raise CannotCompile(node.name.value)
        return said
