"""Stores in which someone has left traces everywhere, and what to look for when they are gone."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from server.app.clock import wall_clock
from server.erasing.service import Erasing, ErasureReport, Step
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.phases import Schedule
from server.jam_store import JamStore
from server.journal.port import Journal
from server.settings import Settings
from server.stores import open_stores
from server.vault.port import Draft, Image, PersonRecord, Session, SignInLink, Vault
from server.vault.visits import Visit
from tests.jam.world import grouping

HOUR = 3_600_000
DANA, OMER, ORG = "p00000000000000da", "p00000000000000ab", "p00000000000000cd"
NAME, ADDRESS = "Danalia Quokkasdottir", "danalia.quokka@example.org"
TITLE, EDITED, BODY, COMMENT, NOTE = (
    "Zyzzyva meadows on roofs", "Zyzzyva lawns on roofs", "Let the xylophonists play.", "Wobbegongs agree", "Rude quetzals",
)  # fmt: skip
PERSONAL = (NAME, ADDRESS, "Danalia", "Quokkasdottir", "danalia.quokka", "Pixeldata of hers", "Half-written axolotl")
WRITTEN = (TITLE, EDITED, BODY, COMMENT, NOTE, "Zyzzyva", "xylophonists", "Wobbegongs", "quetzals")
THEIRS = "Bicycles for everybody"


@asynccontextmanager
async def opened(data: Path) -> AsyncGenerator[tuple[JamStore, Vault, Journal], None]:
    """The stores of a folder."""
    async with open_stores(Settings(data=data)) as (journal, vault):
        store = await JamStore.open(journal, wall_clock)
        yield store, vault, journal
        await store.close()


class Patient(Erasing):
    """Waits until all is finished, as a server does before it ends."""

    async def erase(self, person: str, withdraws: bool) -> ErasureReport:
        report = await super().erase(person, withdraws)
        await self.settled()
        return report


def erasing(store: JamStore, vault: Vault, data: Path, after_step: Step = lambda step: None) -> Erasing:
    return Patient(store, vault, data, store.save_snapshot, after_step)


async def live(store: JamStore, vault: Vault) -> str:
    """Dana lives in the jam "j1": everything of hers that is kept anywhere. Returns the id of her idea."""
    now = wall_clock()
    await vault.add_people(
        [
            PersonRecord(DANA, ADDRESS, NAME, "IL", "he", now),
            PersonRecord(OMER, "omer@example.org", "Omer Cohen", None, "en", now),
            PersonRecord(ORG, "org@example.org", "Orga Nizer", None, "en", now),
        ]
    )
    await vault.add_session(Session("session-hash", DANA, now, now, now + HOUR, "Danalia's browser"))
    await vault.add_link(SignInLink("link-hash", DANA, None, now + HOUR, "/"))
    await vault.put_image(Image("image", DANA, "image/png", b"Pixeldata of hers" * 900, 1, 1, now))
    await vault.put_draft(Draft(DANA, "j1", "idea", "Half-written axolotl", now))
    await vault.put_visits([Visit(DANA, "j1", 3, now)])
    return await _jam(store, now)


async def _jam(store: JamStore, now: int) -> str:
    schedule = Schedule(*(now + hours * HOUR for hours in (-2, -1, 1, 2, 3)))
    await store.create(
        c.CreateJam(
            actor=ids.SYSTEM, id="create", jam="j1", slug="spring", titles={"en": "Spring"}, questions={"en": "What next?"},
            descriptions={}, rules={}, languages=("en",), main_language="en", schedule=schedule,
        )
    )  # fmt: skip
    topic = c.AddTopic(actor=ids.SYSTEM, id="topic", titles={"en": "All"}, descriptions={})
    idea = c.PostIdea(actor=DANA, id="post", topic=topic.derived(ids.TOPIC), title=TITLE, body=BODY)
    other = c.PostIdea(actor=OMER, id="other", topic=topic.derived(ids.TOPIC), title=THEIRS, body="With lamps.")
    mine, theirs = idea.derived(ids.IDEA), other.derived(ids.IDEA)
    remark = c.PostComment(actor=OMER, id="remark", idea=theirs, body="By the way")
    commands: list[c.Command] = [
        topic,
        c.PublishJam(actor=ids.SYSTEM, id="publish"),
        *(
            c.AddMember(actor=ids.SYSTEM, id=f"join-{person}", person=person, role=role, relation=Relation.EMPLOYEE)
            for person, role in ((DANA, Role.PARTICIPANT), (OMER, Role.PARTICIPANT), (ORG, Role.ORGANIZER))
        ),
        idea,
        other,
        c.EditIdea(actor=DANA, id="edit", idea=mine, title=EDITED, body=BODY, base_version=1),
        c.SupportIdea(actor=DANA, id="vote", idea=theirs),
        c.SupportIdea(actor=OMER, id="vote back", idea=mine),
        c.PostComment(actor=DANA, id="comment", idea=theirs, body=COMMENT),
        remark,
        c.FileReport(actor=DANA, id="report", target=remark.derived(ids.COMMENT), reason="SPAM", note=NOTE),
    ]
    for command in commands:
        await store.submit("j1", command)
    await _grouped(store, mine, theirs)
    return mine


async def _grouped(store: JamStore, mine: str, theirs: str) -> None:
    """Themes whose names and keywords are of her words, and of others'; a snapshot has them too."""
    state = store.get("j1")
    assert state is not None
    fields = grouping({"h1": (mine,), "h2": (theirs,)}, {}, ())
    named = [
        dict(theme, name=name, keywords=words)
        for theme, (name, words) in zip(
            fields["themes"], (("Zyzzyva meadows", ["xylophonists", "roofs"]), ("Bicycles", ["lamps"])), strict=True
        )
    ]
    fields |= {"themes": tuple(named), "edits": 0, "follows": None}
    await store.submit("j1", c.RecordGrouping(actor=ids.SYSTEM, id="grouping", **fields))
    await store.save_snapshot(state)
