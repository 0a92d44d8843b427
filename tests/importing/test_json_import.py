"""Any JSON: a list of objects wherever it stands; what can't be taken is named with its line, the rest is imported."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.exporting import export_jam
from server.importing.csv_file import RETIRED
from server.importing.json_file import import_json
from server.importing.json_table import read_json
from server.importing.report import ImportRefused
from server.jam import commands as c
from server.jam.people import Relation, Role, Viewer
from tests.jam.world import World

NOW = 1_800_000_000_000
ORGANIZER = Viewer(None, Role.ORGANIZER, Relation.EMPLOYEE)


def write(tmp_path: Path, content: Any, name: str = "ideas.json") -> Path:
    file = tmp_path / name
    file.write_bytes(
        content if isinstance(content, bytes) else (content if isinstance(content, str) else json.dumps(content)).encode()
    )
    return file


def table_of(tmp_path: Path, content: Any, member: str | None = None) -> list[tuple[int, dict[str, str]]]:
    return [(row.line, dict(row.cells)) for row in read_json(write(tmp_path, content), member).rows]


ONE, TWO = {"title": "A bench"}, {"title": "A tree"}


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ('[{"title": "A bench"},\n\n {"title":\n "A tree"}]\n', [1, 3]),
        ('{"title": "A bench"}\n\n{"title": "A tree"}', [1, 3]),
        ('{"version": 1,\n "ideas": [\n{"title": "A bench"},\n{"title": "A tree"}\n], "more": [1]}', [3, 4]),
        ('{"whatever": [{"title": "A bench"}, {"title": "A tree"}]}', [1, 1]),
        ('{"users": [{"id": 1}], "posts": [{"title": "A bench"}, {"title": "A tree"}]}', [1, 1]),
        (b"\xff\xfe" + '[{"title": "A bench"}, {"title": "A tree"}]'.encode("utf-16-le"), [1, 1]),
    ],
)
def test_the_list_is_found_and_lines_are_known(tmp_path: Path, content: str | bytes, lines: list[int]) -> None:
    assert table_of(tmp_path, content) == list(zip(lines, [ONE, TWO], strict=True))


def test_what_is_nested_becomes_cells(tmp_path: Path) -> None:
    [(_, cells)] = table_of(
        tmp_path,
        [{"author": {"id": 7, "name": "Noa"}, "place": {"city": "Haifa", "at": {"lat": 32.8}}, "tags": ["a", None, {"name": "b"}],
          "open": True, "none": None, "n": 3}],
    )  # fmt: skip
    assert cells == {
        "author": "Noa", "place.city": "Haifa", "place.at.lat": "32.8", "tags": "a; b", "open": "true", "none": "", "n": "3",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "member", "said"),
    [
        ("", None, "Expecting value in line 1"),
        ("[{]", None, "is not JSON"),
        ('[{"a": 1} {"a": 2}]', None, "Expecting ',' in line 1, column 11"),
        ('{"a" 1}', None, "Expecting ':'"),
        ("[1] 2", None, "Extra data"),
        ("7", None, "a list of ideas is looked for"),
        ({"a": 1}, None, "does not say which list holds the ideas. Give --list"),
        ({"a": [ONE], "b": [TWO]}, None, "there are a, b. Give --list NAME"),
        ({"a": [ONE], "b": [TWO]}, "c", "no list 'c' of objects: there are a, b"),
        ([ONE], "a", "no list 'a'"),
        ("[" * 100_000, None, "nested too deeply"),
        (b"\xff{}", None, "is not UTF-8"),
        ("[" + "9" * 5_000 + "]", None, "a number that is too long"),
    ],
)
def test_what_is_no_list_of_ideas_is_refused_with_why(tmp_path: Path, content: Any, member: str | None, said: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_json(write(tmp_path, content), member)
    assert said in str(refused.value)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | st.just("ideas"), inner, max_size=4),
    max_leaves=15,
)


@given(ANY, st.integers(0, 3) | st.none())
@example([], None)
@example([[]], 1)
def test_any_json_is_a_table_or_refused(tmp_path_factory: pytest.TempPathFactory, value: Any, indent: int | None) -> None:
    file = write(tmp_path_factory.mktemp("any"), json.dumps(value, indent=indent))
    try:
        table = read_json(file)
    except ImportRefused:
        assert not isinstance(value, list)
        return
    found = (
        value
        if isinstance(value, list)
        else next(
            (one for one in (value.get("ideas"), *value.values()) if isinstance(one, list) and len(one) == len(table.rows)),
            None,
        )
    )
    assert found is not None
    for row, one in zip(table.rows, found, strict=True):
        assert set(row.cells) == set(table.columns)
        if isinstance(one, dict):
            assert all(row.cells[key] == value for key, value in one.items() if isinstance(value, str))


@pytest.mark.anyio
async def test_a_file_is_imported_once_with_what_each_line_has(store, vault, tmp_path):
    file = write(
        tmp_path,
        [
            {"headline": "A bench in the sun", "description": "By the pond", "createdAt": "2026-03-01T10:00:00Z", "user": {"name": "Noa"},
             "category": "Parks", "votes": 12},
            {"headline": "", "description": ""},
            "not an object",
            {"headline": "Trees", "createdAt": 1_772_400_000, "user": None, "category": "Parks"},
        ],
    )  # fmt: skip
    report = await import_json(store, vault, file, "Green", {}, NOW)
    state = store.by_slug("green")
    assert [(idea.title, idea.body) for idea in state.ideas] == [("A bench in the sun", "By the pond"), ("Trees", "")]
    assert [remark.text for remark in report.refused] == ["it has neither title nor text"] * 2
    assert report.adds_up
    assert [topic.titles["en"] for topic in state.topics.values()] == ["Parks"]
    assert (await vault.person(state.ideas[0].author)).name == "Noa"
    assert any("12 votes" in said for said in report.said)
    with pytest.raises(ImportRefused, match="already"):
        await import_json(store, vault, file, "Green", {}, NOW)


@pytest.mark.anyio
async def test_an_exported_jam_comes_back_with_its_ideas(store, vault, tmp_path):
    world = World()
    first, hidden = world.post("ann", "A bench in the sun"), world.post("ben", "Spam, spam")
    world.comment(first, "ben", "Yes")
    world.do(c.HideIdea, "mod", idea=hidden, reason="Spam")
    file = tmp_path / "jam.json"
    with file.open("wb") as out:
        export_jam(world.state, ORGANIZER, {"ann": Named("Ann Arbor")}.get, "json", out)
    report = await import_json(store, vault, file, "Again", {}, NOW)
    state = store.by_slug("again")
    [one, other] = state.ideas
    assert (one.title, one.is_listed, one.posted_at // 1_000) == (
        "A bench in the sun",
        True,
        world.idea(first).posted_at // 1_000,
    )
    assert (other.is_listed, other.reason) == (False, RETIRED)
    assert (await vault.person(one.author)).name == "Ann Arbor"
    titles = [next(iter(topic.titles.values())) for topic in state.topics.values()]
    assert titles == [next(iter(world.state.topics[world.topic].titles.values()))]
    assert any("1 of 'comments'" in said for said in report.said)


class Named:
    def __init__(self, name: str) -> None:
        self.name = name


@pytest.mark.anyio
async def test_halves_of_characters_are_replaced(store, vault, tmp_path):
    """JSON can spell what no text can hold."""
    broken = "half \\ud83d of one"
    file = write(tmp_path, '[{"title": "%s", "body": "%s", "author": "%s", "topic": "%s", "%s": 1}]' % ((broken,) * 5))
    report = await import_json(store, vault, file, "Halves", {}, NOW)
    [idea] = store.by_slug("halves").ideas
    told = [idea.title, idea.body, (await vault.person(idea.author)).name, *report.said]
    assert told[:3] == ["half \ufffd of one"] * 3
    assert all(text.encode() for text in told)
