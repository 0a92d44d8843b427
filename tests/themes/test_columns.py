"""The theme map in columns: the same points as one by one, made once for many, and never for longer than a moment."""

import asyncio
from base64 import b64decode
from typing import Any

import numpy as np
import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.visibility import Audience
from server.themes.columns import FRESH_S, MapColumns, collect
from tests.jam.world import EMPLOYEES, PEOPLE
from tests.schema.world import Api

pytestmark = pytest.mark.anyio

MAP = """query($jam: ID!) { themeMap(jamId: $jam) {
    points { ideaId x y themeId subthemeId title language supportCount postedAt }
    columns(titles: true) { seq count ideaIds x y themeIds themes subthemes supports origin posted languageCodes languages titles } } }"""


def jam() -> Api:
    api = Api()
    circle = api.circle("ann", "ben")
    shown = [api.post("ann", f"Idea {number}", language="he" if number % 2 else "en") for number in range(6)]
    staff, hidden = api.post("ann", "Staff", EMPLOYEES), api.post("ann", "Hidden")
    secret = api.post("ann", "Secret", Audience(circle=circle))
    api.group({"h1": [*shown[:2], staff, hidden], "h2": [shown[2]]}, {"h3": ("h1", shown[:1])}, [*shown[3:], secret])
    api.support(shown[1], "ben", "cat", "fay")
    api.do(c.HideIdea, "mod", idea=hidden, reason="Because")
    return api


def numbers(text: str, kind: Any) -> list[int]:
    return [int(value) for value in np.frombuffer(b64decode(text), dtype=kind)]


def rows(columns: Any) -> list[dict[str, Any]]:
    """The columns read as a page reads them."""
    names = [None, *columns["themeIds"]]
    told = zip(
        columns["ideaIds"].split(), numbers(columns["x"], "<u2"), numbers(columns["y"], "<u2"), numbers(columns["themes"], "<u2"),
        numbers(columns["subthemes"], "<u2"), columns["titles"].split("\n"), numbers(columns["languages"], "u1"),
        numbers(columns["supports"], "<u4"), numbers(columns["posted"], "<u4"), strict=True,
    )  # fmt: skip
    return [
        {
            "ideaId": id, "x": pytest.approx(x / 65_535, abs=1e-4), "y": pytest.approx(y / 65_535, abs=1e-4), "themeId": names[theme],
            "subthemeId": names[sub], "title": title, "language": columns["languageCodes"][language], "supportCount": support,
            "postedAt": columns["origin"] + 1000 * posted,
        }
        for id, x, y, theme, sub, title, language, support, posted in told
    ]  # fmt: skip


@pytest.mark.parametrize("person", [*PEOPLE, "org"])
async def test_columns_hold_the_same_points_for_everybody(person: str) -> None:
    api = jam()
    told = (await api.ask(person, MAP))["themeMap"]
    assert told["points"] == rows(told["columns"])
    assert (told["columns"]["count"], told["columns"]["seq"]) == (len(told["points"]), api.state.seq)
    assert {"Secret", "Hidden"}.isdisjoint(point["title"] for point in told["points"])
    assert ("Staff" in {point["title"] for point in told["points"]}) is (person not in ("fay", "fred", "cleo", "pat"))


async def test_many_who_ask_at_once_are_given_the_same_and_a_class_its_own() -> None:
    api, now = jam(), [0.0]
    maps = MapColumns(lambda: now[0])
    ann, fay = api.viewer("ann"), api.viewer("fay")
    first, second, other = await asyncio.gather(
        maps.of(api.state, ann, False), maps.of(api.state, api.viewer("ben"), False), maps.of(api.state, fay, False)
    )
    assert first is second
    assert len(first.ids) == len(other.ids) + 1
    assert first.titles == []
    api.do(c.PlaceIdea, ids.SYSTEM, idea=api.post("ann"), theme=None, subtheme=None, x=0.5, y=0.5)
    assert await maps.of(api.state, ann, False) is first, "a moment old, and it says up to where"
    assert first.seq < api.state.seq
    now[0] = FRESH_S + 0.1
    later = await maps.of(api.state, ann, False)
    assert (len(later.ids), later.seq) == (len(first.ids) + 1, api.state.seq)


async def test_others_get_their_turn_while_it_is_made() -> None:
    api = Api()
    for number in range(2_500):
        api.post("ann", f"Idea {number}")
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    await collect(api.state, api.viewer("ann"), True)
    task.cancel()
    assert turns >= 3
