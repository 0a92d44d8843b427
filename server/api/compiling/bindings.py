"""How the schema's fields and types are written in Python: told by whoever knows the library they are written with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import GraphQLField, GraphQLInputObjectType, GraphQLObjectType

from server.api.compiling.request import HandOver


@dataclass(frozen=True, slots=True)
class Direct:
    """The function behind a field: `call(source, **arguments)` gives at once what the field's resolver would give.

    `arguments` maps the names of the schema to those of the function; those that are not sent and have no default are left
    out. `info` names the argument that takes the context (as `info.context`), if there is one.
    """

    call: Callable[..., Any]
    arguments: Mapping[str, str] = field(default_factory=dict)
    info: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """The function behind a mutation: `await call(info, arguments)` carries it out and gives what its resolver would give.

    `arguments` maps the names of the schema to those of the function. `refused(error, info)` is the value that stands for
    what the function raised; None where that is an error of the field.
    """

    call: Callable[[Any, dict[str, Any]], Awaitable[Any]]
    arguments: Mapping[str, str]
    refused: Callable[[Exception, Any], Any]


@dataclass(frozen=True, slots=True)
class Input:
    """The class behind an input type: `make(**fields)`, with `names` from the schema's names of fields to those of Python.

    `absent` has what is given for fields that are not sent and have no default.
    """

    make: Callable[..., Any]
    names: Mapping[str, str]
    absent: Mapping[str, Any]


class Bindings(Protocol):
    """The Python behind a schema."""

    def direct(self, field: GraphQLField) -> Direct | None:
        """The function behind a field; None where only its resolver may be called."""
        ...

    def class_of(self, kind: GraphQLObjectType) -> type | None:
        """The class whose direct instances are certainly of this type, and never awaitable; None where unknown."""
        ...

    def action(self, field: GraphQLField) -> Action | None:
        """The function behind a mutation; None where only its resolver may be called."""
        ...

    def input_of(self, kind: GraphQLInputObjectType) -> Input | None:
        """The class behind an input type; None where unknown."""
        ...

    def beheld(self, context: Any) -> Callable[[Any], Any]:
        """What makes of a thing, read for a whole class of people, the same thing as the person in `context` sees it.

        It raises `HandOver` for one that it can't be told of, or that is for another class than the person's.
        """
        ...


class Unbound:
    """Nothing is known: resolvers are called, and what they give is looked at."""

    def direct(self, field: GraphQLField) -> Direct | None:
        """None."""
        return None

    def class_of(self, kind: GraphQLObjectType) -> type | None:
        """None."""
        return None

    def action(self, field: GraphQLField) -> Action | None:
        """None."""
        return None

    def input_of(self, kind: GraphQLInputObjectType) -> Input | None:
        """None."""
        return None

    def beheld(self, context: Any) -> Callable[[Any], Any]:
        """Nothing that is known."""
        return _unknown


def _unknown(source: Any) -> Any:
    if source is not None:
        raise HandOver(type(source).__name__)
