"""A server of one or several workers as processes of their own, on a prepared jam, that can be killed, stopped and replaced."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from server.access.sessions import Sessions
from server.app.clock import wall_clock
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam_store import JAM_CODEC, PREFIX, load_state
from server.settings import Settings
from server.stores import init_stores, open_stores
from server.vault.port import PersonRecord
from tests.faults.checker import Entered
from tests.web.running import TOPIC, open_jam, serving

JAM = "jtown"
IDEAS = 40
READY_S = 240.0
"""A server needs three seconds of CPU to begin; on a machine that has many other things to do that may be a minute."""

UNLIMITED = {
    "HOTHOUSE_THEME_WORKERS": "0",
    "HOTHOUSE_VOTES_PER_MINUTE": "1000000",
    "HOTHOUSE_POSTS_PER_MINUTE": "1000000",
    "HOTHOUSE_ACTS_PER_MINUTE": "1000000",
}


@dataclass(frozen=True)
class Prepared:
    """A store with a running jam: who takes part, with their session cookies, and the ideas there are."""

    data: Path
    port: int
    environment: dict[str, str]
    people: dict[str, str]
    ideas: list[str]

    @property
    def settings(self) -> Settings:
        return Settings(data=self.data, port=self.port, theme_workers=0, mongo_url=self.environment.get("HOTHOUSE_MONGO_URL"))  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


async def prepare(data: Path, port: int, people: int, environment: dict[str, str]) -> Prepared:
    """Makes the store; nothing serves it when this returns."""
    bare = Prepared(data, port, environment, {}, [])
    await init_stores(bare.settings)
    async with serving(bare.settings) as server:
        await open_jam(server)
        sessions = Sessions(server.vault, wall_clock, 1)
        for number in range(IDEAS):
            post = c.PostIdea(actor="pada", id=f"idea-{number}", topic=TOPIC, title=f"Idea {number}", body="")
            await server.store.submit(JAM, post)
        cookies = {}
        for number in range(people):
            person = ids.derive_id("p", "faults", str(number))
            await server.vault.add_person(PersonRecord(person, None, person, None, "en", 0))
            join = c.AddMember(actor=ids.SYSTEM, id=person, person=person, role=Role.PARTICIPANT, relation=Relation.EMPLOYEE)
            await server.store.submit(JAM, join)
            cookies[person] = await sessions.begin(person, "faults")
        return Prepared(data, port, environment, cookies, [idea.id for idea in server.store.all()[0].ideas])


class Site:
    """The server's processes."""

    def __init__(self, prepared: Prepared, workers: int) -> None:
        self.prepared = prepared
        self.workers = workers
        self._process: asyncio.subprocess.Process

    async def start(self) -> None:
        """Begins the server, and returns when it answers."""
        command = [sys.executable, "-m", "server", "serve", "--data", str(self.prepared.data)]
        command += ["--port", str(self.prepared.port), "--workers", str(self.workers)]
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, env=os.environ | UNLIMITED | self.prepared.environment, stdout=log, stderr=log
            )
        await self.ready()

    @property
    def _log(self) -> Path:
        return self.prepared.data.parent / f"{self.prepared.data.name}.log"

    async def ready(self) -> None:
        """Returns when it answers. Raises `AssertionError` with what it said last where it ended instead, or does not."""
        last, deadline = "no connection", time.monotonic() + READY_S
        async with httpx.AsyncClient(timeout=5.0) as client:
            while self._process.returncode is None and time.monotonic() < deadline:
                try:
                    answer = await client.get(f"{self.prepared.url}/healthz")
                except httpx.TransportError as error:
                    last = repr(error)
                else:
                    if answer.status_code == 200:
                        return
                    last = answer.text
                await asyncio.sleep(0.02)
        said = self._log.read_text("utf-8", "replace")[-2_000:]
        raise AssertionError(f"the server is not ready: {last}; it ended with {self._process.returncode}; it said {said}")

    def worker_pids(self) -> list[int]:
        """The processes that answer: the server itself, or its workers."""
        if self.workers == 1:
            return [self._process.pid]
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(pid) for pid in children]

    async def kill(self) -> None:
        """`kill -9` of the whole server, and wait until it is gone."""
        pids = self.worker_pids()
        for pid in (self._process.pid, *pids):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await self._process.wait()

    def kill_parent(self) -> None:
        """`kill -9` of the process that watches the workers, and of nothing else."""
        os.kill(self._process.pid, signal.SIGKILL)

    def kill_worker(self, place: int) -> None:
        with suppress(ProcessLookupError, IndexError):
            os.kill(self.worker_pids()[place], signal.SIGKILL)

    async def holder_pid(self) -> int | None:
        """The worker that holds a lease of the jam, if any does."""
        async with open_stores(self.prepared.settings) as (_, vault):
            workers = {worker.id: worker.pid for worker in await vault.live_workers()}
            holders = [workers.get(id) for name, id in sorted((await vault.leases()).items()) if JAM in name]
        return next((pid for pid in holders if pid in self.worker_pids()), None)

    async def pause(self, pid: int, seconds: float) -> None:
        """Stops a worker in the middle of what it does, and wakes it again."""
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            os.kill(pid, signal.SIGCONT)

    async def replace_workers(self) -> None:
        """A rolling restart; returns when every worker is another process than before."""
        before = set(self.worker_pids())
        self._process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(READY_S * self.workers):
            while before & set(self.worker_pids()) or len(self.worker_pids()) != self.workers:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        with suppress(ProcessLookupError):
            self._process.terminate()
        await self._process.wait()


@asynccontextmanager
async def running(prepared: Prepared, workers: int) -> AsyncGenerator[Site, None]:
    site = Site(prepared, workers)
    await site.start()
    try:
        yield site
    finally:
        await site.stop()


async def journal_of(prepared: Prepared) -> tuple[list[Entered], dict[str, int]]:
    """Every entry of the jam's journal, and the votes of each idea in the state that is loaded from it."""
    entries = []
    async with open_stores(prepared.settings) as (journal, _):
        async for record in journal.read(PREFIX + JAM):
            seq = record.after
            for entry in JAM_CODEC.decode(record.payload):
                seq += len(entry.events)
                entries.append(Entered(entry.command_key, entry.events, seq))
        state = await load_state(journal, PREFIX + JAM)
    return entries, {idea.id: idea.support for idea in state.ideas}
