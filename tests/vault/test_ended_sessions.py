"""Whose session is over is found at each question, though most of what was good a moment ago is not looked up again."""

import pytest

from server.vault.port import PersonRecord, Session, SessionUse

pytestmark = pytest.mark.anyio
NOW = 1_790_000_000_000
SOON = NOW + 1_000


def session(name: str, expires_at: int = NOW + 10_000) -> Session:
    return Session(name, "p1", NOW, NOW, expires_at, "a browser")


@pytest.fixture
async def opened(vault):
    await vault.add_person(PersonRecord("p1", None, "Ada", None, "en", NOW))
    for name in ("a", "b", "c"):
        await vault.add_session(session(name))
    await vault.add_session(session("short", SOON))
    assert await vault.ended_sessions(["a", "b", "c", "short", "never"], NOW) == {"never"}
    return vault


async def test_what_is_ended_here_or_by_another_process_is_found_at_once(opened, open_vault):
    assert await opened.ended_sessions(["a", "b", "c"], NOW + 1) == set()
    await opened.end_session("a")
    assert await opened.ended_sessions(["a", "b", "c"], NOW + 2) == {"a"}
    other = await open_vault()
    await other.end_session("b")
    assert await opened.ended_sessions(["b", "c"], NOW + 3) == {"b"}
    await other.close()
    assert await opened.ended_sessions(["c"], NOW + 4) == set()


async def test_what_expires_is_found_though_nothing_is_written(opened):
    assert await opened.ended_sessions(["a", "short"], SOON - 1) == set()
    assert await opened.ended_sessions(["a", "short"], SOON) == {"short"}
    assert await opened.ended_sessions(["a", "short"], SOON + 1) == {"short"}, "as long as it is asked about"


async def test_a_clock_that_steps_back_brings_nobody_back_or_out(opened):
    assert await opened.ended_sessions(["a", "short"], SOON + 5) == {"short"}
    assert await opened.ended_sessions(["a", "short"], NOW) == set()
    assert await opened.ended_sessions(["a", "short"], SOON) == {"short"}


async def test_whoever_was_not_asked_about_before_is_looked_up(opened):
    assert await opened.ended_sessions(["a"], NOW + 1) == set()
    assert await opened.ended_sessions(["a", "c", "stranger"], NOW + 2) == {"stranger"}
    assert await opened.ended_sessions(["stranger"], NOW + 3) == {"stranger"}
    assert await opened.ended_sessions([], NOW + 4) == set()


async def test_a_session_that_is_used_again_lasts_longer(opened):
    assert await opened.ended_sessions(["short"], SOON - 1) == set()
    await opened.touch_sessions([SessionUse("short", SOON - 1, SOON + 5_000)])
    assert await opened.ended_sessions(["short"], SOON + 1) == set()
