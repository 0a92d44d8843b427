"""Stores to measure with: a running jam with people who are signed in, made through the real store, once a recipe.

A made store is kept under `bench/out/stores` and copied for each run, so that every run begins at the same state.
"""

import asyncio
import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.processes import ROOT
from bench.tools import OUT
from server.access.sessions import Sessions
from server.app.clock import wall_clock
from server.cli.options import settings_with
from server.jam import commands as c
from server.jam import ids
from server.jam.people import RELATIONS, Relation, Role
from server.jam.phases import Schedule
from server.jam.rejections import Rejection
from server.jam.state import JamState
from server.jam_store import JamStore
from server.stores import open_stores
from server.vault.port import PersonRecord, Vault

JAM = SLUG = "bench"
HOUR, DAY = 3_600_000, 86_400_000
FRESH_DAYS = 7
"""A made store is used for so long: its sessions and its jam end some time."""

AT_ONCE = 2_000
CROWD = 1_000
COUNTRIES = ("IL", "US", "IN", "DE", "BR")
SUMMARY = "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 2


@dataclass(frozen=True, slots=True)
class Recipe:
    """`classes` is how many relations the people have, and so how many visibility classes there are. Each idea but the
    first, which is for measuring, has `supports` supporters. Unless `joined`, people are signed in but no members yet.
    """

    ideas: int = 1_000
    people: int = 10_000
    classes: int = 1
    supports: int = 10
    joined: bool = True

    def name(self) -> str:
        """The same for the same recipe and the same code of the server."""
        return f"{self.ideas}-{self.people}-{self.classes}-{self.supports}-{self.joined:d}-{code_digest()}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A store in `data`; `tokens` has a line a person, `ideas` a line an idea; `seq` is where the jam stands."""

    data: Path
    tokens: Path
    ideas: Path
    jam_id: str
    first_idea: str
    seq: int
    organizer_token: str

    def copied(self, into: Path) -> Path:
        """A fresh copy of the store."""
        shutil.rmtree(into, ignore_errors=True)
        shutil.copytree(self.data, into)
        return into

    def token_list(self) -> list[str]:
        return self.tokens.read_text().split()


def prepared(recipe: Recipe) -> Prepared:
    """The store of a recipe, made if there is none of late."""
    folder = OUT / "stores" / recipe.name()
    made = folder / "made.json"
    if not made.exists() or time.time() - made.stat().st_mtime > FRESH_DAYS * 86_400:
        _forget_outdated(folder)
        folder.mkdir(parents=True)
        made.write_text(json.dumps(asyncio.run(_make(recipe, folder))))
    found = json.loads(made.read_text())
    return Prepared(folder / "data", folder / "tokens.txt", folder / "ideas.txt", **found)


def _forget_outdated(folder: Path) -> None:
    """Removes the store itself, and all that were made by other code."""
    for other in folder.parent.glob("*"):
        if other == folder or not other.name.endswith(code_digest()):
            shutil.rmtree(other, ignore_errors=True)


@cache
def code_digest() -> str:
    """A short digest of the code that decides what is stored: a store of another version is made anew."""
    digest = hashlib.blake2b(digest_size=5)
    for part in ("jam", "organization", "journal", "vault"):
        for source in sorted((ROOT / "server" / part).rglob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()


async def _make(recipe: Recipe, folder: Path) -> dict[str, object]:
    settings = settings_with(folder / "data", theme_workers=0)
    async with open_stores(settings) as (journal, vault):
        store = await JamStore.open(journal, wall_clock)
        await open_jam(store)
        sessions = Sessions(vault, wall_clock, settings.session_days)
        organizer = await _organizer(store, vault, sessions)
        everyone = [person_id(number) for number in range(recipe.people + CROWD)]
        people, crowd = everyone[: recipe.people], everyone[recipe.people :]
        await add_people(vault, everyone)
        await _submit(store, _joins(recipe, everyone if recipe.joined else []))
        await _submit(store, _ideas(recipe, people))
        ideas = [idea.id for idea in _state(store).ideas]
        await _submit(store, _supports(recipe, crowd, ideas))
        tokens = await signed_in(sessions, people)
        seq = _state(store).seq
        await store.save_snapshot(_state(store))
        await store.close()
    (folder / "tokens.txt").write_text("".join(f"{token}\n" for token in tokens))
    (folder / "ideas.txt").write_text("".join(f"{idea}\n" for idea in ideas[1:]))
    return {"jam_id": JAM, "first_idea": ideas[0] if ideas else "", "seq": seq, "organizer_token": organizer}


async def open_jam(store: JamStore) -> None:
    """A published jam with one topic, in ideation for the next months."""
    now = wall_clock()
    schedule = Schedule(now - HOUR, now - HOUR, now + 100 * DAY, now + 101 * DAY, now + 102 * DAY)
    await store.create(
        c.CreateJam(
            actor=ids.SYSTEM, id="create", jam=JAM, slug=SLUG, titles={"en": "Bench"}, questions={"en": "How fast?"},
            descriptions={}, rules={}, languages=("en", "he"), main_language="en", schedule=schedule,
        )
    )  # fmt: skip
    await store.submit(JAM, c.AddTopic(actor=ids.SYSTEM, id="topic", titles={"en": "All"}, descriptions={}))
    await store.submit(JAM, c.PublishJam(actor=ids.SYSTEM, id="publish"))


TOPIC = ids.derive_id(ids.TOPIC, ids.SYSTEM, "topic")


async def _organizer(store: JamStore, vault: Vault, sessions: Sessions) -> str:
    """The token of the jam's organizer."""
    await vault.add_person(PersonRecord("porganizer", None, "Organizer", None, "en", wall_clock()))
    await store.submit(JAM, join("porganizer", Role.ORGANIZER, Relation.EMPLOYEE))
    return await sessions.begin("porganizer", "bench")


def person_id(number: int) -> str:
    return ids.derive_id(ids.PERSON, "bench", str(number))


async def add_people(vault: Vault, people: list[str]) -> None:
    """Names and countries of people, in the vault."""
    now = wall_clock()
    for start in range(0, len(people), AT_ONCE):
        part = people[start : start + AT_ONCE]
        await vault.add_people(
            [
                PersonRecord(person, None, f"Participant {start + place:06}", COUNTRIES[place % len(COUNTRIES)], "en", now)
                for place, person in enumerate(part)
            ]
        )


async def signed_in(sessions: Sessions, people: list[str]) -> list[str]:
    """A session's secret for each, as signing in makes it."""
    tokens: list[str] = []
    for start in range(0, len(people), AT_ONCE):
        tokens += await asyncio.gather(*(sessions.begin(person, "bench") for person in people[start : start + AT_ONCE]))
    return tokens


def join(person: str, role: Role, relation: Relation) -> c.AddMember:
    return c.AddMember(actor=ids.SYSTEM, id=f"join-{person}", person=person, role=role, relation=relation)


def _joins(recipe: Recipe, people: list[str]) -> Iterator[c.Command]:
    for number, person in enumerate(people):
        yield join(person, Role.PARTICIPANT, RELATIONS[number % recipe.classes])


def _ideas(recipe: Recipe, people: list[str]) -> Iterator[c.Command]:
    for number in range(recipe.ideas):
        title = f"Idea number {number}: solar powered bike lockers for all"
        yield c.PostIdea(
            actor=people[number % len(people)], id=f"idea-{number:06}", topic=TOPIC, title=title, body=SUMMARY, language="en"
        )


def _supports(recipe: Recipe, crowd: list[str], ideas: list[str]) -> Iterator[c.Command]:
    """By people who are not signed in, so that the others still have all their votes to give."""
    for number in range(1, len(ideas)):
        for place in range(recipe.supports):
            person = crowd[(number * recipe.supports + place) % len(crowd)]
            yield c.SupportIdea(actor=person, id=f"support-{number}", idea=ideas[number])


async def _submit(store: JamStore, commands: Iterator[c.Command]) -> None:
    answers = await store.submit_many(JAM, ((command, None) for command in commands))
    for answer in answers:
        if isinstance(answer, Rejection):
            raise answer


def _state(store: JamStore) -> JamState:
    state = store.get(JAM)
    assert state is not None
    return state
