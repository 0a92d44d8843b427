"""Whatever is in a file that is brought in, and whatever is written as Markdown: taken or refused in words, never a fault."""

import asyncio
import json
import zipfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import strategies as st

from server.importing.csv_file import import_csv
from server.importing.json_file import import_json
from server.importing.report import ImportRefused
from server.jam_store import JamStore
from server.journal.memory import MemoryJournal
from server.keeping.archive import take_archive, write_archive
from server.keeping.refused import KeepingRefused
from server.markdown import render
from server.sample.load import SLUG
from server.settings import Settings
from server.stores import open_stores
from tests.fuzz.conftest import COUNTS, Stopwatch, fuzz
from tests.fuzz.inputs import NASTY
from tests.keeping.stores import NOW, sample

FORBIDDEN = {"script", "img", "iframe", "style", "svg", "object", "form", "input"}
PIECES = [
    "# ", "> ", "- ", "1. ", "```", "`", "**", "*", "_", "~~", "[a](", "](javascript:alert(1))", "<script>", "(", ")", "[", "]",
    "<img src=x onerror=alert(1)>", "](data:text/html,x)", "http://x.example/", "|a|b|\n|-|-|\n", "\n", "    ", "<!--", "]]>", "![",
    "&#x6a;avascript:", "\\",
]  # fmt: skip
CELLS = [
    "title",
    "body",
    "author",
    "votes",
    "date",
    "2024-01-31",
    "31/12/99",
    "1e9",
    "-5",
    "=1+1",
    "א",
    "a\nb",
    '"',
    "a" * 5_000,
]


class _Seen(HTMLParser):
    """What a browser would see: the tags, their attributes, and where links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


def test_markdown() -> None:
    mixed = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=60).map("".join)
    texts = mixed | st.sampled_from(PIECES).map(lambda piece: piece * 3_000)

    def check(text: str) -> None:
        watch = Stopwatch()
        seen = _Seen()
        seen.feed(render(text[:20_000]))
        watch.check()
        assert not seen.tags & FORBIDDEN
        assert not {name for name in seen.attributes if name.startswith("on") or name in ("style", "src", "id", "class")}
        assert all(link.startswith(("http://", "https://", "mailto:")) for link in seen.links), seen.links

    COUNTS["Markdown"] = fuzz(texts, check)


Import = Callable[..., Awaitable[object]]


def importing(tmp_path: Path, name: str, bring_in: Import) -> Callable[[bytes], None]:
    """Brings a file with this content in, or is told in words why not."""
    numbers, file = iter(range(10**9)), tmp_path / name

    async def take(content: bytes) -> None:
        async with open_stores(Settings(data=tmp_path)) as (_, vault):
            store = await JamStore.open(MemoryJournal(), lambda: NOW)
            file.write_bytes(content)
            with suppress(ImportRefused):
                await bring_in(store, vault, file, f"jam-{next(numbers)}", {}, NOW)
            await store.close()

    def check(content: bytes) -> None:
        watch = Stopwatch()
        asyncio.run(take(content))
        watch.check()

    return check


def test_csv_files(tmp_path: Path) -> None:
    cells = st.sampled_from([*CELLS, *NASTY]) | st.text(max_size=20)
    tables = st.lists(st.lists(cells, max_size=6), max_size=8)
    written = st.tuples(tables, st.sampled_from(",;\t|")).map(_written)
    COUNTS["CSV files"] = fuzz(written | st.binary(max_size=400), importing(tmp_path, "file.csv", import_csv))


def test_json_files(tmp_path: Path) -> None:
    values = st.sampled_from([*CELLS, *NASTY, None, True, 10**30, -1.5e300]) | st.text(max_size=20)
    nested = st.recursive(
        values, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(CELLS), one, max_size=3)
    )
    objects = st.lists(st.dictionaries(st.sampled_from(CELLS) | st.text(max_size=6), nested, max_size=5), max_size=6)
    whole = (
        objects | st.fixed_dictionaries({"ideas": objects, "format": st.just("hothouse-jam"), "jam": nested, "topics": nested})
    ).map(lambda one: json.dumps(one).encode())
    broken = st.tuples(whole, st.integers(0, 400), st.binary(max_size=3)).map(
        lambda it: it[0][: it[1]] + it[2] + it[0][it[1] + 1 :]
    )
    COUNTS["JSON files"] = fuzz(whole | broken | st.binary(max_size=200), importing(tmp_path, "file.json", import_json))


def _written(table: tuple[list[list[str]], str]) -> bytes:
    rows, separator = table
    return "\n".join(separator.join(row) for row in rows).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of an archive of the sample jam."""
    folder = tmp_path_factory.mktemp("archive")

    async def make() -> None:
        async with sample(folder / "data") as (_, journal, vault):
            await write_archive(journal, vault, SLUG, folder / "jam.zip")

    asyncio.run(make())
    with zipfile.ZipFile(folder / "jam.zip") as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def test_archives(archive: dict[str, bytes], tmp_path: Path) -> None:
    """A change of the records or of the manifest is noticed, wherever it is."""
    files = st.sampled_from(["manifest.json", "records.jsonl"])
    changes = st.tuples(files, st.floats(0, 1, exclude_max=True), st.binary(max_size=12), st.integers(0, 40))

    async def take(path: Path) -> list[str]:
        async with open_stores(Settings(data=tmp_path / "store")) as (journal, vault):
            with suppress(KeepingRefused):
                await take_archive(journal, vault, path, NOW)
            return await journal.streams()

    def check(case: tuple[str, float, bytes, int]) -> None:
        name, place, new, gone = case
        start = int(place * len(archive[name]))
        changed = archive[name][:start] + new + archive[name][start + gone :]
        if changed.split() == archive[name].split():
            return
        with zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
            for one, content in (archive | {name: changed}).items():
                bad.writestr(one, content)
        assert asyncio.run(take(tmp_path / "bad.zip")) == []

    COUNTS["archives"] = fuzz(changes, check)
