"""What a document would touch and cost, told from its syntax tree. Fragments are never followed in circles."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    get_named_type,
    get_nullable_type,
    is_list_type,
    visit,
)
from graphql.utilities.coerce_input_value import coerce_default_value

from server.api.limits import DocumentLimits

Fragments = Mapping[str, FragmentDefinitionNode]
INTROSPECTION = ("__schema", "__type")
PAGE = "first"
UNSAID = object()
MOST_COSTS = 256
"""Different sizes of lists that the cost of an operation is kept for."""


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The document's fragments by name."""
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


@dataclass(frozen=True, slots=True)
class Extent:
    """How deep a selection goes and how many aliases it holds once its fragments are spread out."""

    depth: int
    aliases: int


class Measure:
    """Depth and aliases of a selection; introspection below the root does not count."""

    def __init__(self, fragments: Fragments) -> None:
        self._fragments = fragments
        self._known: dict[str, Extent] = {}

    def of(self, selections: SelectionSetNode | None) -> Extent:
        """The extent of a selection set; (0, 0) of none."""
        parts = [self._part(node) for node in (selections.selections if selections else ())]
        return Extent(max((part.depth for part in parts), default=0), sum(part.aliases for part in parts))

    def _part(self, node: Any) -> Extent:
        if isinstance(node, FieldNode):
            return self._field(node)
        if isinstance(node, InlineFragmentNode):
            return self.of(node.selection_set)
        return self._spread(node.name.value)

    def _field(self, node: FieldNode) -> Extent:
        inner = Extent(0, 0) if node.name.value in INTROSPECTION else self.of(node.selection_set)
        return Extent(inner.depth + 1, inner.aliases + (node.alias is not None))

    def _spread(self, name: str) -> Extent:
        if name not in self._known:
            self._known[name] = Extent(0, 0)
            fragment = self._fragments.get(name)
            self._known[name] = self.of(fragment.selection_set if fragment else None)
        return self._known[name]


def is_introspective(operation: OperationDefinitionNode, fragments: Fragments) -> bool:
    """Whether it asks for the schema itself."""
    return any(node.name.value in INTROSPECTION for node in root_nodes(operation, fragments))


def root_nodes(operation: OperationDefinitionNode, fragments: Fragments) -> Iterator[FieldNode]:
    """The operation's root fields, those inside fragments included."""
    yield from _fields(operation.selection_set, fragments, set())


def _fields(selections: SelectionSetNode, fragments: Fragments, seen: set[str]) -> Iterator[FieldNode]:
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set, fragments, seen)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
            seen.add(node.name.value)
            yield from _fields(fragments[node.name.value].selection_set, fragments, seen)


def single_use_variables(document: DocumentNode) -> frozenset[str]:
    """Variables that occur once besides their definition, anywhere in the document."""
    counter = _Uses()
    visit(document, counter)
    return frozenset(name for name, uses in counter.uses.items() if uses == 2)


class _Uses(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.uses: Counter[str] = Counter()

    def enter_variable(self, node: VariableNode, *_args: object) -> None:
        self.uses[node.name.value] += 1


class Coordinates:
    """Every "Type.field" a valid operation may touch; a field of an interface counts for each type behind it."""

    def __init__(self, schema: GraphQLSchema, fragments: Fragments) -> None:
        self._schema = schema
        self._fragments = fragments
        self._seen: set[str] = set()
        self._found: set[str] = set()

    def of(self, operation: OperationDefinitionNode) -> frozenset[str]:
        """The coordinates the operation may touch."""
        self._walk(operation.selection_set, self._schema.get_root_type(operation.operation))
        return frozenset(self._found)

    def _walk(self, selections: SelectionSetNode | None, parent: GraphQLNamedType | None) -> None:
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                self._field(node, parent)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                self._walk(node.selection_set, self._named(condition.name.value) if condition else parent)
            elif isinstance(node, FragmentSpreadNode):
                self._spread(node.name.value)

    def _spread(self, name: str) -> None:
        if name not in self._seen:
            self._seen.add(name)
            fragment = self._fragments[name]
            self._walk(fragment.selection_set, self._named(fragment.type_condition.name.value))

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> None:
        field = field_of(parent, node.name.value)
        if parent is None or field is None:
            return
        self._found.update(f"{name}.{node.name.value}" for name in self._behind(parent))
        self._walk(node.selection_set, get_named_type(field.type))

    def _behind(self, parent: GraphQLNamedType) -> list[str]:
        if isinstance(parent, GraphQLInterfaceType | GraphQLUnionType):
            return [parent.name, *(possible.name for possible in self._schema.get_possible_types(parent))]
        return [parent.name]

    def _named(self, name: str) -> GraphQLNamedType | None:
        return self._schema.get_type(name)


def field_of(parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    """A field of a type; None for introspection and where there is none."""
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        found: GraphQLField | None = parent.fields.get(name)
        return found
    return None


class Cost:
    """How many values a valid operation may produce at most.

    A field costs 1, and a list multiplies what is below it: by its `first`, by the `first` of the connection it is the
    edges of, by its entry in `limits.list_sizes`, or by `limits.list_size`. `is_static` tells afterwards whether no
    variable had a say in it; where some had, the costs are kept by what those were.
    """

    def __init__(self, schema: GraphQLSchema, fragments: Fragments, limits: DocumentLimits) -> None:
        self._schema = schema
        self._fragments = fragments
        self._limits = limits
        self._lookup: Callable[[str], Any] = lambda _name: None
        self._known: dict[tuple[str, int | None], int] = {}
        self._sizes: dict[str, None] = {}
        self._costs: dict[tuple[Any, ...], int] = {}

    @property
    def is_static(self) -> bool:
        return not self._sizes

    def of(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
        """The cost with these variables (as sent, not yet coerced)."""
        said = tuple([_size(variables, name) for name in self._sizes])
        cost = self._costs.get(said) if self._costs else None
        return self._walked(operation, variables) if cost is None else cost

    def _walked(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
        self._lookup = _values(operation, variables)
        self._known.clear()
        cost = self._sum(operation.selection_set, self._schema.get_root_type(operation.operation), None)
        if len(self._costs) >= MOST_COSTS:
            self._costs.clear()
        self._costs[tuple([_size(variables, name) for name in self._sizes])] = cost
        return cost

    def _sum(self, selections: SelectionSetNode | None, parent: GraphQLNamedType | None, page: int | None) -> int:
        return sum(self._part(node, parent, page) for node in (selections.selections if selections else ()))

    def _part(self, node: Any, parent: GraphQLNamedType | None, page: int | None) -> int:
        if isinstance(node, FieldNode):
            return self._field(node, parent, page)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            within = self._schema.get_type(condition.name.value) if condition else parent
            return self._sum(node.selection_set, within, page)
        return self._spread(node.name.value, page)

    def _spread(self, name: str, page: int | None) -> int:
        if (name, page) not in self._known:
            fragment = self._fragments[name]
            within = self._schema.get_type(fragment.type_condition.name.value)
            self._known[name, page] = self._sum(fragment.selection_set, within, page)
        return self._known[name, page]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, page: int | None) -> int:
        field = field_of(parent, node.name.value)
        if parent is None or field is None:
            return 1
        asked = self._page(node, field)
        inner = get_named_type(field.type)
        if not is_list_type(get_nullable_type(field.type)):
            return 1 + self._sum(node.selection_set, inner, asked)
        size = asked if asked is not None else page
        if size is None:
            size = self._limits.list_sizes.get(f"{parent.name}.{node.name.value}", self._limits.list_size)
        return 1 + size * max(1, self._sum(node.selection_set, inner, None))

    def _page(self, node: FieldNode, field: GraphQLField) -> int | None:
        argument = field.args.get(PAGE)
        if argument is None:
            return None
        given = next((item.value for item in node.arguments or () if item.name.value == PAGE), None)
        default = _default(argument)
        if isinstance(given, IntValueNode):
            return max(0, int(given.value))
        if isinstance(given, VariableNode):
            self._sizes[given.name.value] = None
            value = self._lookup(given.name.value)
            return max(0, value) if type(value) is int else default
        return default


def _size(variables: Mapping[str, Any], name: str) -> Any:
    """What a variable says about the size of a list: nothing at all is not the same as nothing that counts."""
    value = variables.get(name, UNSAID)
    return value if type(value) is int or value is UNSAID else None


def _default(argument: GraphQLArgument) -> int | None:
    value = coerce_default_value(argument)
    return value if type(value) is int else None


def _values(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Callable[[str], Any]:
    defaults = {
        node.variable.name.value: int(node.default_value.value)
        for node in operation.variable_definitions or ()
        if isinstance(node.default_value, IntValueNode)
    }
    return lambda name: variables.get(name, defaults.get(name))
