"""The sample jam as loaded, and as it is played on."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.jam.apply.votes import PLACE
from server.jam.digest import digest
from server.jam.people import Relation, Role
from server.jam.phases import Phase
from server.jam.state import JamState
from server.jam.visibility import ContentStatus
from server.jam_store import JamStore
from server.journal.memory import MemoryJournal
from server.sample.content import content, idea_id
from server.sample.live import play_live
from server.sample.load import SLUG, load_sample
from server.vault.sqlite import SqliteVault
from server.verifying import verify
from tests.patience import PATIENCE_S

NOW = 1_795_000_123_456
MINUTE, HOUR = 60_000, 3_600_000


@pytest.fixture
async def vault(tmp_path: Path):
    opened = await SqliteVault.open(tmp_path / "vault.db")
    yield opened
    await opened.close()


@pytest.fixture
async def store():
    opened = await JamStore.open(MemoryJournal(), lambda: NOW)
    yield opened
    await opened.close()


@pytest.fixture
async def jam(store: JamStore, vault: SqliteVault) -> JamState:
    await load_sample(store, vault, NOW, 2006)
    state = store.by_slug(SLUG)
    assert state is not None
    return state


@dataclass(frozen=True)
class Speaker:
    language: str


class Everyone:
    """Half of the people speak Hebrew, by their id."""

    def person(self, id: str) -> Speaker:
        return Speaker("he" if sum(id.encode()) % 2 else "en")


@pytest.mark.anyio
async def test_everything_written_is_there_but_what_is_held_back(jam: JamState) -> None:
    written = content()
    held_back = {idea_id(row) for row in written.held_back()}
    assert len(held_back) == 30
    assert {idea.id for idea in jam.ideas} == {idea_id(row) for row in written.ideas} - held_back
    assert len(jam.ideas) >= 150
    assert len(jam.comments) == len(written.comments)
    assert len(jam.reports) == len(written.reports)
    assert len(jam.announcements) == 5
    assert sum(bool(idea.parents) for idea in jam.ideas) >= 35
    assert sum(idea.edited_at is not None for idea in jam.ideas) == 8
    languages = Counter(idea.language for idea in jam.ideas)
    assert min(languages["en"], languages["he"]) > 70


@pytest.mark.anyio
async def test_it_is_now_at_two_thirds_of_ideation(jam: JamState) -> None:
    schedule = jam.schedule
    assert jam.phase(NOW) is Phase.IDEATION
    length, passed = schedule.refinement_at - schedule.ideation_at, NOW - schedule.ideation_at
    assert 0.65 < passed / length < 0.75
    assert 24 * HOUR <= schedule.refinement_at - NOW < 25 * HOUR
    assert schedule.refinement_at % HOUR == 0
    newest = max(max(idea.posted_at for idea in jam.ideas), max(comment.posted_at for comment in jam.comments))
    assert NOW - 5 * HOUR < newest <= NOW


@pytest.mark.anyio
async def test_people_have_names_roles_and_relations(jam: JamState, vault: SqliteVault) -> None:
    people = await vault.people([member.person for member in jam.members])
    assert len(people) == len(jam.members) == 90
    assert all(person.email is None and person.name and person.country for person in people.values())
    roles = Counter(member.role for member in jam.members)
    assert roles == {Role.PARTICIPANT: 83, Role.MODERATOR: 3, Role.SPONSOR: 2, Role.REVIEWER: 1, Role.ORGANIZER: 1}
    assert {member.relation for member in jam.members} == set(Relation)


@pytest.mark.anyio
async def test_votes_are_lifelike(jam: JamState) -> None:
    supports = sorted((idea.support for idea in jam.ideas), reverse=True)
    assert 1_500 < sum(supports) < 4_000
    assert supports[0] >= 30
    assert sum(supports[: len(supports) // 5]) > 0.45 * sum(supports), "few ideas have most of the votes"
    per_head = {relation: [len(m.supports) for m in jam.members if m.relation is relation] for relation in Relation}
    mean = {relation: sum(counts) / len(counts) for relation, counts in per_head.items()}
    assert mean[Relation.EMPLOYEE] > max(mean[Relation.FAMILY], mean[Relation.FRIEND])
    assert all(idea.author != jam.members[number].person for idea in jam.ideas for number in idea.supporters)
    nights = days = 0
    for minute, counts in jam.minutes.items():
        clock = (minute - jam.schedule.ideation_at // MINUTE + 9 * 60) % 1_440
        nights, days = (nights + counts[2], days) if clock < 7 * 60 else (nights, days + counts[2])
    assert 0 < nights < 0.15 * days
    assert sum(len(comment.likers) for comment in jam.comments) > 300


@pytest.mark.anyio
async def test_only_those_who_may_see_an_idea_vote_for_it(jam: JamState) -> None:
    restricted = [idea for idea in jam.ideas if not idea.reach.is_public]
    assert len(restricted) >= 10
    for idea in restricted:
        allowed = set(idea.reach.names())
        voters = {jam.members[number].relation for number in idea.supporters}
        assert voters <= allowed
        assert all(idea.by_relation[PLACE[relation]] == 0 for relation in set(Relation) - allowed)


@pytest.mark.anyio
async def test_moderators_acted_and_reports_wait(jam: JamState) -> None:
    by_status = Counter(idea.status for idea in jam.ideas)
    assert (by_status[ContentStatus.HIDDEN], by_status[ContentStatus.MERGED]) == (2, 3)
    settled = {report.target for report in jam.reports.values() if report.outcome == "UPHELD"}
    waiting = {jam.reports[id].target for id in jam.open_reports}
    assert (len(settled), len(jam.open_reports)) == (4, 5)
    assert settled.isdisjoint(waiting)
    marks = Counter(mark for idea in jam.ideas for mark in idea.marks)
    assert marks == {"FEATURED": 2, "LOCKED": 1, "PINNED": 1}


@pytest.mark.anyio
async def test_the_same_seed_gives_the_same_jam_and_another_seed_another(tmp_path: Path) -> None:
    digests = []
    for run, seed in enumerate((2006, 2006, 7)):
        store, vault = await JamStore.open(MemoryJournal(), lambda: NOW), await SqliteVault.open(tmp_path / f"{run}.db")
        await load_sample(store, vault, NOW, seed)
        digests.append(digest(store.by_slug(SLUG)))
        await vault.close()
        await store.close()
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(1, 6))
async def test_no_command_is_refused_whatever_the_seed(store: JamStore, vault: SqliteVault, seed: int) -> None:
    await load_sample(store, vault, NOW, seed)
    report = await verify(store.journal, store.by_slug(SLUG), SLUG)
    assert report.ok, report.problems


@pytest.mark.anyio
async def test_a_jam_that_is_there_stays_as_it_is(store: JamStore, vault: SqliteVault, jam: JamState) -> None:
    before = digest(jam)
    assert await load_sample(store, vault, NOW + HOUR, 1) == SLUG
    assert digest(store.by_slug(SLUG)) == before


@pytest.mark.anyio
async def test_it_plays_on_with_votes_comments_likes_and_held_back_ideas(store: JamStore, jam: JamState) -> None:
    before = Counter(ideas=len(jam.ideas), comments=len(jam.comments), votes=sum(idea.support for idea in jam.ideas))
    likes = sum(len(comment.likers) for comment in jam.comments)
    done = await play_live(store, SLUG, Everyone(), 4_000.0, asyncio.Event(), duration_s=2.0, seed=1)
    assert done > 100
    assert sum(idea.support for idea in jam.ideas) > before["votes"]
    assert sum(len(comment.likers) for comment in jam.comments) > likes
    new_ideas, new_comments = jam.ideas[before["ideas"] :], jam.comments[before["comments"] :]
    held_back = {idea_id(row) for row in content().held_back()}
    assert {idea.id for idea in new_ideas} <= held_back
    assert new_ideas
    assert new_comments
    remarks = {row["body"]: row["lang"] for row in content().remarks}
    for comment in new_comments:
        assert remarks[comment.body] == comment.language == Everyone().person(comment.author).language
    pairs = [(comment.idea, comment.body) for comment in new_comments]
    assert len(set(pairs)) == len(pairs), "nobody says what was said about that idea before"


@pytest.mark.anyio
async def test_it_stops_at_once_when_told(store: JamStore, jam: JamState) -> None:
    stop = asyncio.Event()
    playing = asyncio.create_task(play_live(store, SLUG, Everyone(), 0.001, stop, seed=1))
    await asyncio.sleep(0.01)
    stop.set()
    assert await asyncio.wait_for(playing, PATIENCE_S) == 0


@pytest.mark.anyio
async def test_in_a_closed_jam_nothing_happens(jam: JamState, store: JamStore) -> None:
    late = await JamStore.open(store.journal, lambda: jam.schedule.closes_at + 1)
    before = digest(late.by_slug(SLUG))
    assert await play_live(late, SLUG, Everyone(), 4_000.0, asyncio.Event(), duration_s=0.3, seed=1) == 0
    assert digest(late.by_slug(SLUG)) == before
    await late.close()


@pytest.mark.anyio
@pytest.mark.parametrize(("slug", "speed"), [("none", 1.0), (SLUG, 0.0)])
async def test_what_can_not_be_played_is_refused(jam: JamState, store: JamStore, slug: str, speed: float) -> None:
    with pytest.raises(ValueError):
        await play_live(store, slug, Everyone(), speed, asyncio.Event())


def test_the_bank_of_remarks_speaks_both_languages() -> None:
    remarks = content().remarks
    kinds = Counter((row["lang"], row["kind"]) for row in remarks)
    assert len(remarks) >= 120
    assert len({row["body"] for row in remarks}) == len(remarks)
    assert min(kinds[(lang, kind)] for lang in ("en", "he") for kind in ("comment", "reply")) >= 20
    assert [
        row["body"] for row in remarks if any("א" <= letter <= "ת" for letter in row["body"]) != (row["lang"] == "he")
    ] == []
