"""What one execution carries along.

* CannotCompile                  the operation has something that only graphql-core executes
* HandOver                       a value was not as expected: graphql-core is to execute this request
"""

from collections.abc import Callable
from inspect import iscoroutine
from typing import Any, NamedTuple, NoReturn

from graphql import Undefined


class CannotCompile(Exception):
    """The operation is for graphql-core to execute."""


class HandOver(Exception):
    """This request is for graphql-core to execute."""


class Request:
    """One execution: its context, and for each field called with arguments what it is called with.

    `leave_open(source, step)` notes a field that is to be read later.
    """

    __slots__ = ("arguments", "context", "leave_open")

    def __init__(
        self, context: Any, arguments: list[dict[str, Any]], leave_open: "Callable[[Any, Step], None] | None" = None
    ) -> None:
        self.context = context
        self.arguments = arguments
        self.leave_open = leave_open or _open_nowhere


def _open_nowhere(source: Any, step: "Step") -> NoReturn:
    raise HandOver("left open")


class Info:
    """What resolvers may know of the request. One that asks for more fails, and graphql-core executes the request."""

    __slots__ = ("context", "field_name")

    def __init__(self, context: Any, field_name: str) -> None:
        self.context = context
        self.field_name = field_name


class Never:
    """The type of no value."""


Read = Callable[[Any], Any]
Finish = Callable[[Any, Request], Any]


class Completion(NamedTuple):
    """How a field's value becomes JSON: it is that already if its type is exactly `exact`; `finish` makes it otherwise."""

    exact: type
    finish: Finish


class Step(NamedTuple):
    """One field of an answer: `read` takes its value from the object, `exact` and `finish` complete it."""

    key: str
    read: Read
    exact: type
    finish: Finish


def refuse(value: Any) -> NoReturn:
    """Hand over because of a value. A coroutine is closed, for nobody will wait for it."""
    if iscoroutine(value):
        value.close()
    raise HandOver(type(value).__name__)


def expect_plain(value: Any) -> None:
    """Hand over where a value means something to graphql-core: nothing, an error to raise, or something to wait for."""
    if value is None or value is Undefined or isinstance(value, Exception) or hasattr(value, "__await__"):
        refuse(value)
