"""Random histories with erasures in them: nothing breaks, and a redacted journal still leads to the state that people see."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from server.erasing.redacting import Withdrawn, find_texts, redact_texts, redact_words
from server.jam import commands as c
from server.jam.digest import digest
from server.jam.ids import SYSTEM
from server.jam.state import JamState
from server.jam_store import JAM_CODEC, PREFIX, load_state
from server.journal.memory import MemoryJournal
from server.snapshots import dump, load
from tests.jam.commanding import PARTICIPANTS, settled_world, wander
from tests.jam.world import Recorded, fold

PERSON = st.sampled_from((*PARTICIPANTS, "mod"))


async def journal_of(world: Recorded) -> MemoryJournal:
    journal, seq = MemoryJournal(), 0
    for entry in world.journal:
        await journal.append(PREFIX + world.state.id, seq, len(entry.events), JAM_CODEC.encode([entry]), str(seq))
        seq += len(entry.events)
    return journal


async def redacted(world: Recorded, people: list[str]) -> JamState:
    """The fold of the journal after the texts of these people were taken out of it."""
    journal = await journal_of(world)
    for person in people:
        withdrawn = Withdrawn.of(world.state, person)
        await find_texts(journal, withdrawn)
        await redact_words(journal, world.state, withdrawn)
        await redact_texts(journal, withdrawn)
        assert await redact_texts(journal, withdrawn) == 0, "what is done is not done again"
        left = Withdrawn.of(world.state, person)
        await find_texts(journal, left)
        assert left.texts == []
    return await load_state(journal, PREFIX + world.state.id, from_zero=True)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 10_000),
    st.lists(st.tuples(PERSON, st.booleans(), st.integers(5, 60)), min_size=1, max_size=4, unique_by=lambda act: act[0]),
)
def test_a_jam_goes_on_after_erasures_and_its_journal_says_the_same(seed: int, erasures: list[tuple[str, bool, int]]) -> None:
    world = settled_world(Recorded)
    wander(world, seed, 80)
    for place, (person, withdraws, steps) in enumerate(erasures):
        world.do(c.EraseMember, SYSTEM, person=person, withdraws=withdraws)
        assert world.state.member(person) is None
        assert person not in world.state.endings
        assert not any(person in circle.members for circle in world.state.circles.values())
        wander(world, seed + place + 1, steps)
    folded = fold(world.journal)
    world.state.commands = folded.commands  # a world remembers commands that led to nothing as well
    expected = digest(world.state)
    assert digest(folded) == expected
    assert digest(load(dump(world.state))) == expected
    gone = [person for person, withdraws, _ in erasures if withdraws]
    assert digest(asyncio.run(redacted(world, gone))) == expected
