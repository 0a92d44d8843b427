"""The Python behind the schema, for those who execute operations without an `Info` and converted arguments for each field."""

from collections.abc import Callable
from dataclasses import MISSING
from functools import partial
from inspect import iscoroutinefunction
from operator import attrgetter
from typing import Any, cast

from graphql import GraphQLField, GraphQLInputObjectType, GraphQLObjectType, GraphQLUnionType, get_named_type
from strawberry import ID
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryMaybe, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from schema.beholding import beholder
from schema.results import HANDLERS
from schema.scalars import CONFIG
from server.api.compiling import Action, Direct, Input
from server.jam.rejections import Rejection

DEFINITION = "strawberry-definition"
AS_SENT = (ID, str, int, float, bool)
"""Types of arguments that resolvers are given as graphql-core coerced them."""


class DirectFields:
    """The functions and classes that the schema is written with (see `server.api.compiling.Bindings`)."""

    def direct(self, field: GraphQLField) -> Direct | None:
        """The function behind a field, unless more than a call of it is needed."""
        definition = field.extensions.get(DEFINITION)
        if not isinstance(definition, StrawberryField) or definition.is_subscription or definition.extensions:
            return None
        resolver = definition.base_resolver
        if resolver is None:
            return Direct(attrgetter(definition.python_name)) if definition.default_resolver is getattr else None
        return _called(field, definition, resolver)

    def class_of(self, kind: GraphQLObjectType) -> type | None:
        """The class of a type of ours."""
        definition = kind.extensions.get(DEFINITION)
        if not isinstance(definition, StrawberryObjectDefinition) or definition.is_type_of or definition.is_graphql_generic:
            return None
        return definition.origin

    def beheld(self, context: Any) -> Callable[[Any], Any]:
        """What makes of a thing read for a class of people what the person in `context` sees."""
        return beholder(context)

    def action(self, field: GraphQLField) -> Action | None:
        """The function behind a mutation, with the rejections that its union has a type for."""
        definition = field.extensions.get(DEFINITION)
        if not isinstance(definition, StrawberryField) or definition.is_subscription or definition.extensions:
            return None
        resolver = definition.base_resolver
        if resolver is None or resolver.root_parameter or resolver.parent_parameter:
            return None
        if not definition.is_async or resolver.info_parameter is None:
            return None
        names = {name: argument.python_name for name, argument in zip(field.args, definition.arguments, strict=True)}
        function = cast("Callable[..., Any]", resolver.wrapped_func)
        call = _acting(partial(function, None) if resolver.self_parameter else function, resolver.info_parameter.name)
        return Action(call, names, _refusing(field, definition))

    def input_of(self, kind: GraphQLInputObjectType) -> Input | None:
        """The class of an input type of ours."""
        definition = kind.extensions.get(DEFINITION)
        if not isinstance(definition, StrawberryObjectDefinition) or definition.from_input is not None:
            return None
        if any(isinstance(field.type, StrawberryMaybe) for field in definition.fields):
            return None
        names = {CONFIG.name_converter.from_field(field): field.python_name for field in definition.fields}
        bare = (field for field in definition.fields if field.default_value is MISSING and field.default_factory is MISSING)
        return Input(definition.origin, names, dict.fromkeys(field.python_name for field in bare))


def _acting(function: Callable[..., Any], info_name: str) -> Callable[[Any, dict[str, Any]], Any]:
    return lambda info, arguments: function(**{info_name: info}, **arguments)


def _refusing(field: GraphQLField, definition: StrawberryField) -> Callable[[Exception, Any], Any]:
    """What stands for a rejection in the field's union, as the schema's exception handlers make it."""
    kind = get_named_type(field.type)
    members = {one.extensions[DEFINITION].origin for one in kind.types} if isinstance(kind, GraphQLUnionType) else set()
    handlers = [handler for handler in HANDLERS if handler.error_type in members]

    def refused(error: Exception, info: Any) -> Any:
        if not isinstance(error, Rejection):
            return None
        handler = next((one for one in handlers if isinstance(error, one.exception_type)), None)
        return None if handler is None else handler.handle(error, field=definition, info=info)

    return refused


def _called(field: GraphQLField, definition: StrawberryField, resolver: StrawberryResolver[Any]) -> Direct | None:
    function, info = cast("Callable[..., Any]", resolver.wrapped_func), resolver.info_parameter
    is_other = definition.is_async or iscoroutinefunction(function) or resolver.root_parameter or resolver.parent_parameter
    if is_other or not resolver.self_parameter or not all(map(_is_sent_as_is, definition.arguments)):
        return None
    names = {name: argument.python_name for name, argument in zip(field.args, definition.arguments, strict=True)}
    return Direct(function, names, None if info is None else info.name)


def _is_sent_as_is(argument: StrawberryArgument) -> bool:
    kind = argument.type
    if isinstance(kind, StrawberryOptional) and not isinstance(kind, StrawberryMaybe):
        kind = kind.of_type
    return isinstance(kind, StrawberryEnumDefinition) or kind in AS_SENT
