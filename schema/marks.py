"""Fields with a description, and fields whose answer depends on the person and not on the visibility class alone."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import strawberry

F = TypeVar("F", bound=Callable[..., Any])
IS_PERSONAL = {"personal": True}
IS_INSTANT = {"instant": True}
OWN = "Personal: asks for an answer of your own."


def described(description: str) -> Callable[[F], F]:
    """A field with a description in the SDL."""
    return cast("Callable[[F], F]", strawberry.field(description=description))


def personal(description: str = OWN) -> Callable[[F], F]:
    """A field that is answered for one person: see `schema.view`."""
    return cast("Callable[[F], F]", strawberry.field(description=description, metadata=IS_PERSONAL))


def instant(description: str | None = None) -> Callable[[F], F]:
    """A field that is different at every moment, whoever asks: an answer that is kept leaves it open."""
    return cast("Callable[[F], F]", strawberry.field(description=description, metadata=IS_INSTANT))


def command(description: str | None = None) -> Callable[[F], F]:
    """A mutation."""
    return cast("Callable[[F], F]", strawberry.mutation(description=description))


def live(description: str | None = None, is_personal: bool = False) -> Callable[[F], F]:
    """A subscription."""
    metadata = IS_PERSONAL if is_personal else {}
    return cast("Callable[[F], F]", strawberry.subscription(description=description, metadata=metadata))
