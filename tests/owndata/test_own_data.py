"""The archive has every mention of the person and nothing of others; a new event or kind of thing is covered without being named."""

import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_type_hints
from zipfile import ZipFile

import orjson
import pytest

from server.jam.entities import Member
from server.jam.events import REGISTRY
from server.jam.visibility import ContentStatus
from server.journal.memory import MemoryJournal
from server.organization.events import REGISTRY as ORGANIZATION
from server.owndata.archive import write_archive
from server.owndata.events import events_about
from server.owndata.gather import OwnData, gather
from server.owndata.jams import OWN_PARTS
from server.owndata.page import page_of
from server.owndata.plain import is_secret, plain
from server.vault.port import PersonRecord
from server.vault.sqlite import SqliteVault
from tests.erasing.lived import BODY, COMMENT, DANA, EDITED, NAME, NOTE, OMER, THEIRS, TITLE, live, opened
from tests.vault.test_own import KINDS

pytestmark = pytest.mark.anyio
ME, OTHER = "p-me", "p-other"
EVENTS = {**REGISTRY, **ORGANIZATION}


def mentions(hint: Any) -> list[Any]:
    """Values of this type in which the person is, another beside them where there is room."""
    text = str(hint)
    if hint is str or text in ("str | None", "typing.Optional[str]"):
        return [ME]
    if "Mapping" in text and "str" in text:
        return [{ME: 1}, {"en": ME}]
    if text.startswith("tuple["):
        return [[ME, OTHER], [[ME, OTHER]], [{"person": ME, "by": OTHER}]]
    return []


def rows() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every event there is, once for each field that could name a person."""
    for (name, version), cls in EVENTS.items():
        hints = get_type_hints(cls)
        for one in fields(cls):
            for value in mentions(hints[one.name]) if not is_secret(one.name) else ():
                yield f"{name}.{one.name}", {"t": name, "v": version, "at": 1, "beside": OTHER, one.name: value}


async def test_whatever_event_names_the_person_is_in_the_archive() -> None:
    journal, made = MemoryJournal(), list(rows())
    assert {row["t"] for _, row in made} >= {"member.joined", "circle.created", "idea.supported", "ideas.seen", "erasure.begun"}
    for place, (_, row) in enumerate(made):
        foreign = {"t": "idea.posted", "v": 1, "at": 1, "author": OTHER}
        await journal.append("jam:j1", 2 * place, 2, orjson.dumps([[None, [foreign, row]]]), str(place))
    told = [event async for event in events_about(journal, "jam:j1", ME, lambda text: text == OTHER)]
    assert [event["seq"] for event in told] == [2 * place + 2 for place in range(len(made))]
    for (field, _), event in zip(made, told, strict=True):
        assert ME in json.dumps(event), field
    assert OTHER not in json.dumps(told)


def test_of_a_crowd_only_the_person_is_told() -> None:
    told = plain({"people": [OTHER, ME, OTHER, OTHER]}, lambda text: text == OTHER)
    assert told == {"people": ["another person", ME]}


async def test_an_event_without_the_person_is_not() -> None:
    journal = MemoryJournal()
    row = {"t": "idea.posted", "v": 1, "at": 1, "author": OTHER, "title": f"About {ME} and others", "body": f"{ME}2"}
    await journal.append("jam:j1", 0, 1, orjson.dumps([[None, [row]]]), "a")
    assert [event async for event in events_about(journal, "jam:j1", ME, lambda text: False)] == []


async def test_every_table_of_the_vault_is_tried(tmp_path: Path) -> None:
    """A new table that refers to people needs an example in `tests/vault/test_own.py`."""
    await (await SqliteVault.open(tmp_path / "vault.sqlite")).close()
    with closing(sqlite3.connect(tmp_path / "vault.sqlite")) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        owned = {name for name in tables if any(row[2] == "people" for row in db.execute(f"PRAGMA foreign_key_list({name})"))}
    assert owned - {"person_words"} == KINDS.keys()


async def own(data: Path, person: str = DANA) -> OwnData:
    async with opened(data) as (store, vault, _):
        names = await vault.people([DANA, OMER])
        found = await vault.person(person)
        assert found is not None
        return await gather(store, vault, lambda id: names[id].name if id in names else None, found, 1_800_000_000_000)


@pytest.fixture
async def lived(tmp_path: Path) -> Path:
    async with opened(tmp_path) as (store, vault, _):
        await live(store, vault)
        for kind, (make, put) in KINDS.items():
            if kind not in ("links", "sessions", "images", "drafts", "visits"):
                await put(vault, make(DANA))
    return tmp_path


async def test_everything_is_there_and_no_secret(lived: Path) -> None:
    made = await own(lived)
    told, text = made.told, json.dumps(made.told, ensure_ascii=False)
    assert (told["format"], told["version"], told["person"]["name"]) == ("hothouse-own-data", 1, NAME)
    assert set(told["account"]) == set(KINDS)
    (jam,) = told["jams"]
    (idea,) = jam["ideas"]
    assert (idea["title"], [one["title"] for one in idea["versions"]]) == (EDITED, [TITLE, EDITED])
    assert [comment["body"] for comment in jam["comments"]] == [COMMENT]
    assert [(vote["title"], vote["vote"]) for vote in jam["votes"]] == [(THEIRS, "support")]
    assert jam["votes"][0]["at"].endswith("Z")
    assert [report["note"] for report in jam["reports"]] == [NOTE]
    assert jam["notices"] or jam["membership"]["role"] == "PARTICIPANT"
    assert {event["event"] for event in jam["events"]} >= {"member.joined", "idea.posted", "idea.supported", "report.filed"}
    for secret in ("session-hash", "link-hash", "token of", "token_hash"):
        assert secret not in text
    assert made.files == {told["account"]["images"][0]["file"]: b"Pixeldata of hers" * 900}


async def test_others_are_nobody_in_particular(lived: Path) -> None:
    text = json.dumps((await own(lived)).told)
    assert OMER not in text
    assert "omer@example.org" not in text


async def test_what_the_person_may_not_see_stays_unseen(lived: Path) -> None:
    async with opened(lived) as (store, vault, _):
        state = store.get("j1")
        assert state is not None
        state.ideas[1].status = ContentStatus.HIDDEN
        found = await vault.person(DANA)
        assert found is not None
        told = (await gather(store, vault, lambda id: None, found, 0)).told
    assert THEIRS not in json.dumps(told["jams"][0]["votes"])
    assert told["jams"][0]["votes"][0]["idea"]


def test_each_field_of_a_member_is_told_or_left_out_on_purpose() -> None:
    assert {field.name for field in fields(Member)} >= OWN_PARTS


class Reader(HTMLParser):
    """What is in a page: its tags, its attributes and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


async def test_the_page_is_readable_in_hebrew_and_runs_nothing(lived: Path) -> None:
    made = await own(lived)
    made.told["jams"][0]["ideas"][0]["body"] = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    page = Reader()
    page.feed(page_of(made))
    assert ("dir", "rtl") in page.attributes
    assert "המידע שלי" in page.text
    assert EDITED in page.text
    assert "<script>alert(1)</script>" in page.text
    assert not {"script", "img", "iframe", "link", "object", "form"} & {*page.tags}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not [value for name, value in page.attributes if name in ("href", "src") and not (value or "").startswith("files/")]


async def test_the_archive_has_the_page_the_data_and_the_files(lived: Path) -> None:
    made, file = await own(lived), io.BytesIO()
    write_archive(made, file)
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["data.json", "data.html", *made.files]
        assert json.loads(archive.read("data.json")) == made.told
        assert BODY in archive.read("data.html").decode()


async def test_of_someone_in_no_jam_the_archive_is_short(tmp_path: Path) -> None:
    async with opened(tmp_path) as (store, vault, _):
        await vault.add_people([PersonRecord("p-new", None, "New", None, "en", 5)])
        found = await vault.person("p-new")
        assert found is not None
        told = (await gather(store, vault, lambda id: None, found, 0)).told
    assert (told["jams"], told["account"], told["person"]["name"]) == ([], {}, "New")
