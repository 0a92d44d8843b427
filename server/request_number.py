"""The number of the request that is being answered: in each of its log lines, and in the answer where something failed.

Whoever was told the number can be helped without saying who they are. It is made only where somebody asks for it: nine of ten
requests never need one.
"""

from contextvars import ContextVar
from uuid import uuid4


class _Number:
    __slots__ = ("shown",)

    def __init__(self) -> None:
        self.shown = ""


_answering: ContextVar[_Number | None] = ContextVar("the request that is being answered", default=None)


def begin() -> None:
    """From here on this task answers another request. Tasks that it begins belong to that request too."""
    _answering.set(_Number())


def current() -> str | None:
    """The number of the request (32 hexadecimal digits); None outside of any."""
    number = _answering.get()
    if number is None:
        return None
    number.shown = number.shown or uuid4().hex
    return number.shown
