"""The service over a real store and real processes: live places, regrouping, restarts, killed processes, and no delay."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.app.supervising import Supervisor, Work
from server.jam import commands as c
from server.jam import events, ids
from server.jam.rejections import Conflict
from server.jam.visibility import Audience
from server.journal.memory import MemoryStore
from server.search.service import SearchService
from server.themes.service import ThemeService, ThemeSettings
from tests.patience import PATIENCE_S
from tests.themes.jams import FAMILY_ONLY, Jam
from tests.themes.texts import ALL, SUBJECTS

pytestmark = pytest.mark.anyio


class Live:
    """A jam, its themes and its search, as the server puts them together."""

    def __init__(self, jam: Jam, themes: ThemeService) -> None:
        self.jam = jam
        self.themes = themes

    async def until(self, holds: Callable[[], object]) -> float:
        """Waits until something holds; the seconds that took. Grouping gives way to whatever else the machine does."""
        started = time.monotonic()
        while not holds():
            assert time.monotonic() - started < 3 * PATIENCE_S, "it never came to hold"
            await asyncio.sleep(0.02)
        return time.monotonic() - started

    async def settled(self) -> None:
        await self.until(lambda: self.jam.state.theme_run is not None)
        await self.until(self.is_quiet)

    def is_quiet(self) -> bool:
        return not self.themes.backlog("j1") and not self.themes.is_grouping("j1")

    def theme_of(self, id: str) -> str | None:
        idea = self.jam.state.idea(id)
        assert idea is not None
        return idea.theme

    async def similar_ids(self, text: str, most: int = 5) -> list[str]:
        return [id for id, _ in await self.themes.similar("j1", text, None, most)]

    def kill(self, pool: str) -> None:
        for pid in getattr(self.themes, pool).process_ids():
            os.kill(pid, signal.SIGKILL)


@asynccontextmanager
async def live(folder: Path, journal: MemoryStore | None = None, **settings: object) -> AsyncIterator[Live]:
    jam, search = await Jam.make(journal), SearchService()
    jam.store.watch(search.watch)
    await search.load(jam.store.all())
    chosen: dict[str, object] = {"embedder": "tfidf", "regroup_minutes": 600.0} | settings
    themes = ThemeService(jam.store, ThemeSettings(folder, **chosen), search.alike)  # type: ignore[arg-type]
    task = asyncio.create_task(themes.run())
    try:
        await asyncio.sleep(0)
        yield Live(jam, themes)
    finally:
        await themes.stop()
        await task
        await jam.store.close()


async def test_themes_form_and_follow_what_happens(tmp_path: Path) -> None:
    async with live(tmp_path) as at:
        posted = [await at.jam.post(text) for text in ALL]
        at.jam.count = len(ALL)
        await at.settled()
        assert at.jam.state.theme_run is not None
        assert at.jam.state.theme_run.model == "tfidf-1-512"
        await at.until(lambda: all(at.theme_of(id) for id in posted))

        new = await at.jam.post("Bicycle lanes on the bridge to the station")
        assert await at.until(lambda: at.theme_of(new)) < 5.0
        assert at.theme_of(new) == at.theme_of(posted[0])
        assert (await at.similar_ids("bicycle lanes on every road"))[0] == posted[0]

        await at.jam.submit(c.EditIdea(actor="ann", id="e", idea=new, title=SUBJECTS["food"][0], body="", base_version=1))
        food = at.theme_of(posted[12])
        await at.until(lambda: at.theme_of(new) == food)

        await at.jam.submit(c.HideIdea(actor="org", id="h", idea=posted[0], reason="not now"))
        assert posted[0] not in await at.similar_ids("bicycle lanes on every road")
        await at.jam.submit(c.RestoreIdea(actor="org", id="r", idea=posted[0], reason="now again"))
        await at.until(at.is_quiet)
        assert (await at.similar_ids("bicycle lanes on every road"))[0] == posted[0]


async def test_circles_are_never_similar_and_restricted_ideas_are_left_to_the_resolver(tmp_path: Path) -> None:
    async with live(tmp_path) as at:
        await at.jam.submit(c.CreateCircle(actor="ann", id="circle", name="Few", members=("ben",)))
        circle = Audience(circle=c.CreateCircle(actor="ann", id="circle", name="", members=()).derived(ids.CIRCLE))
        open_one = await at.jam.post("Bicycle lanes everywhere")
        closed = await at.jam.post("Bicycle lanes for the few", audience=circle)
        family = await at.jam.post("Bicycle lanes for the family", audience=FAMILY_ONLY)
        by_words = await at.similar_ids("bicycle lanes")
        await at.until(lambda: at.themes._jams["j1"].is_loaded and at.is_quiet())
        by_meaning = await at.similar_ids("bicycle lanes")
        assert set(by_words) == set(by_meaning) == {open_one, family}
        assert closed not in by_words


async def test_without_processes_similar_ideas_are_found_by_words(tmp_path: Path) -> None:
    async with live(tmp_path, workers=0) as at:
        idea = await at.jam.post("Bicycle lanes everywhere")
        await at.jam.post("Solar panels")
        assert await at.similar_ids("lanes for bicycles") == [idea]
        assert await at.themes.similar("j1", "  ", None, 5) == []
        assert await at.themes.similar("nowhere", "bicycle", None, 5) == []
        assert at.themes.backlog("j1") == 0
        await at.themes.regroup("j1")
        assert at.jam.state.theme_run is None


async def test_a_killed_process_delays_nobody_and_comes_back(tmp_path: Path) -> None:
    async with live(tmp_path) as at:
        posted = [await at.jam.post(text) for text in ALL]
        await at.settled()
        at.kill("_quick")
        at.kill("_slow")
        started = time.monotonic()
        await at.jam.submit(c.SupportIdea(actor="ben", id="vote", idea=posted[0]))
        assert posted[0] in await at.similar_ids("bicycle lanes on every road")
        assert time.monotonic() - started < 2.0
        new = await at.jam.post("Bicycle lanes on the bridge to the station")
        await at.until(lambda: at.theme_of(new))
        assert at.theme_of(new) == at.theme_of(posted[0])
        run = at.jam.state.theme_run
        await at.themes.regroup("j1")
        await at.until(lambda: at.jam.state.theme_run != run)


async def test_a_grouping_that_was_killed_is_done_over(tmp_path: Path) -> None:
    async with live(tmp_path, first_at=100) as at:
        for text in ALL:
            await at.jam.post(text)
        await at.until(lambda: at.themes._jams["j1"].is_loaded and at.is_quiet())
        await at.themes.regroup("j1")
        await at.until(lambda: at.themes.is_grouping("j1") and at.themes._slow.process_ids())
        at.kill("_slow")
        await at.settled()
        assert at.jam.state.theme_run is not None
        assert at.jam.state.theme_run.ideas == len(ALL)


async def test_after_a_restart_the_recorded_themes_are_there_and_new_ideas_join_them(tmp_path: Path) -> None:
    journal = MemoryStore()
    async with live(tmp_path, journal) as at:
        posted = [await at.jam.post(text) for text in ALL]
        await at.settled()
        run, themes = at.jam.state.theme_run, {id: at.theme_of(id) for id in posted}
        await at.themes.stop()
        late = await at.jam.post("Bicycle lanes on the hill to the station")
    async with live(tmp_path, journal) as at:
        assert at.jam.state.theme_run == run
        assert {id: at.theme_of(id) for id in posted} == themes
        at.jam.count = len(ALL) + 1
        new = await at.jam.post("Bicycle lanes on the bridge to the station")
        await at.until(lambda: at.theme_of(new) and at.theme_of(late))
        assert at.theme_of(new) == at.theme_of(late) == themes[posted[0]]
        assert at.jam.state.theme_run == run


async def test_a_decision_made_while_a_run_goes_on_is_kept_by_it(tmp_path: Path) -> None:
    async with live(tmp_path, regroup_after=1_000) as at:
        posted = [await at.jam.post(text) for text in ALL]
        await at.settled()
        run, other = at.jam.state.theme_run, at.theme_of(posted[12])
        assert other != at.theme_of(posted[0])
        await at.themes.regroup("j1")
        await at.until(lambda: at.themes.is_grouping("j1"))
        await at.jam.submit(c.PinToTheme(actor="org", id="pin", idea=posted[0], theme=str(other)))
        await at.until(lambda: at.jam.state.theme_run != run)
        assert at.theme_of(posted[0]) == other


async def test_a_large_import_is_embedded_side_by_side_and_grouped(tmp_path: Path) -> None:
    async with live(tmp_path) as at:
        commands = [
            c.PostIdea(actor="ann", id=f"i{n}", topic=at.jam.topic, title=f"{ALL[n % len(ALL)]} number {n}", body="")
            for n in range(300)
        ]
        await at.jam.store.submit_many("j1", [(command, None) for command in commands])
        await at.until(lambda: at.jam.state.theme_run is not None and at.jam.state.theme_run.ideas >= 200)
        await at.until(at.is_quiet)
        placed = sum(1 for idea in at.jam.state.ideas if idea.theme is not None)
        assert placed >= 270


async def test_a_decision_made_while_a_run_is_recorded_is_not_undone(tmp_path: Path) -> None:
    """However late it comes: the journal refuses the run, and another one keeps to the decision."""
    async with live(tmp_path, regroup_after=1_000) as at:
        posted = [await at.jam.post(text) for text in ALL]
        await at.settled()
        run, other = at.jam.state.theme_run, str(at.theme_of(posted[12]))
        submit, refused = at.jam.store.submit, list[BaseException]()

        async def just_before(jam_id: str, command: c.Command, at_ms: int | None = None) -> int:
            if isinstance(command, c.RecordGrouping) and not refused:
                await submit(jam_id, c.PinToTheme(actor="org", id="pin", idea=posted[0], theme=other))
                try:
                    return await submit(jam_id, command, at_ms)
                except Conflict as conflict:
                    refused.append(conflict)
                    raise
            return await submit(jam_id, command, at_ms)

        at.jam.store.submit = just_before  # type: ignore[method-assign]
        await at.themes.regroup("j1")
        await at.until(lambda: at.jam.state.theme_run != run)
        assert len(refused) == 1
        assert at.theme_of(posted[0]) == other


async def test_of_two_servers_of_one_jam_one_makes_the_runs(tmp_path: Path) -> None:
    """Here the two share a store: what one records the other takes note of, and leaves the next run to it."""
    async with live(tmp_path, regroup_after=4) as at:
        second = ThemeService(at.jam.store, ThemeSettings(tmp_path, embedder="tfidf", regroup_after=4), SearchService().alike)
        task = asyncio.create_task(second.run())
        try:
            for text in ALL:
                await at.jam.post(text)
            await at.settled()
            runs = list[str]()
            at.jam.store.watch(
                lambda state, applied: runs.extend(e.run for e in applied if isinstance(e, events.ThemesGrouped))
            )
            first = at.jam.state.theme_run
            for number in range(8):
                await at.jam.post(f"{ALL[number]} again")
            await at.until(lambda: at.jam.state.theme_run != first and at.is_quiet() and not second.backlog("j1"))
            makers = [service._jams["j1"]._rhythm.is_elsewhere for service in (at.themes, second)]
            assert sorted(makers) == [False, True]
            assert len(runs) == len(set(runs)) <= 3
        finally:
            await second.stop()
            await task


ORPHAN = """
import asyncio, os, signal, sys
from pathlib import Path
from server.themes import processes
from server.themes.messages import ProcessSettings
from server.themes.pools import Pool

async def main():
    pool = Pool("quick", 1, ProcessSettings(Path(sys.argv[1]), "tfidf", 0))
    await pool.call(processes.warm_up)
    print(pool.process_ids()[0], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_processes_end_when_the_server_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        timeout=60,
    )
    child = int(ran.stdout)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{child}").exists() and "State:\tZ" not in Path(f"/proc/{child}/status").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)


async def test_after_a_failure_it_is_begun_again_with_new_processes_and_hears_everything_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jam, search = await Jam.make(), SearchService()
    themes = ThemeService(jam.store, ThemeSettings(tmp_path, embedder="tfidf", regroup_minutes=600.0), search.alike)  # type: ignore[arg-type]
    watched: list[object] = []
    watch, every, failures = jam.store.watch, jam.store.all, iter([OSError("no processes left"), OSError("still none")])
    monkeypatch.setattr(jam.store, "watch", lambda callback: (watched.append(callback), watch(callback)))

    def all_or_none() -> object:
        if (failure := next(failures, None)) is not None:
            raise failure
        return every()

    monkeypatch.setattr(jam.store, "all", all_or_none)
    supervisor = Supervisor(first_pause_s=0.01)
    async with supervisor.running([Work("themes", themes.run)]):
        at = Live(jam, themes)
        posted = [await jam.post(text) for text in ALL]
        await at.until(lambda: len(supervisor.failing()) == 1)
        await at.settled()
        assert all(at.theme_of(id) for id in posted)
        assert len(watched) == 1
        await themes.stop()
    assert (themes._quick.process_ids(), themes._slow.process_ids()) == ([], [])
    await asyncio.wait_for(themes.run(), PATIENCE_S)
    await jam.store.close()
