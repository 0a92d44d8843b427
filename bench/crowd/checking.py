"""Compares what was acknowledged with what the journal says, read from its first event."""

from dataclasses import dataclass
from pathlib import Path

from bench.crowd.acts import Acknowledged
from bench.preparing import JAM, person_id
from server.jam.state import JamState
from server.jam_store import PREFIX, load_state
from server.journal.sqlite import SqliteJournal


@dataclass(frozen=True, slots=True)
class Compared:
    """`lost` were acknowledged and are not there, `unexpected` are there and were never acknowledged."""

    events: int
    lost: int
    unexpected: int


async def compare(data: Path, done: Acknowledged) -> Compared:
    """Everyone's membership and votes one by one, and every idea and comment."""
    journal = await SqliteJournal.open(data / "journal.sqlite")
    state = await load_state(journal, PREFIX + JAM, from_zero=True)
    await journal.close()
    lost = unexpected = 0
    for ours, theirs in ((set(done.ideas), set(state.idea_numbers)), (set(done.comments), set(state.comment_numbers))):
        lost += len(ours - theirs)
        unexpected += len(theirs - ours)
    lost += sum(state.member(person_id(number)) is None for number in done.joined)
    for number, held in enumerate(done.supports):
        counted = _held(state, number)
        lost += len(held - counted)
        unexpected += len(counted - held)
    lost += sum(idea.support for idea in state.ideas) != sum(map(len, done.supports))
    return Compared(state.seq, lost, unexpected)


def _held(state: JamState, number: int) -> set[str]:
    member = state.member(person_id(number))
    return set() if member is None else {state.ideas[idea].id for idea in member.supports}
