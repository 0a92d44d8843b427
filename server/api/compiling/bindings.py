"""How the schema's fields and types are written in Python: told by whoever knows the library they are written with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import GraphQLField, GraphQLObjectType


@dataclass(frozen=True, slots=True)
class Direct:
    """The function behind a field: `call(source, **arguments)` gives at once what the field's resolver would give.

    `arguments` maps the names of the schema to those of the function; those that are not sent and have no default are left
    out. `info` names the argument that takes the context (as `info.context`), if there is one.
    """

    call: Callable[..., Any]
    arguments: Mapping[str, str] = field(default_factory=dict)
    info: str | None = None


class Bindings(Protocol):
    """The Python behind a schema."""

    def direct(self, field: GraphQLField) -> Direct | None:
        """The function behind a field; None where only its resolver may be called."""
        ...

    def class_of(self, kind: GraphQLObjectType) -> type | None:
        """The class whose direct instances are certainly of this type, and never awaitable; None where unknown."""
        ...


class Unbound:
    """Nothing is known: resolvers are called, and what they give is looked at."""

    def direct(self, field: GraphQLField) -> Direct | None:
        """None."""
        return None

    def class_of(self, kind: GraphQLObjectType) -> type | None:
        """None."""
        return None
