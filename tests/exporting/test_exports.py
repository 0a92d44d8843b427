"""Exports: what comes back is what the jam counts, and nothing that is not for the viewer."""

import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile

import openpyxl
import pytest

from server.exporting import collect, export_jam
from server.exporting.csv_file import safe
from server.jam import commands as c
from server.jam.people import Relation, Role, Viewer, VisibilityClass, class_viewer
from server.jam.visibility import Audience
from tests.jam import sealing
from tests.jam.world import EMPLOYEES, World

SECRET = "Sealed"


@dataclass(frozen=True)
class Person:
    name: str | None
    email: str = "never@example.org"


PEOPLE = {"ann": Person("Ann Arbor"), "ben": Person("=HYPERLINK(1)"), "fay": Person("פאי")}
SPONSOR = class_viewer(VisibilityClass(Role.SPONSOR, Relation.CLIENT))


@pytest.fixture
def jam() -> tuple[World, dict[str, str]]:
    """Ideas for all, for employees, for a circle; hidden ones, merged ones, votes of every kind, a theme."""
    world = World()
    names = {
        "first": world.post("ann", "First idea", body='- a list\n- of "things", and; more'),
        "formula": world.post("ben", "=1+1"),
        "hebrew": world.post("fay", "לשתול עצים ברחוב"),
        "staff": world.post("ben", f"{SECRET} for staff", audience=EMPLOYEES),
        "circle": "",
        "hidden": world.post("cat", f"{SECRET} by a moderator"),
    }
    circle = world.circle("ann", "ben", name=f"{SECRET} circle")
    names["circle"] = world.post("ann", f"{SECRET} in a circle", audience=Audience(circle=circle))
    names["child"] = world.make(
        "i", c.PostIdea, "ben", topic=world.topic, title="Child of two", body="", parents=(names["first"], names["staff"])
    )
    names["duplicate"] = world.post("cat", "First idea, again")
    world.support(names["first"], "ben", "fay", "pat")
    world.support(names["duplicate"], "fay", "cleo")
    world.support(names["staff"], "ann")
    world.do(c.RecordStance, "system", idea=names["first"], person="cat", stance="disagree")
    world.do(c.RecordStance, "system", idea=names["first"], person="fred", stance="pass")
    names["comment"] = world.comment(names["first"], "ben", "@SUM(A1)")
    names["answer"] = world.comment(names["first"], "fay", "An answer", names["comment"])
    world.comment(names["staff"], "ben", f"{SECRET} comment")
    world.comment(names["circle"], "ben", f"{SECRET} circle comment")
    world.do(c.LikeComment, "ann", comment=names["comment"])
    world.do(c.HideIdea, "mod", idea=names["hidden"], reason=f"{SECRET} reason")
    world.do(c.MergeIdeas, "mod", idea=names["duplicate"], into=names["first"], reason=f"{SECRET} merge reason")
    world.group(
        {"h1": (names["first"], names["child"]), "h2": (names["staff"],)}, {"h3": ("h1", (names["first"],))},
        unthemed=(names["hebrew"],),
    )  # fmt: skip
    world.do(c.RenameTheme, "mod", theme="h2", name=f"{SECRET} theme")
    return world, names


def exported(world: World, viewer: Viewer, format: str) -> bytes:
    with SpooledTemporaryFile() as file:
        export_jam(world.state, viewer, PEOPLE.get, format, file)
        file.seek(0)
        return file.read()


def csv_rows(content: bytes) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))}


def everything(content: bytes, format: str) -> str:
    """All text of a file, unpacked."""
    if format != "xlsx":
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def test_json_has_every_count_exactly(jam) -> None:
    world, names = jam
    data = json.loads(exported(world, world.viewer("org"), "json"))
    ideas = {idea["id"]: idea for idea in data["ideas"]}
    shown = [idea for idea in world.state.ideas if idea.id != names["circle"]]
    assert [idea["id"] for idea in data["ideas"]] == [idea.id for idea in shown]
    for idea in shown:
        row = ideas[idea.id]
        assert (row["support"], row["disagree"], row["pass"]) == (idea.support, idea.disagrees, idea.passes)
        assert sum(row["supportByRelation"].values()) == idea.support
    first = ideas[names["first"]]
    assert (first["support"], first["disagree"], first["pass"], first["commentCount"], first["buildOnCount"]) == (4, 1, 1, 2, 1)
    assert first["supportByRelation"] == {"EMPLOYEE": 1, "FAMILY": 1, "FRIEND": 0, "CLIENT": 1, "PARTNER": 1}
    assert first["author"] == {"id": "ann", "name": "Ann Arbor", "relation": "EMPLOYEE"}
    assert first["body"] == '- a list\n- of "things", and; more'
    assert (first["themeId"], first["subthemeId"]) == ("h1", "h3")
    assert ideas[names["duplicate"]]["mergedInto"] == names["first"]
    assert ideas[names["child"]]["buildsOn"] == [names["first"], names["staff"]]
    assert (ideas[names["hidden"]]["status"], ideas[names["hidden"]]["reason"]) == ("HIDDEN", f"{SECRET} reason")
    counts = world.state.tallies.of("", world.viewer("org"))
    assert data["jam"]["counts"] == {"ideas": counts.ideas, "supports": counts.supports, "comments": counts.comments}
    comments = {comment["id"]: comment for comment in data["comments"]}
    assert comments[names["answer"]]["parentId"] == names["comment"]
    assert (comments[names["comment"]]["likes"], comments[names["comment"]]["replyCount"]) == (1, 1)
    assert (data["format"], data["version"], data["seq"]) == ("hothouse-jam", 1, world.state.seq)


def test_csv_round_trips_and_calculates_nothing(jam) -> None:
    world, names = jam
    content = exported(world, world.viewer("org"), "csv")
    assert content.startswith(b"\xef\xbb\xbfid,title,body,")
    rows = csv_rows(content)
    for idea in world.state.ideas:
        if idea.id != names["circle"]:
            row = rows[idea.id]
            assert (int(row["support"]), int(row["disagree"]), int(row["pass"])) == (idea.support, idea.disagrees, idea.passes)
    assert rows[names["hebrew"]]["title"] == "לשתול עצים ברחוב"
    assert rows[names["formula"]]["title"] == "'=1+1"
    assert rows[names["formula"]]["author"] == "'=HYPERLINK(1)"
    assert rows[names["first"]]["body"] == '\'- a list\n- of "things", and; more'
    assert rows[names["staff"]]["audience"] == "EMPLOYEE"
    assert rows[names["first"]]["posted_at"] == "2027-01-15T10:30:00.000Z"
    dangerous = re.compile(r"[=+@\t\r-]")
    assert [cell for row in rows.values() for cell in row.values() if dangerous.match(cell)] == []


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "＝1"])
def test_formulas_are_escaped(text: str) -> None:
    assert safe(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=1", "1-1", "א", "'=1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


def test_xlsx_round_trips_with_four_sheets(jam) -> None:
    world, names = jam
    book = openpyxl.load_workbook(io.BytesIO(exported(world, world.viewer("org"), "xlsx")))
    assert book.sheetnames == ["Ideas", "Comments", "Themes", "Topics"]
    assert not book["Ideas"].sheet_view.rightToLeft
    header, *rows = book["Ideas"].iter_rows(values_only=True)
    ideas = {row[header.index("Id")]: dict(zip(header, row, strict=True)) for row in rows}
    for idea in world.state.ideas:
        if idea.id != names["circle"]:
            row = ideas[idea.id]
            assert (row["Support"], row["Disagree"], row["Pass"]) == (idea.support, idea.disagrees, idea.passes)
    formula = next(cell for row in book["Ideas"].iter_rows() for cell in row if cell.value == "=1+1")
    assert formula.data_type in ("s", "inlineStr"), "a text, not a formula"
    assert ideas[names["first"]]["Posted (UTC)"].isoformat() == "2027-01-15T10:30:00"
    assert [row[0] for row in book["Themes"].iter_rows(min_row=2, values_only=True)] == [
        "Name of h1", "Name of h3", f"{SECRET} theme",
    ]  # fmt: skip


def test_sheets_of_a_hebrew_jam_run_from_right_to_left(jam) -> None:
    world, _ = jam
    world.state.main_language = "he"
    book = openpyxl.load_workbook(io.BytesIO(exported(world, world.viewer("org"), "xlsx")))
    assert book.sheetnames == ["רעיונות", "תגובות", "נושאי־על", "נושאים"]
    assert all(sheet.sheet_view.rightToLeft for sheet in book)
    assert book["רעיונות"]["A1"].value == "כותרת"


@pytest.mark.parametrize("format", ["csv", "json", "xlsx"])
@pytest.mark.parametrize("person", ["fay", "cleo", None])
def test_nothing_restricted_is_in_the_export_of_someone_outside(jam, format: str, person: str | None) -> None:
    world, names = jam
    viewer = world.viewer(person) if person else class_viewer(VisibilityClass(Role.PARTICIPANT, Relation.FRIEND))
    text = everything(exported(world, viewer, format), format)
    assert SECRET not in text
    assert "Staff" not in text, "the topic for employees"
    for hidden in ("staff", "circle", "hidden"):
        assert names[hidden] not in text, "not even as a parent"
    assert "First idea" in text
    assert "example.org" not in text


@pytest.mark.parametrize("format", ["csv", "json", "xlsx"])
def test_sponsors_see_every_tier_but_neither_circles_nor_what_was_hidden(jam, format: str) -> None:
    world, _ = jam
    text = everything(exported(world, SPONSOR, format), format)
    assert f"{SECRET} for staff" in text
    assert f"{SECRET} in a circle" not in text
    assert f"{SECRET} by a moderator" not in text
    assert f"{SECRET} reason" not in text
    assert f"{SECRET} merge reason" not in text, "reasons are for authors and moderators"


def test_members_of_a_circle_find_it_in_their_export(jam) -> None:
    world, names = jam
    rows = csv_rows(exported(world, world.viewer("ann"), "csv"))
    assert rows[names["circle"]]["audience"] == f"{SECRET} circle"


def test_a_stranger_gets_an_empty_file(jam) -> None:
    world, _ = jam
    assert csv_rows(exported(world, Viewer(None, None, None), "csv")) == {}


def test_what_was_collected_stays_as_it_was_while_the_jam_goes_on(jam) -> None:
    world, names = jam
    before = exported(world, world.viewer("org"), "json")
    write = collect(world.state, world.viewer("org"), PEOPLE.get, "json")
    world.support(names["formula"], "ann")
    world.do(c.EditIdea, "ben", idea=names["formula"], title="Changed", body="", base_version=1)
    file = io.BytesIO()
    write(file)
    assert file.getvalue() == before
    assert exported(world, world.viewer("org"), "json") != before


def test_an_unknown_format_is_refused(jam) -> None:
    with pytest.raises(ValueError, match="choose of csv, json, xlsx"):
        exported(jam[0], SPONSOR, "pdf")


@pytest.mark.parametrize("format", ["json", "csv", "xlsx"])
def test_what_was_posted_without_a_name_has_none_in_a_file_either(format: str) -> None:
    """Not even the seal, though organizers may read it once it was opened: a file goes anywhere."""
    world = World()
    sealing.open_for_all(world)
    idea = sealing.post(world, "ann", "secret of ann")
    sealing.comment(world, idea, "ben", "secret of ben")
    world.do(c.RequestOpening, "org", target=idea, reason="A threat")
    text = everything(exported(world, world.viewer("org"), format), format)
    assert "Unnamed" in text
    for told in ("Ann Arbor", "sealed for", "salt of", world.idea(idea).author, '"ann"'):
        assert told not in text
    if format == "json":
        (row,) = json.loads(text)["ideas"]
        assert row["author"] == {"id": None, "name": None, "relation": None}
