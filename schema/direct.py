"""The Python behind the schema, for those who execute operations without an `Info` and converted arguments for each field."""

from collections.abc import Callable
from inspect import iscoroutinefunction
from operator import attrgetter
from typing import Any, cast

from graphql import GraphQLField, GraphQLObjectType
from strawberry import ID
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryMaybe, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from server.api.compiling import Direct

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
