"""Many commands in the very order given, where some depend on others in ways that their keys do not name."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from server.jam import commands as c
from server.jam.rejections import Rejection
from server.jam_store import JamStore

Timed = tuple[c.Command, int | None]

ALONE = (
    c.Announce, c.ResolveReport, c.ReopenReport, c.CountSeen, c.MarkIdea, c.HideIdea, c.RestoreIdea, c.RemoveIdea, c.MoveIdea,
    c.HideComment, c.RestoreComment, c.RemoveComment,
)  # fmt: skip
"""Commands that concern what they do not name as keys, as a lock concerns the likes of every comment on the idea. Among
people that does not matter, for nobody waits for anybody; in a record of the past, what came first must stay first."""


async def submit_in_order(
    store: JamStore, jam: str, commands: Iterable[Timed], on_progress: Callable[[int], None] | None = None
) -> list[int | Rejection]:
    """As `JamStore.submit_many`, but a command of `ALONE` comes after everything before it, and before all after it.

    `at` (ms) is each command's time, None for the present.
    """
    answers: list[int | Rejection] = []
    for stage in _stages(commands):
        answers += await store.submit_many(jam, stage)
        if on_progress is not None:
            on_progress(len(answers))
    return answers


def _stages(commands: Iterable[Timed]) -> Iterator[Sequence[Timed]]:
    stage: list[Timed] = []
    for timed in commands:
        if isinstance(timed[0], ALONE):
            yield from ([stage] if stage else [])
            yield [timed]
            stage = []
        else:
            stage.append(timed)
    if stage:
        yield stage
