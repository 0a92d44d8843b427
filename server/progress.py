"""How long work tells how far it is. Commands show a bar; tests and servers stay silent."""

from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars


class Progress(Protocol):
    def begin(self, title: str, total: int) -> None:
        """A new stage of `total` steps begins; the one before it is over."""

    def reach(self, done: int) -> None:
        """So many steps of the stage are done."""


class Silence:
    """Tells nobody."""

    def begin(self, title: str, total: int) -> None:
        pass

    def reach(self, done: int) -> None:
        pass


SILENT: Progress = Silence()


class RichProgress:
    """A bar for each stage, on standard error, so that the output of a command can be piped."""

    def __init__(self, console: Console | None = None) -> None:
        text, times = TextColumn("{task.description}"), (TimeElapsedColumn(), TimeRemainingColumn())
        self._bars = Bars(text, BarColumn(), MofNCompleteColumn(), *times, console=console or Console(stderr=True))
        self._stage: TaskID | None = None
        self._total = 0

    def begin(self, title: str, total: int) -> None:
        """Fills the bar of the stage before it, and adds one."""
        self._fill()
        self._total = total
        self._stage = self._bars.add_task(title, total=total)

    def reach(self, done: int) -> None:
        """Moves the bar to `done` steps."""
        if self._stage is not None:
            self._bars.update(self._stage, completed=done)

    def _fill(self) -> None:
        self.reach(self._total)

    def __enter__(self) -> "RichProgress":
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self._fill()
        self._bars.stop()
