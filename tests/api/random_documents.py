"""Random legal documents over a schema: fragments, aliases, arguments, variables with defaults, @skip and @include."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    is_composite_type,
)
from graphql.utilities.coerce_input_value import coerce_default_value

T = TypeVar("T")
Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
MOST_FLAGS = 3
ODD = {"Int": [0, -1, 1_000, 2**31, "5", 1.5, None], "Boolean": ["true", None, 1], "String": [5, None], "ID": [7, None, []]}
"""What a client may send in place of a value, seldom."""


@dataclass(frozen=True)
class Request:
    """A document with the variables that are sent with it."""

    text: str
    variables: dict[str, Any]


@dataclass
class Writer:
    """Writes one document. `number` chooses between two numbers, both included; `values` has what to choose from for a kind of
    argument: by its name, else by its type; `either` has the sets of arguments that a field is given one of. What `is_wild` now and then sends what does not fit.
    """

    number: Callable[[int, int], int]
    schema: GraphQLSchema
    values: Mapping[str, Sequence[Any]]
    either: Mapping[str, Sequence[list[str]]]
    is_wild: bool
    fragments: list[str] = field(default_factory=list)
    spreads: dict[str, list[str]] = field(default_factory=dict)
    definitions: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    count: int = 0

    def one(self, things: Sequence[T]) -> T:
        return things[self.number(0, len(things) - 1)]

    def maybe(self, percent: int) -> bool:
        return self.number(0, 99) < percent

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def operation(self, kind: str, depth: int) -> Request:
        root = getattr(self.schema, f"{kind}_type")
        assert root is not None
        if kind == "query":
            selection = self.selection(root, depth)
        else:
            selection = f"{{ {self.bare_field(root, self.one(sorted(root.fields)), depth)} }}"
        definitions = f"({' '.join(self.definitions)})" if self.definitions else ""
        return Request(" ".join([f"{kind} Asked{definitions} {selection}", *self.fragments]), self.variables)

    # --------------------------------------------------------------------------------------------------------- selections
    def selection(self, kind: Composite, depth: int) -> str:
        parts = [self.part(kind, depth) for _ in range(self.number(1, 4))]
        return f"{{ {' '.join(parts)} }}"

    def part(self, kind: Composite, depth: int) -> str:
        chosen = self.number(0, 9)
        if chosen == 0 or depth < 1:
            return f"{self.alias(30)}__typename{self.directives()}"
        if chosen == 1:
            return self.spread(kind, depth - 1)
        if chosen == 2 or isinstance(kind, GraphQLUnionType):
            condition = self.one([*self.conditions(kind)])
            return f"... on {condition.name}{self.directives()} {self.selection(condition, depth - 1)}"
        if chosen == 3:
            return f"...{self.directives()} {self.selection(kind, depth - 1)}"
        return self.field(kind, self.field_name(kind, depth), depth)

    def conditions(self, kind: Composite) -> list[Composite]:
        """Types that a fragment within `kind` may be on."""
        if isinstance(kind, GraphQLObjectType):
            unions = [one for one in self.schema.type_map.values() if isinstance(one, GraphQLUnionType) and kind in one.types]
            return [kind, *kind.interfaces, *unions]
        return [kind, *self.schema.get_possible_types(kind)]

    def field_name(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        names = [name for name, one in kind.fields.items() if depth > 1 or not is_composite_type(get_named_type(one.type))]
        return self.one(names) if names else "__typename"

    def field(self, kind: Composite, name: str, depth: int) -> str:
        return name if name == "__typename" else self.bare_field(kind, name, depth, self.directives())

    def bare_field(self, kind: Composite, name: str, depth: int, directives: str = "") -> str:
        assert not isinstance(kind, GraphQLUnionType)
        asked = kind.fields[name]
        inner = get_named_type(asked.type)
        selection = self.selection(inner, depth - 1) if is_composite_type(inner) else ""
        # One key may stand for one set of arguments only.
        alias = self.alias(100 if asked.args else 30)
        return f"{alias}{name}{self.arguments(name, asked)}{directives} {selection}"

    def alias(self, percent: int) -> str:
        return f"{self.name('a')}: " if self.maybe(percent) else ""

    def spread(self, kind: Composite, depth: int) -> str:
        condition = self.one(self.conditions(kind))
        known = self.spreads.setdefault(condition.name, [])
        if not known or self.maybe(50):
            selection, name = self.selection(condition, depth), self.name("F")
            self.fragments.append(f"fragment {name} on {condition.name} {selection}")
            known.append(name)
            return f"...{name}{self.directives()}"
        return f"...{self.one(known)}{self.directives()}"

    def directives(self) -> str:
        if not self.maybe(15):
            return ""
        named = ["include", "skip"] if self.maybe(20) else [self.one(["include", "skip"])]
        return "".join(f" @{name}(if: {self.condition()})" for name in named)

    def condition(self) -> str:
        if self.maybe(50):
            return self.one(["true", "false"])
        if len(self.flags) < MOST_FLAGS and (not self.flags or self.maybe(30)):
            self.flags.append(self.variable("Boolean", self.one([True, False]), is_needed=True))
        return self.one(self.flags)

    # ---------------------------------------------------------------------------------------------------------- arguments
    def arguments(self, field_name: str, asked: GraphQLField) -> str:
        chosen = [name for name, one in asked.args.items() if _is_required(one) or self.maybe(50)]
        if asked.args and field_name in self.either:
            chosen = self.one(self.either[field_name])
        return f"({', '.join(f'{name}: {self.argument(name, asked.args[name])}' for name in chosen)})" if chosen else ""

    def argument(self, name: str, argument: GraphQLArgument) -> str:
        is_needed = isinstance(argument.type, GraphQLNonNull)
        kind = argument.type.of_type if isinstance(argument.type, GraphQLNonNull) else argument.type
        value = self.value(name, kind)
        if isinstance(kind, GraphQLInputObjectType):
            sent = self.name("v")
            self.definitions.append(f"${sent}: {argument.type}")
            self.variables[sent] = value
            return f"${sent}"
        if not is_needed and self.maybe(10):
            value = None
        if self.maybe(50):
            return self.variable(str(kind), value, is_needed and _is_required(argument))
        return self.literal(value, kind)

    def value(self, name: str, kind: Any) -> Any:
        if isinstance(kind, GraphQLList):
            inner = kind.of_type.of_type if isinstance(kind.of_type, GraphQLNonNull) else kind.of_type
            return [self.value(name, inner) for _ in range(self.number(0, 2))]
        if isinstance(kind, GraphQLInputObjectType):
            return self.input_object(kind)
        if isinstance(kind, GraphQLEnumType):
            return self.one(list(kind.values))
        return self.one(self.values.get(name) or self.values[kind.name])

    def input_object(self, kind: GraphQLInputObjectType) -> dict[str, Any]:
        """All that an input needs and some of the rest; where it is wild, now and then something odd or unknown."""
        found: dict[str, Any] = {}
        for name, one in kind.fields.items():
            is_needed = isinstance(one.type, GraphQLNonNull)
            if is_needed or self.maybe(60):
                found[name] = self.value(name, one.type.of_type if isinstance(one.type, GraphQLNonNull) else one.type)
            if not is_needed and self.maybe(10):
                found[name] = None
            if self.is_wild and self.maybe(8):
                found[self.one([name, "unknown"])] = self.one([None, 5, 1.5, "odd", [], {}, True, ["x"], 2**31])
        return found

    def literal(self, value: Any, kind: Any) -> str:
        text = orjson.dumps(value).decode()
        is_enum = isinstance(get_named_type(kind), GraphQLEnumType)
        return text.replace('"', "") if is_enum else text

    def variable(self, kind: str, value: Any, is_needed: bool) -> str:
        """A variable for a value; where one `is_needed` it is not null, or has a default."""
        name = self.name("v")
        has_default = value is not None and self.maybe(40)
        is_strict = value is not None and ((is_needed and not has_default) or self.maybe(30))
        named = self.schema.type_map.get(kind.strip("[]!"))
        default = f" = {self.literal(value, named)}" if has_default else ""
        self.definitions.append(f"${name}: {kind}{'!' if is_strict else ''}{default}")
        is_omitted = self.maybe(30) and (has_default or not is_strict)
        if not is_omitted:
            self.variables[name] = self.one(ODD.get(kind, [None])) if self.is_wild and self.maybe(10) else value
        return f"${name}"


def _is_required(argument: GraphQLArgument) -> bool:
    return isinstance(argument.type, GraphQLNonNull) and coerce_default_value(argument) is Undefined
