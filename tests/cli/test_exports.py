"""`hothouse export`: everything, what one member may see, and who accepted the terms."""

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest

from server.app.clock import wall_clock
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.visibility import Audience
from server.jam_store import JamStore
from server.settings import Settings
from server.stores import open_stores
from server.vault.port import PersonRecord
from tests.cli.test_commands import CREATE, hothouse, refused

PEOPLE = {"pann": Relation.EMPLOYEE, "psis": Relation.FAMILY}
EXPORT = ("export", "spring", "--format")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A jam with an idea for everybody and one for employees, whose two members accepted its terms."""
    hothouse(tmp_path, *CREATE)
    asyncio.run(filled(tmp_path))
    return tmp_path


async def filled(data: Path) -> None:
    async with open_stores(Settings(data=data)) as (journal, vault):
        store = await JamStore.open(journal, wall_clock)
        [state] = store.all()
        commands: list[c.Command] = [c.PublishTerms(actor=ids.SYSTEM, id="t", follows=0, texts={"en": "Be kind"}, note={})]
        for person, relation in PEOPLE.items():
            await vault.add_person(PersonRecord(person, None, f"={person}", None, "en", 0))
            commands += [
                c.AddMember(actor=ids.SYSTEM, id=person, person=person, role=Role.PARTICIPANT, relation=relation),
                c.AcceptTerms(actor=person, id=f"accept {person}", version=1, language="en"),
            ]
        for title, audience in (("For all", Audience()), ("For employees", Audience(relations=(Relation.EMPLOYEE,)))):
            topic = next(iter(state.topics))
            commands.append(c.PostIdea(actor="pann", id=title, topic=topic, title=title, body="", audience=audience))
        for command in commands:
            await store.submit(state.id, command)
        await store.close()


@pytest.mark.parametrize(
    ("words", "titles"),
    [((), ["For all", "For employees"]), (("--as", "pann"), ["For all", "For employees"]), (("--as", "psis"), ["For all"])],
)
def test_it_holds_what_one_may_see(data: Path, words: tuple[str, ...], titles: list[str]) -> None:
    file = data / "out.json"
    assert hothouse(data, *EXPORT, "json", "--out", str(file), *words).returncode == 0
    ideas = json.loads(file.read_bytes())["ideas"]
    assert [idea["title"] for idea in ideas] == titles
    assert {idea["author"]["name"] for idea in ideas} == {"=pann"}


def test_it_holds_who_accepted_the_terms(data: Path) -> None:
    file = data / "terms.csv"
    assert hothouse(data, *EXPORT, "terms", "--out", str(file)).returncode == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert [(row["person_id"], row["name"]) for row in rows] == [("pann", "'=pann"), ("psis", "'=psis")]


@pytest.mark.parametrize(
    ("format", "person", "said"),
    [("csv", "pnobody", "'pnobody'"), ("terms", "psis", "Only organizers"), ("archive", "pann", "--as")],
)
def test_what_can_not_be_taken_along_so_leaves_no_file(data: Path, format: str, person: str, said: str) -> None:
    file = data / "out"
    assert said in refused(hothouse(data, *EXPORT, format, "--as", person, "--out", str(file)))
    assert not file.exists()
