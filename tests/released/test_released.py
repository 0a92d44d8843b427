"""Stores of every released version are opened, show what they showed, and are written to, by today's code."""

import gzip
import json
import shutil
import sqlite3
import uuid
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from server.jam import commands as c
from server.jam import events
from server.jam.digest import digest
from server.jam.upcasts import UPCASTS
from server.jam_store import ORGANIZATION_STREAM, PREFIX, JamStore, load_organization, load_state
from server.journal.port import Journal
from server.keeping.archive import take_archive
from server.keeping.backup import restore
from server.organization.events import REGISTRY as ORGANIZATION_REGISTRY
from server.settings import Settings
from server.snapshots import KIND
from server.stores import init_stores, open_stores
from server.vault.port import Vault
from server.verifying import verify
from tests.jam.world import HOUR, T0
from tests.released.lived import GONE, JAM, SLUG, fill, missing, whole_jam
from tests.released.make import ARCHIVE, BACKUP, EXPECTED, FOLDER, make, plain, version
from tests.released.seen import differences, seen
from tests.released.shapes import breaks, shapes_of
from tests.stores.secantus import mongo_server
from tests.web.running import OURS, free_port, graphql, serving

pytestmark = pytest.mark.anyio
VERSIONS = sorted(path.name for path in FOLDER.iterdir() if (path / EXPECTED).exists())
WHAT_TO_DO = (
    "Journals out there could not be read any more. Take the change back, or give the event a new version with an upcast "
    "(server/jam/upcasts.py). Only while this version has not been released: make release-fixture AGAIN=yes"
)
LARGEST = 300_000


@pytest.fixture(params=VERSIONS)
def released(request: pytest.FixtureRequest) -> Path:
    return FOLDER / str(request.param)


def expected(released: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress((released / EXPECTED).read_bytes()))
    return found


async def unpacked(released: Path, folder: Path) -> Path:
    """The data folder of that version, restored from its backup as an operator would."""
    backup = folder / "backup.tar"
    backup.write_bytes(gzip.decompress((released / BACKUP).read_bytes()))
    await restore(backup, folder / "data")
    return folder / "data"


@asynccontextmanager
async def opened(data: Path) -> AsyncGenerator[tuple[Journal, Vault], None]:
    async with open_stores(Settings(data=data)) as pair:
        yield pair


# ------------------------------------------------------------------------------------------------------ reading and writing on
async def test_its_journal_gives_the_same_jam(released: Path, tmp_path: Path) -> None:
    told = expected(released)
    async with opened(await unpacked(released, tmp_path)) as (journal, _):
        replayed = await load_state(journal, PREFIX + JAM, from_zero=True)
        started = await load_state(journal, PREFIX + JAM)
        organization = await load_organization(journal)
    assert replayed.seq == told["events"]
    assert digest(replayed) == digest(started), "what a start finds is not what the journal says"
    if told["form"] == KIND:
        assert digest(replayed) == told["digest"]
    assert differences(told["seen"], plain(seen(replayed))) == []
    assert organization.slugs == {SLUG: JAM}
    assert set(organization.organizers) == {"org"}


async def test_its_vault_holds_what_it_held(released: Path, tmp_path: Path) -> None:
    async with opened(await unpacked(released, tmp_path)) as (_, vault):
        assert differences(expected(released)["belongings"], plain(await vault.belongings("ann"))) == []
        assert (await vault.people(["ann", "fay"]))["fay"].name == "Fay Beispiel"
        assert [hook.id for hook in await vault.hooks(JAM)] == ["hook"]


async def test_it_is_written_on(released: Path, tmp_path: Path) -> None:
    now = T0 + 2 * HOUR + HOUR // 2
    async with opened(await unpacked(released, tmp_path)) as (journal, _):
        store = await JamStore.open(journal, lambda: now)
        before = await journal.last(PREFIX + JAM)
        topic = next(id for id, topic in store.all()[0].topics.items() if topic.titles == {"en": "Once more"})
        idea = c.PostIdea(actor="una", id="written on", topic=topic, title="Written on", body="By a newer version")
        await store.submit(JAM, idea)
        await store.submit(JAM, c.SupportIdea(actor="uma", id="vote", idea=idea.derived("i")))
        state = store.all()[0]
        assert state.ideas[-1].support == 1
        assert await journal.last(PREFIX + JAM) == before + 2
        await store.save_snapshot(state)
        await store.close()
        assert (await verify(journal, None, SLUG)).problems == []


async def test_a_server_serves_it(released: Path, tmp_path: Path) -> None:
    data = await unpacked(released, tmp_path)
    settings = Settings(data=data, port=free_port(), theme_workers=0)
    async with serving(settings) as server, aclosing(httpx.AsyncClient(base_url=settings.url, headers=OURS)) as client:
        link = await server.links.make("org", "/")
        assert (await client.post("/auth/enter", json={"token": link.split("#")[1]})).status_code == 200
        jam = (await graphql(client, '{ jam(slug: "jam") { id ideas(first: 50) { edges { node { title } } } } }'))["jam"]
        assert jam["id"] == JAM
        assert {edge["node"]["title"] for edge in jam["ideas"]["edges"]} >= {"Benches", "Lamps", "Desks"}


@pytest.mark.parametrize("store", ["sqlite", "mongo"])
async def test_its_archive_is_taken_in(released: Path, tmp_path: Path, store: str) -> None:
    async with AsyncExitStack() as stack:
        settings = Settings(data=tmp_path / "other")
        if store == "mongo":
            url = stack.enter_context(mongo_server(tmp_path / "mongo"))
            settings = Settings(mongo_url=SecretStr(url), mongo_database=f"test-{uuid.uuid4().hex}")
        await init_stores(settings)
        journal, vault = await stack.enter_async_context(open_stores(settings))
        taken = await take_archive(journal, vault, released / ARCHIVE, T0)
        assert taken.jam.events == expected(released)["events"]
        assert differences(expected(released)["seen"], plain(seen(await load_state(journal, PREFIX + JAM)))) == []


# -------------------------------------------------------------------------------------------------------------- compatibility
def test_no_event_is_changed_so_that_it_can_not_be_read(released: Path) -> None:
    recorded = expected(released)["shapes"]
    today = {"jam": shapes_of(events.REGISTRY), "organization": shapes_of(ORGANIZATION_REGISTRY)}
    said = []
    for domain, shapes in recorded.items():
        for name, shape in shapes.items():
            now = today[domain].get(name)
            if now is None:
                kind, _, number = name.partition("@")
                said += [] if (kind, int(number)) in UPCASTS else [f"{name} is gone"]
            elif now["fields"].keys() != shape["fields"].keys():
                said.append(f"{name} had the fields {sorted(shape['fields'])} and has {sorted(now['fields'])}")
            else:
                said += breaks(shape, now, name)
    assert said == [], WHAT_TO_DO


async def test_everything_that_it_could_record_is_in_its_journal(released: Path, tmp_path: Path) -> None:
    """What this fixture does not hold, no later version is tested with."""
    kinds: dict[str, set[str]] = {"jam": set(), "organization": set()}
    data = await unpacked(released, tmp_path)
    with closing(sqlite3.connect(data / "journal.sqlite")) as db:
        for stream, payload in db.execute("SELECT stream, payload FROM records"):
            domain = "organization" if stream == ORGANIZATION_STREAM else "jam"
            kinds[domain] |= {f"{row['t']}@{row['v']}" for _, rows in json.loads(payload) for row in rows}
    assert {domain: set(shapes) for domain, shapes in expected(released)["shapes"].items()} == kinds


def test_it_is_small_and_names_nobody_real(released: Path) -> None:
    assert sum(path.stat().st_size for path in released.iterdir()) < LARGEST
    people = json.dumps(expected(released)["belongings"])
    addresses = {word.strip('",') for word in people.split() if "@" in word}
    assert addresses
    assert all(address.endswith("@example.org") for address in addresses)


# ----------------------------------------------------------------------------------------------------------- this version's own
def test_this_version_has_its_stores_here() -> None:
    assert version() in VERSIONS, "make release-fixture"


def test_a_change_of_an_event_is_noticed() -> None:
    """The check can fail: each of these would make a journal unreadable, or read as something else."""
    shape = shapes_of({("theme.renamed", 1): events.ThemeRenamed})["theme.renamed@1"]
    lacking = {**shape, "fields": {name: one for name, one in shape["fields"].items() if name != "by"}}
    assert breaks(shape, lacking, "e") == ["e.by is gone"]
    assert breaks(shape, {**shape, "fields": {**shape["fields"], "by": "int"}}, "e") == ["e.by: was str and is int"]
    more = {"fields": {**shape["fields"], "more": "str"}, "needed": [*shape["needed"], "more"]}
    assert breaks(shape, more, "e") == ["e.more is new and needed"]
    assert breaks(shape, {**more, "needed": shape["needed"]}, "e") == []
    assert breaks({"one of": ["A", "B"]}, {"one of": ["B", "C"]}, "e") == ["e: A is gone"]
    assert breaks({"one of": ["A"]}, {"one of": ["A", "B"]}, "e") == []
    assert breaks("str", {"any of": ["NoneType", "str"]}, "e") == []
    assert breaks({"any of": ["NoneType", "str"]}, "str", "e") != []
    assert breaks({"list of": "str"}, {"list of": "int"}, "e") == ["e[]: was str and is int"]


def test_the_fixture_of_this_version_can_be_made_and_everything_happens_in_it() -> None:
    world = whole_jam()
    assert missing(world) == set()
    titles = {name: {idea["title"] for idea in jam["ideas"]} for name, jam in seen(world.state).items()}
    assert "Desks" in titles["employee"] - titles["friend"]
    assert titles["friend"] >= {"Benches", "Lamps"}
    assert not any("A surprise" in seen_by for seen_by in titles.values()), "exports hold nothing of circles"


async def test_making_it_writes_a_whole_fixture(tmp_path: Path) -> None:
    await make(tmp_path)
    told, data = expected(tmp_path), await unpacked(tmp_path, tmp_path)
    assert (tmp_path / ARCHIVE).stat().st_size > 0
    async with opened(data) as (journal, vault):
        assert digest(await load_state(journal, PREFIX + JAM)) == told["digest"]
        assert await vault.person(GONE) is None
    shutil.rmtree(data)


async def test_nothing_that_the_vault_keeps_of_a_person_is_left_out(tmp_path: Path) -> None:
    """Every table with an owner has a row of Ann's: a new one needs a line in tests/released/lived.py."""
    async with opened(tmp_path) as (_, vault):
        await fill(vault)
        kept = set(await vault.belongings("ann"))
    with closing(sqlite3.connect(tmp_path / "vault.sqlite")) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        owning = {name for name in tables if any(row[2] == "people" for row in db.execute(f"PRAGMA foreign_key_list({name})"))}
    assert owning - kept <= DERIVED_OR_FLEETING


DERIVED_OR_FLEETING = {"person_words", "people_changes", "digests", "pushes", "push_marks"}
"""Words that names are found by; and what is noted or queued for a moment and made anew."""
