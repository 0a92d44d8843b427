"""Commands of an import, each with the line it comes from, sent in the order of time; every answer goes into the report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.importing.report import ImportRefused, ImportReport
from server.jam.commands import Command
from server.jam.ids import command_key
from server.jam.rejections import Rejection
from server.jam.state import JamState
from server.jam_store import JamStore
from server.progress import Progress

LAST_STEPS = 8_000
"""More than wait in an import at once: if these are done, all are."""


@dataclass(frozen=True, slots=True)
class Step:
    """`order` sorts steps of the same instant. One with `counts` stands for its line: if it succeeds, the line is imported."""

    at: int
    order: tuple[int, ...]
    command: Command
    file: str
    line: int
    counts: bool = True


def in_order(steps: Iterable[Step]) -> list[Step]:
    return sorted(steps, key=lambda step: (step.at, step.order))


def refuse_again(state: JamState, steps: Sequence[Step]) -> None:
    """An import that was cut off goes on, as a command that was carried out is known; a complete one is not done twice.

    Raises `ImportRefused` if the last steps have been carried out.
    """
    keys = (command_key(step.command.actor, step.command.id) for step in steps[-LAST_STEPS:])
    if all(state.remembers(key) for key in keys):
        raise ImportRefused(f"This was imported already, as the jam {state.slug}: nothing was changed.")


async def carry_out(
    store: JamStore, jam: str, steps: Sequence[Step], report: ImportReport, progress: Progress, title: str
) -> None:
    """Sends all steps, and counts in the report what became of them."""
    progress.begin(title, len(steps))
    answers = await store.submit_many(jam, ((step.command, step.at) for step in steps), progress.reach)
    for step, answer in zip(steps, answers, strict=True):
        _account(report, step, answer)


def _account(report: ImportReport, step: Step, answer: int | Rejection) -> None:
    if isinstance(answer, Rejection) and step.counts:
        report.refuse(step.file, step.line, answer.message)
    elif isinstance(answer, Rejection):
        report.clean(step.file, step.line, f"{type(step.command).__name__} was refused: {answer.message}")
    elif step.counts:
        report.count(step.file).imported += 1
