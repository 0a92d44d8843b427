"""What is being traced at this moment, if anything. Where nothing is, asking costs one look at a context variable."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Protocol

Value = str | int | float | bool
Attributes = Mapping[str, Value]


class Span(Protocol):
    """Something that takes a while. After `end` it is finished, and ending it again does nothing."""

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits."""

    def child(self, name: str, attributes: Attributes | None = None) -> "Span":
        """A part of it, which begins now."""

    def link(self, other: "Span") -> None:
        """Has to do with it."""

    def rename(self, name: str) -> None:
        """What it is called is known only now."""

    def note(self, name: str, value: Value) -> None:
        """Something to be known about it."""

    def fail(self, code: str) -> None:
        """It did not do what it was to do: a rejection's code, or the name of an exception's type."""

    def end(self) -> None: ...

    def will_be_told(self, stream: str, seq: int) -> None:
        """A tick of that stream's jam tells what this did: the one that comes to `seq`."""


class Ticking(Protocol):
    """A tick, which tells perhaps something that is traced."""

    def fail(self, code: str) -> None:
        """It did not tell it: the name of an exception's type."""

    def end(self) -> None: ...


class Tracing(Protocol):
    """Decides what is traced, and begins it."""

    def picks(self, traceparent: bytes | None) -> bool:
        """Whether a request is to be traced: so many of all, and the same ones as others who trace by the same ratio."""

    def request(self, name: str, traceparent: bytes | None, attributes: Attributes) -> Span:
        """The span of a request that was picked, below the caller's (W3C Trace Context). It is current until `leave`."""

    def tick(self, jam_id: str, seq: int) -> "Ticking":
        """A tick that begins now, and tells what there is up to `seq`: a span, if any of that is traced."""


_now: ContextVar[Span | None] = ContextVar("what is being traced", default=None)


def current() -> Span | None:
    """The span of what this task does."""
    return _now.get()


def enter(span: Span | None) -> None:
    """From here on this task, and those that it begins, do what the span is about; None for nothing that is traced."""
    _now.set(span)
