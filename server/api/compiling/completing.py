"""Completing objects, lists, and what may be of several types."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLObjectType

from server.api.compiling.request import Completion, Finish, Never, Request, Step, expect_plain, refuse

Steps = Sequence[Step]


def object_of(kind: GraphQLObjectType, made_of: type | None, steps: Steps, is_required: bool) -> Completion:
    """An object: its fields in order. One that is not directly of the class `made_of` is looked at first."""
    is_type_of = kind.is_type_of

    def look(value: Any) -> None:
        expect_plain(value)
        if is_type_of is not None and is_type_of(value, None) is not True:  # type: ignore[arg-type]
            refuse(value)

    def finish(value: Any, request: Request) -> Any:
        if type(value) is not made_of:
            if value is None and not is_required:
                return None
            look(value)
        answer = {}
        for key, read, exact, complete in steps:
            found = read(value)
            answer[key] = found if type(found) is exact else complete(found, request)
        return answer

    return Completion(Never, finish)


def list_of(item: Completion, is_required: bool) -> Completion:
    """A list or a tuple, item by item."""
    exact, complete = item

    def finish(value: Any, request: Request) -> Any:
        if type(value) is not list and type(value) is not tuple:
            if value is None and not is_required:
                return None
            refuse(value)
        return [one if type(one) is exact else complete(one, request) for one in value]

    return Completion(Never, finish)


def abstract_of(by_class: Mapping[type, Finish], is_required: bool) -> Completion:
    """An interface or a union: completed as the type that its class stands for."""

    def finish(value: Any, request: Request) -> Any:
        complete = by_class.get(type(value))
        if complete is not None:
            return complete(value, request)
        if value is not None or is_required:
            refuse(value)
        return None

    return Completion(Never, finish)


def answer_of(steps: Steps, source: Any, request: Request) -> dict[str, Any]:
    """The fields of the operation itself."""
    answer = {}
    for key, read, exact, complete in steps:
        found = read(source)
        answer[key] = found if type(found) is exact else complete(found, request)
    return answer
