"""Loads the sample jam: sixty hours of it have passed, ideation closes in a day."""

import random
from collections.abc import Iterator

from server.jam import commands as c
from server.jam.ids import SYSTEM
from server.jam.phases import Schedule
from server.jam.rejections import Rejection
from server.jam_store import JamStore
from server.ordered import submit_in_order
from server.progress import SILENT, Progress
from server.sample import content as names
from server.sample.content import JAM, SLUG, Content, Row, content
from server.sample.crowd import LAST_MINUTE, Crowd
from server.sample.story import Act, Story
from server.vault.port import PersonRecord, Vault

__all__ = ["SLUG", "load_sample"]

MINUTE, HOUR = 60_000, 3_600_000
LOBBY_HOURS, LEFT_HOURS, REFINEMENT_HOURS, REVIEW_HOURS = 24, 24, 48, 96


async def load_sample(store: JamStore, vault: Vault, now: int, seed: int, progress: Progress = SILENT) -> str:
    """Makes the sample jam as it is at `now` (ms), and returns its address; one that is there already stays as it is.

    The same `now` and `seed` give the same jam. Everything is a command at its own time, so every rule has been kept.
    Raises `Rejection` if one of them is refused.
    """
    if store.by_slug(SLUG) is not None:
        return SLUG
    written, opened = content(), ideation_opened(now)
    held_back = frozenset(row["id"] for row in written.held_back())
    story = Story(written, held_back)
    crowd = Crowd(story, random.Random(seed))
    await vault.add_people([_record(row, instant(opened, crowd.joins[row["id"]])) for row in written.people])
    await _make(store, written, schedule(opened, now))
    acts = sorted(
        (*_joining(story, crowd), *story.acts(), *crowd.acts()), key=lambda act: (int(act.minute), act.rank, act.minute)
    )
    progress.begin("sample jam", len(acts))
    commands = ((act.command, instant(opened, act.minute)) for act in acts)
    answers = await submit_in_order(store, JAM, commands, progress.reach)
    for answer in answers:
        if isinstance(answer, Rejection):
            raise answer
    return SLUG


def ideation_opened(now: int) -> int:
    """When ideation opened (ms), so that the last written minute is over now."""
    return (now // MINUTE - LAST_MINUTE - 1) * MINUTE


def instant(opened: int, minute: float) -> int:
    return opened + int(minute * MINUTE)


def schedule(opened: int, now: int) -> Schedule:
    """Ideation closes on the full hour, about a day from now: two thirds of it are over."""
    closes = -(-now // HOUR) * HOUR + LEFT_HOURS * HOUR
    review = closes + REFINEMENT_HOURS * HOUR
    return Schedule(opened - LOBBY_HOURS * HOUR, opened, closes, review, review + REVIEW_HOURS * HOUR)


def _record(row: Row, joined: int) -> PersonRecord:
    return PersonRecord(names.person(row["id"]), None, row["name"], row["country"], row["language"], joined)


async def _make(store: JamStore, written: Content, planned: Schedule) -> None:
    """The jam with its topics and its organizer, published as the lobby opens."""
    jam = written.jam
    await store.create(
        c.CreateJam(
            actor=SYSTEM, id=f"sample:{JAM}", jam=JAM, slug=SLUG, titles=jam["title"], questions=jam["question"],
            descriptions=jam["description"], rules=jam["rules"], languages=("en", "he"), main_language="en", schedule=planned,
        ),
        at=planned.lobby_at,
    )  # fmt: skip
    for row in jam["topics"]:
        await store.submit(JAM, names.add_topic(row), at=planned.lobby_at)
    organizer = next(row for row in written.people if row["id"] == names.ORGANIZER)
    for command in (c.PublishJam(actor=SYSTEM, id=f"sample:{JAM}:publish"), _join(organizer)):
        await store.submit(JAM, command, at=planned.lobby_at)


def _joining(story: Story, crowd: Crowd) -> Iterator[Act]:
    return (Act(crowd.joins[id], -1, _join(row)) for id, row in story.people.items() if id != names.ORGANIZER)


def _join(row: Row) -> c.AddMember:
    return c.AddMember(
        actor=SYSTEM, id=f"sample:{JAM}:join:{row['id']}", person=names.person(row["id"]), role=names.role(row),
        relation=names.relation(row),
    )  # fmt: skip
