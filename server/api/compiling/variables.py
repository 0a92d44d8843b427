"""Variables and arguments: what is written in the document is coerced once, what is sent with each request."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    coerce_input_value,
    get_named_type,
    get_variable_values,
    is_input_object_type,
    is_non_null_type,
    type_from_ast,
    visit,
)
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal

from server.api.compiling.request import CannotCompile, HandOver

Values = dict[str, Any]
Make = Callable[[Values], dict[str, Any]]


class Wanted(NamedTuple):
    """A variable or an argument given by one. What is not sent is `default`, or nothing where that is `Undefined`."""

    name: str
    kind: Any
    default: Any


class Variables:
    """The variables of an operation, but those that are read `apart`.

    `flags` names those of type Boolean, which may decide on what is selected.
    """

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode, apart: frozenset[str] = frozenset()) -> None:
        definitions = operation.variable_definitions or ()
        self._wanted = [_variable(schema, node) for node in definitions if node.variable.name.value not in apart]
        self.flags = tuple(one.name for one in self._wanted if get_named_type(one.kind).name == "Boolean")

    def coerced(self, given: Mapping[str, Any]) -> Values:
        """The values by name, those left out that have none; hands over where they don't fit."""
        values = {}
        for name, kind, default in self._wanted:
            value = coerce_input_value(given[name], kind) if name in given else default
            if value is not Undefined:
                values[name] = value
            elif name in given or is_non_null_type(kind):
                raise HandOver(name)
        return values


def _variable(schema: GraphQLSchema, node: VariableDefinitionNode) -> Wanted:
    name, kind = node.variable.name.value, type_from_ast(schema, node.type)
    if kind is None or is_input_object_type(get_named_type(kind)):
        raise CannotCompile(name)
    values = get_variable_values(schema, [node], {}) if node.default_value else None
    if isinstance(values, list):
        raise CannotCompile(name)
    return Wanted(name, kind, values.coerced.get(name, Undefined) if values else Undefined)


def arguments_of(
    field: GraphQLField, node: FieldNode, names: Mapping[str, str] | None = None
) -> tuple[dict[str, Any], Make | None]:
    """What a field is called with: what the document says, and how to add what comes with the request, if anything.

    `names` maps the schema's names of arguments to those to be used.
    """
    given = {one.name.value: one.value for one in node.arguments or ()}
    fixed, sent = {}, []
    for name, argument in field.args.items():
        used, value = names[name] if names is not None else argument.out_name or name, given.get(name)
        if isinstance(value, VariableNode):
            sent.append((used, value.name.value, Wanted(name, argument.type, coerce_default_value(argument))))
        elif (written := _written(argument, value)) is not Undefined:
            fixed[used] = written
    return fixed, _maker(fixed, sent) if sent else None


def _written(argument: GraphQLArgument, value: ValueNode | None) -> Any:
    """The value in the document or the default; `Undefined` where there is neither and none is needed."""
    if value is None:
        found = coerce_default_value(argument)
        is_missing = found is Undefined and is_non_null_type(argument.type)
    else:
        found = Undefined if _has_variables(value) else coerce_input_literal(value, argument.type)
        is_missing = found is Undefined
    if is_missing:
        raise CannotCompile("an argument")
    return found


def _maker(fixed: dict[str, Any], sent: list[tuple[str, str, Wanted]]) -> Make:
    def make(values: Values) -> dict[str, Any]:
        made = dict(fixed)
        for used, variable, (name, kind, default) in sent:
            value = values.get(variable, default)
            if (value is None or value is Undefined) and is_non_null_type(kind):
                raise HandOver(name)
            if value is not Undefined:
                made[used] = value
        return made

    return make


def _has_variables(value: ValueNode) -> bool:
    finder = _Finder()
    visit(value, finder)
    return finder.found


class _Finder(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def enter_variable(self, *_args: object) -> None:
        self.found = True
