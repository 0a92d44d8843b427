"""A replay gives the same jam again, at its pace, with every command accepted."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest

from server.importing.polis import import_polis
from server.jam import commands as c
from server.jam import events as ev
from server.jam.digest import digest
from server.jam.ids import SYSTEM
from server.jam.people import Relation, Role
from server.jam.phases import Schedule
from server.jam.rejections import Conflict, NotFound
from server.jam.state import JamState
from server.jam_store import JamStore
from server.journal.memory import MemoryJournal
from server.replaying import replay
from server.replaying.play import LATE_MS, compressed
from server.replaying.standing import SEVERAL
from server.replaying.translate import LEFT_OUT, TRANSLATIONS
from server.sample.load import SLUG, load_sample
from server.vault.sqlite import SqliteVault
from server.verifying import verify
from tests.patience import PATIENCE_S

DATA = Path(__file__).parents[2].parent / "shared" / "data"
NOW = 1_795_000_000_000
AT_ONCE = 1e12


@pytest.fixture
async def vault(tmp_path: Path):
    opened = await SqliteVault.open(tmp_path / "vault.db")
    yield opened
    await opened.close()


@pytest.fixture
async def store():
    opened = await JamStore.open(MemoryJournal(), lambda: int(time.time() * 1000))
    yield opened
    await opened.close()


def told(state: JamState) -> dict[str, object]:
    """All that a replay keeps, without ids and times."""
    number = state.idea_numbers
    people = [member.person for member in state.members]
    ideas = {
        (idea.author, idea.versions[0].title): (
            idea.title, idea.body, idea.status, idea.reason, idea.marks, idea.audience.relations, idea.comment_count, idea.seen,
            frozenset(people[n] for n in idea.supporters), idea.disagrees, idea.passes, len(idea.versions), idea.edited_after_votes,
            tuple(state.ideas[number[parent]].title for parent in idea.parents),
            state.ideas[number[idea.merged_into]].title if idea.merged_into else None,
            state.topics[idea.topic].titles["en"],
        )
        for idea in state.ideas
    }  # fmt: skip
    comments = Counter(
        (m.author, m.body, m.status, m.depth, frozenset(people[n] for n in m.likers), m.reply_count) for m in state.comments
    )
    return {
        "ideas": ideas,
        "comments": comments,
        "members": {(m.person, m.role, m.relation) for m in state.members},
        "reports": Counter((r.reporter, r.reason, r.note, r.outcome, r.resolved_by) for r in state.reports.values()),
        "announcements": Counter(a.texts["en"] for a in state.announcements),
        "topics": [dict(topic.titles) for topic in state.topics.values()],
        "texts": (dict(state.titles), dict(state.rules), state.languages),
        "log": Counter((line.act, line.reason) for line in state.log),
    }


def test_every_event_is_either_translated_or_left_out_on_purpose() -> None:
    known = set(ev.REGISTRY.values())
    assert TRANSLATIONS.keys() | SEVERAL.keys() | LEFT_OUT == known
    assert len(TRANSLATIONS) + len(SEVERAL) + len(LEFT_OUT) == len(known)


@pytest.mark.anyio
async def test_the_sample_jam_is_told_again_word_for_word(store: JamStore, vault: SqliteVault) -> None:
    await load_sample(store, vault, NOW, 2006)
    before = digest(store.by_slug(SLUG))
    report = await replay(store, vault, SLUG, AT_ONCE)
    again = store.by_slug(f"{SLUG}-replay")
    assert report.refused == Counter()
    assert (report.jam, report.unnamed, report.stopped) == (f"{SLUG}-replay", 0, False)
    assert report.events == store.by_slug(SLUG).seq
    assert told(again) == told(store.by_slug(SLUG))
    assert digest(store.by_slug(SLUG)) == before, "the old jam stays as it is"
    assert {idea.id for idea in again.ideas}.isdisjoint(store.by_slug(SLUG).idea_numbers)
    assert (await verify(store.journal, again, again.slug)).ok


@pytest.mark.anyio
async def test_an_imported_deliberation_is_told_again_vote_by_vote(store: JamStore, vault: SqliteVault) -> None:
    if not DATA.is_dir():
        pytest.skip("the folder of real data, ../shared/data, is not here")
    await import_polis(store, vault, DATA / "polis-bg2050-volunteers", "bg")
    report = await replay(store, vault, "bg", AT_ONCE, "bg-again")
    again = store.by_slug("bg-again")
    assert report.refused == Counter()
    assert told(again)["ideas"] == told(store.by_slug("bg"))["ideas"]
    assert sum(idea.support for idea in again.ideas) == 10_006
    assert sum(not idea.is_listed for idea in again.ideas) == 55
    assert report.events == 14_897


async def small(store: JamStore, seconds: int) -> None:
    """A jam with an idea as it opens and a vote for it `seconds` later; ann joins before, ben after."""
    schedule = Schedule(NOW - 3_600_000, NOW, *(NOW + 1000 * seconds + hours * 3_600_000 for hours in (1, 2, 3)))
    await store.create(
        c.CreateJam(
            actor=SYSTEM, id="1", jam="j1", slug="small", titles={"en": "Small"}, questions={"en": "What?"}, descriptions={},
            rules={}, languages=("en",), main_language="en", schedule=schedule,
        ),
        at=NOW - 7_200_000,
    )  # fmt: skip
    topic = c.AddTopic(actor=SYSTEM, id="2", titles={"en": "All"}, descriptions={})
    post = c.PostIdea(actor="ann", id="5", topic=topic.derived("t"), title="Trees", body="")
    employee = {"role": Role.PARTICIPANT, "relation": Relation.EMPLOYEE}
    for at, command in (
        (-7_000_000, topic),
        (-7_000_000, c.PublishJam(actor=SYSTEM, id="3")),
        (-1_000, c.AddMember(actor=SYSTEM, id="4", person="ann", **employee)),
        (0, post),
        (1000 * seconds, c.AddMember(actor=SYSTEM, id="6", person="ben", **employee)),
        (1000 * seconds, c.SupportIdea(actor="ben", id="7", idea=post.derived("i"))),
    ):
        await store.submit("j1", command, at=NOW + at)


@pytest.mark.anyio
async def test_it_keeps_its_pace_and_has_present_times(store: JamStore, vault: SqliteVault) -> None:
    await small(store, 600)
    began = time.time()
    report = await replay(store, vault, "small", 1_000.0)
    took = time.time() - began
    assert 0.6 <= took < 3.0
    again = store.by_slug("small-replay")
    trees = again.ideas[0]
    assert began * 1000 - 1 <= trees.posted_at < (began + 0.5) * 1000
    assert again.members[1].joined_at - trees.posted_at >= 500, "ten minutes at a thousand times the speed"
    assert (trees.support, report.played, report.unnamed) == (1, 6, 2)


@pytest.mark.anyio
async def test_it_stops_when_told(store: JamStore, vault: SqliteVault) -> None:
    await small(store, 600)
    stop = asyncio.Event()
    playing = asyncio.create_task(replay(store, vault, "small", 1.0, stop=stop))
    await asyncio.sleep(0.3)
    stop.set()
    report = await asyncio.wait_for(playing, PATIENCE_S)
    assert report.stopped
    again = store.by_slug("small-replay")
    assert [(idea.title, idea.support) for idea in again.ideas] == [("Trees", 0)]
    assert "stopped" in next(report.lines())


@pytest.mark.anyio
async def test_replays_are_numbered_and_taken_names_refused(store: JamStore, vault: SqliteVault) -> None:
    await small(store, 1)
    names = [(await replay(store, vault, "small", AT_ONCE)).jam for _ in range(3)]
    assert names == ["small-replay", "small-replay-2", "small-replay-3"]
    with pytest.raises(Conflict):
        await replay(store, vault, "small", AT_ONCE, "small-replay")
    with pytest.raises(NotFound):
        await replay(store, vault, "none", AT_ONCE)
    with pytest.raises(ValueError):
        await replay(store, vault, "small", 0.0)
    assert len(store.all()) == 4


def test_the_schedule_is_compressed_and_a_little_late() -> None:
    schedule = compressed(Schedule(0, 1_000_000, 4_000_000, 4_000_000, 9_000_000), 1_000.0, 50)
    assert schedule == Schedule(50, 50, 50 + LATE_MS + 3_000, 50 + LATE_MS + 3_000, 50 + LATE_MS + 8_000)


@pytest.mark.anyio
async def test_a_grouping_long_after_the_last_vote_is_not_waited_for(store: JamStore, vault: SqliteVault) -> None:
    """An imported jam is grouped years after its people have gone home; at this speed, ten years are 24 minutes."""
    await load_sample(store, vault, NOW, 1)
    source = store.by_slug(SLUG)
    assert source is not None
    grouping = c.RecordGrouping(actor=SYSTEM, id="late", model="m", granularity="auto", reason="late", themes=(), placements=())
    await store.submit(source.id, grouping, at=NOW + 10 * 365 * 86_400_000)
    async with asyncio.timeout(60):
        report = await replay(store, vault, SLUG, 216_000.0)
    assert not report.stopped
    assert report.events == source.seq
