"""The spans of commands on their way into the journal. A command that nobody traces has none."""

from collections.abc import Sequence

from server.tracing.current import Span, current

MOST_LINKS = 100
"""Commands of a record that its commit is linked with; each of them is linked with the commit."""


class OnItsWay:
    """One command: it waits, is decided, perhaps more than once, and is answered."""

    __slots__ = ("_part", "whole")

    def __init__(self, parent: Span, kind: str) -> None:
        self.whole = parent.child(f"command {kind}")
        self._part: Span | None = self.whole.child("wait")

    def decides(self) -> None:
        """It has waited, and is being decided."""
        self._next(self.whole.child("decide"))

    def decided(self) -> None:
        """It is decided, and waits for the others."""
        self._next(None)

    def answered(self, answer: int | BaseException) -> None:
        """Over: at a number of the journal, or by a refusal."""
        self._next(None)
        if isinstance(answer, int):
            self.whole.note("hothouse.seq", answer)
        else:
            code = getattr(answer, "code", None)
            self.whole.fail(code if isinstance(code, str) else type(answer).__name__)
        self.whole.end()

    def _next(self, part: Span | None) -> None:
        if self._part is not None:
            self._part.end()
        self._part = part


def traced(kind: type) -> OnItsWay | None:
    """The way of a command of this kind that is given now; None where the request is not traced."""
    span = current()
    return None if span is None else OnItsWay(span, kind.__name__)


def commit_of(stream: str, on_their_way: Sequence[OnItsWay], commands: int) -> Span:
    """The span of a record with so many commands, some of them traced (at least one)."""
    first, *others = on_their_way
    commit = first.whole.child("commit", {"hothouse.stream": stream, "hothouse.commands": commands})
    for one in on_their_way:
        one.whole.link(commit)
    for one in others[:MOST_LINKS]:
        commit.link(one.whole)
    return commit
