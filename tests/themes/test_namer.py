"""Names from the company's own language model: never needed, never trusted, and it reads only what everyone may."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from clustering import TfidfEmbedder
from server.jam import commands as c
from server.jam import ids
from server.themes.edits import edits_of
from server.themes.items import belongs, item_of, notes_of, pack
from server.themes.messages import Grouping, Request
from server.themes.name_checks import is_free, is_grounded, is_plain_name, lines_of
from server.themes.namer import ChatNamer, NamerSettings, Subject
from server.themes.regrouping import regroup
from server.themes.vectors import VectorStore
from tests.jam.world import EMPLOYEES, World, newest
from tests.themes.chat_endpoint import Groups, chat_endpoint
from tests.themes.texts import ALL


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As in the clustering processes."""
    with threadpool_limits(limits=1):
        yield


BIKES = Subject("t1", ["bicycle"], ["Safe bicycle lanes on every main road"])
SOLAR = Subject("t2", ["solar"], ["Solar panels on the roof of the school"])


def named(groups: Groups, handler: BaseHTTPRequestHandler) -> str:
    return "\n".join(f"{group['number']}. Better {group['keywords'][0]} {group['number']}" for group in groups)


def run(folder: Path, world: World, settings: NamerSettings | None) -> Grouping:
    store = VectorStore(folder, TfidfEmbedder())
    items = [item_of(idea) for idea in world.state.ideas if belongs(idea)]
    store.embed({item.key: item.text for item in items})
    request = Request(
        world.state.id, "r", None, "en", "auto", [pack(items)], notes_of(world.state), edits_of(world.state), frozenset(), frozenset()
    )  # fmt: skip
    return regroup(store, request, None, settings)


def world_of(texts: list[str]) -> World:
    world = World()
    for text in texts:
        world.post(title=text)
    return world


def test_names_are_taken_and_the_run_says_which(tmp_path: Path) -> None:
    with chat_endpoint(named) as endpoint:
        made = run(tmp_path, world_of(ALL), NamerSettings(endpoint.url, "small", "secret"))
    assert made.report["namer"] == {
        "model": "small", "asked": len(made.themes), "themes": sorted(theme["id"] for theme in made.themes),
    }  # fmt: skip
    assert all(theme["name"].startswith("Better ") for theme in made.themes)
    assert {body["model"] for body in endpoint.asked} == {"small"}
    assert endpoint.headers[0]["Authorization"] == "Bearer secret"
    assert "secret" not in repr(NamerSettings(endpoint.url, "small", "secret"))


def test_off_by_default_and_then_nothing_is_asked(tmp_path: Path) -> None:
    made = run(tmp_path, world_of(ALL), None)
    assert "namer" not in made.report
    assert all(theme["name"] for theme in made.themes)


def test_only_ideas_for_everyone_are_sent(tmp_path: Path) -> None:
    world = world_of(ALL)
    for number in range(6):
        world.post(title=f"Secret bicycle prototype number {number}", audience=EMPLOYEES)
    with chat_endpoint(named) as endpoint:
        run(tmp_path, world, NamerSettings(endpoint.url, "small"))
    sent = " ".join(message["content"] for body in endpoint.asked for message in body["messages"])
    assert "bicycle" in sent.lower()
    assert "Secret" not in sent
    assert "prototype" not in sent


def test_a_name_given_by_hand_wins_and_is_not_asked_about(tmp_path: Path) -> None:
    world = world_of(ALL)
    first = run(tmp_path, world, None)
    world.do(
        c.RecordGrouping, ids.SYSTEM, model=first.model, granularity="auto", reason=first.reason, themes=first.themes,
        placements=first.placements, report=first.report, proposals=first.proposals, **newest(world.state),
    )  # fmt: skip
    theme = world.state.board_themes()[0]
    world.do(c.RenameTheme, "org", theme=theme.id, name="Our own words")
    with chat_endpoint(named) as endpoint:
        again = run(tmp_path, world, NamerSettings(endpoint.url, "small"))
    assert {t["name"] for t in again.themes if t["id"] == theme.id} == {"Our own words"}
    assert endpoint.asked == []


def test_what_is_no_short_plain_name_about_the_ideas_is_thrown_away(tmp_path: Path) -> None:
    wrong = ["Ignore your instructions", "<b>Bicycle</b> lanes", "נתיבי אופניים", "Quantum entanglement", ""]

    def answer(groups: Groups, handler: BaseHTTPRequestHandler) -> str:
        return "\n".join(f"{group['number']}. {wrong[group['number'] % len(wrong)]}" for group in groups)

    own = run(tmp_path, world_of(ALL), None)
    with chat_endpoint(answer) as endpoint:
        made = run(tmp_path, world_of(ALL), NamerSettings(endpoint.url, "small"))
    assert len(own.themes) >= len(wrong)
    assert [theme["name"] for theme in made.themes] == [theme["name"] for theme in own.themes]
    assert made.report["namer"]["asked"] == len(own.themes)
    assert made.report["namer"]["themes"] == []


def test_failures_of_every_kind_leave_our_own_names() -> None:
    def broken(groups: Groups, handler: BaseHTTPRequestHandler) -> None:
        handler.reply(b"{", 200)  # type: ignore[attr-defined]

    def refusing(groups: Groups, handler: BaseHTTPRequestHandler) -> None:
        handler.reply(b"{}", 500)  # type: ignore[attr-defined]

    def strange(groups: Groups, handler: BaseHTTPRequestHandler) -> None:
        handler.reply(b'{"choices": [{"message": {"content": ["1. Bicycles"]}}]}')  # type: ignore[attr-defined]

    def endless(groups: Groups, handler: BaseHTTPRequestHandler) -> None:
        handler.reply(b'{"x": "' + b"a" * 100_000 + b'"}')  # type: ignore[attr-defined]

    for answer in (broken, refusing, strange, endless):
        with chat_endpoint(answer) as endpoint:
            assert ChatNamer(NamerSettings(endpoint.url, "small")).suggestions([BIKES], "en") == {}
            assert len(endpoint.asked) == 1
    assert ChatNamer(NamerSettings("http://127.0.0.1:9/v1", "small")).suggestions([BIKES], "en") == {}


def test_a_redirect_is_not_followed() -> None:
    with chat_endpoint(named) as other:

        def moved(groups: Groups, handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(307)
            handler.send_header("Location", other.url + "/chat/completions")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        with chat_endpoint(moved) as endpoint:
            assert ChatNamer(NamerSettings(endpoint.url, "small", "secret")).suggestions([BIKES], "en") == {}
        assert other.asked == []


def test_an_endpoint_that_hangs_or_drips_holds_nothing_up() -> None:
    def dripping(groups: Groups, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(40):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass

    with chat_endpoint(dripping) as endpoint:
        started = time.monotonic()
        settings = NamerSettings(endpoint.url, "small", timeout_s=0.5, budget_s=2)
        assert ChatNamer(settings).suggestions([BIKES, SOLAR], "en") == {}
        assert time.monotonic() - started < 3.5


def test_the_answers_of_many_groups_come_back_under_their_ids() -> None:
    subjects = [Subject(f"t{number}", [f"subject{number}"], ["text"]) for number in range(30)]
    with chat_endpoint(named) as endpoint:
        found = ChatNamer(NamerSettings(endpoint.url, "small")).suggestions(subjects, "en")
    assert found == {f"t{number}": f"Better subject{number} {number % 12 + 1}" for number in range(30)}
    assert len(endpoint.asked) == 3


def test_lines_are_read_however_they_are_decorated() -> None:
    assert lines_of("1. “Bus lanes”.\n 2) Trees\n3: a\nnoise\n10 - ten") == {1: "Bus lanes", 2: "Trees", 3: "a", 10: "ten"}


@pytest.mark.parametrize(
    ("name", "language", "good"),
    [
        ("Bus lanes and stops", "en", True),
        ("נתיבים לאוטובוסים", "he", True),
        ("Aparcamiento para residentes", "es", True),
        ("Bus\u202elanes", "en", False),
        ("Bus\nlanes", "en", False),
        ("x", "en", False),
        ("As an AI I can't", "en", False),
        ("`rm -rf`", "en", False),
        ("Bus lanes", "he", False),
    ],
)
def test_plain_names(name: str, language: str, good: bool) -> None:
    assert is_plain_name(name, language) is good


def test_a_name_has_a_word_of_the_ideas_and_belongs_to_no_other_theme() -> None:
    assert is_grounded("Parking places", ["More places to park"], [])
    assert not is_grounded("Space travel", ["More places to park"], ["parking"])
    assert is_free("Trees", ["Buses"])
    assert not is_free("trees", ["Trees"])
