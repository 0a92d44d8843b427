"""How one field is read: its function called directly where it takes its object alone, else with what the request brings."""

from collections.abc import Callable
from functools import partial
from inspect import iscoroutinefunction
from typing import Any

from graphql import FieldNode, GraphQLField, default_field_resolver
from orjson import Fragment

from server.api.compiling.bindings import Direct
from server.api.compiling.request import CannotCompile, Completion, Info, Never, Request, Step
from server.api.compiling.variables import Make, arguments_of

GAP = Fragment(b"\x00")
Ask = Callable[[Any, Request], Any]
Slot = Callable[[dict[str, Any], Make | None], int]
"""Takes what a field is called with, and says which of `Request.arguments` that will be."""


def constant(key: str, text: str) -> Step:
    """A field that says the same of everything, such as `__typename`."""
    return Step(key, lambda source: text, str, _same)


def step_of(key: str, field: GraphQLField, node: FieldNode, direct: Direct | None, done: Completion, slot: Slot) -> Step:
    """The step of a field whose value is completed by `done`."""
    if direct is None:
        return _asking(key, _by_resolver(field, node, slot), done)
    fixed, make = arguments_of(field, node, direct.arguments)
    if make is None and direct.info is None:
        return Step(key, partial(direct.call, **fixed) if fixed else direct.call, *done)
    return _asking(key, _directly(direct, node.name.value, slot(fixed, make)), done)


def left_open(step: Step) -> Step:
    """A field that is not read: a gap stands for it in the answer, and the request notes what is to be read there."""

    def finish(source: Any, request: Request) -> Any:
        request.leave_open(source, step)
        return GAP

    return Step(step.key, _itself, Never, finish)


def _directly(direct: Direct, name: str, slot: int) -> Ask:
    call, info = direct.call, direct.info
    if info is None:
        return lambda source, request: call(source, **request.arguments[slot])
    return lambda source, request: call(source, **{info: Info(request.context, name)}, **request.arguments[slot])


def _by_resolver(field: GraphQLField, node: FieldNode, slot: Slot) -> Ask:
    resolve, name = field.resolve or default_field_resolver, node.name.value
    if iscoroutinefunction(resolve):
        raise CannotCompile(name)
    place = slot(*arguments_of(field, node))
    return lambda source, request: resolve(source, Info(request.context, name), **request.arguments[place])  # type: ignore[arg-type]


def _asking(key: str, ask: Ask, done: Completion) -> Step:
    exact, complete = done

    def finish(source: Any, request: Request) -> Any:
        found = ask(source, request)
        return found if type(found) is exact else complete(found, request)

    return Step(key, _itself, Never, finish)


def _itself(source: Any) -> Any:
    return source


def _same(value: Any, request: Request) -> Any:
    return value
