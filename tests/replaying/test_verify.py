"""Verification: an honest journal passes, and whatever is wrong with it or with the state is found."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from server.jam import commands as c
from server.jam.digest import digest
from server.jam.ids import SYSTEM
from server.jam.people import Relation, Role
from server.jam.phases import Schedule
from server.jam.rejections import NotFound
from server.jam_store import PREFIX, JamStore
from server.journal.memory import MemoryJournal
from server.verifying import verify

NOW = 1_800_000_000_000
HOUR = 3_600_000


async def a_jam(journal: MemoryJournal, clock: Callable[[], int] = lambda: NOW) -> JamStore:
    store = await JamStore.open(journal, clock)
    schedule = Schedule(*(NOW + hours * HOUR for hours in (-1, 0, 1, 2, 3)))
    await store.create(
        c.CreateJam(
            actor=SYSTEM, id="1", jam="j1", slug="spring", titles={"en": "Spring"}, questions={"en": "What?"}, descriptions={},
            rules={}, languages=("en",), main_language="en", schedule=schedule,
        )
    )  # fmt: skip
    topic = c.AddTopic(actor=SYSTEM, id="2", titles={"en": "All"}, descriptions={})
    ann = c.AddMember(actor=SYSTEM, id="4", person="ann", role=Role.PARTICIPANT, relation=Relation.EMPLOYEE)
    post = c.PostIdea(actor="ann", id="5", topic=topic.derived("t"), title="Trees", body="")
    for command in (topic, c.PublishJam(actor=SYSTEM, id="3"), ann, post):
        await store.submit("j1", command)
    await store.submit("j1", c.SupportIdea(actor="ann", id="6", idea=post.derived("i")))
    return store


@pytest.mark.anyio
async def test_an_honest_journal_is_verified_with_and_without_a_snapshot():
    journal = MemoryJournal()
    store = await a_jam(journal)
    state = store.get("j1")
    report = await verify(journal, state, "spring")
    assert report.ok, report.problems
    assert (report.events, report.live_seq, report.replayed) == (state.seq, state.seq, digest(state))
    await store.save_snapshot(store.get("j1"))
    again = await verify(journal, None, "spring")
    assert again.ok, again.problems
    assert again.live == report.live
    assert "verified" in list(again.lines())[-1]


@pytest.mark.anyio
async def test_a_state_that_the_journal_does_not_lead_to_is_found():
    journal = MemoryJournal()
    store = await a_jam(journal)
    state = store.get("j1")
    state.ideas[0].title = "Forests"
    report = await verify(journal, state, "spring")
    assert report.problems == ["the live state is not what the journal says"]
    assert list(report.lines())[-1] == "NOT verified"


@pytest.mark.anyio
async def test_a_wrong_snapshot_is_found():
    journal = MemoryJournal()
    store = await a_jam(journal)
    store.get("j1").ideas[0].disagrees += 1
    await store.save_snapshot(store.get("j1"))
    report = await verify(journal, None, "spring")
    assert report.problems == ["the live state is not what the journal says"]


@pytest.mark.anyio
async def test_a_missing_or_changed_record_is_found():
    journal = MemoryJournal()
    await a_jam(journal)
    records = journal.store.records[PREFIX + "j1"]
    last = records[max(records)]
    records[last.after] = replace(last, payload=b"[]")
    changed = await verify(journal, None, "spring")
    assert not changed.ok
    assert any("says 1 events and has 0" in problem for problem in changed.problems)
    del records[sorted(records)[1]]
    missing = await verify(journal, None, "spring")
    assert missing.problems == [
        "jam:j1: a record follows 3, but the one before it ends at 2", "only 2 of 7 events can be replayed",
    ]  # fmt: skip
    assert missing.replayed == ""


@pytest.mark.anyio
async def test_an_unknown_jam_is_refused():
    with pytest.raises(NotFound):
        await verify(MemoryJournal(), None, "none")
