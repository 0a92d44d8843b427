"""Commands of an import, each with the line it comes from, sent in the order of time; every answer goes into the report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.importing.report import ImportReport
from server.jam.commands import Command
from server.jam.rejections import Rejection
from server.jam_store import JamStore
from server.progress import Progress


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
