"""Several worker processes behind one listening socket, watched by their parent.

Every worker answers everything. The parent begins a worker that ended anew, replaces them one by one when it is told to (each
successor answers before its predecessor ends, and nobody is refused meanwhile), and ends all of them when it ends. A worker
whose parent is gone ends by itself.
"""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

log = structlog.get_logger()
READY = b"r"
BACKLOG = 4_096
"""Connections that may wait to be accepted; Linux allows no more, unless it is told to (`net.core.somaxconn`)."""

READY_WITHIN_S = 300.0
"""A worker that has not answered for so long will not: loading the largest jam takes a tenth of it."""

END_WITHIN_S = 20.0
"""A worker that was told to end and still runs after this is killed."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0
STEADY_S = 30.0
"""A worker that ran so long was well: its successor is begun at once."""

Command = Callable[[int, int, int], Sequence[str]]
"""The command of a worker: from its place, the listening socket's descriptor and that of the line to its parent."""


@dataclass(eq=False, slots=True)
class Running:
    """A worker process, and the line by which it says that it is ready and learns that its parent is gone."""

    place: int
    process: asyncio.subprocess.Process
    line: socket.socket
    began: float

    async def ready(self) -> bool:
        """Whether the worker answers; False where it ended instead, or took too long."""
        loop = asyncio.get_running_loop()
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(READY_WITHIN_S):
                return await loop.sock_recv(self.line, 1) == READY
        return False

    async def end(self) -> None:
        """Tells the worker to finish what it has in hand, and waits until it is gone."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(END_WITHIN_S):
                await self.process.wait()
        except TimeoutError:
            log.error("a worker did not end and is killed", place=self.place, pid=self.process.pid)
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
        self.line.close()


class Workers:
    """So many workers on one socket."""

    def __init__(self, count: int, listening: socket.socket, command: Command) -> None:
        self._count = count
        self._listening = listening
        self._command = command
        self._current: dict[int, Running] = {}
        self._watches: dict[int, asyncio.Task[None]] = {}
        self._replacing = asyncio.Lock()
        self._is_ending = False

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers, by place."""
        return [self._current[place].process.pid for place in sorted(self._current)]

    async def start(self) -> bool:
        """Begins the first worker, which prepares the stores, then the others. False where the first can't start."""
        first = self._current[0] = await self._begin(0)
        if not await first.ready():
            await first.end()
            return False
        self._watch(0)
        others = [await self._begin(place) for place in range(1, self._count)]
        self._current.update((one.place, one) for one in others)
        await asyncio.gather(*(one.ready() for one in others))
        for one in others:
            self._watch(one.place)
        return True

    async def replace_all(self) -> None:
        """A successor for each worker, one after the other. Where a successor does not come up, the others stay as they are."""
        async with self._replacing:
            for place in range(self._count):
                if not await self._replace(place):
                    log.error("no more workers are replaced: a new one does not come up", place=place)
                    return

    async def end(self) -> None:
        """Ends all workers."""
        self._is_ending = True
        for watch in self._watches.values():
            watch.cancel()
        await asyncio.gather(*self._watches.values(), return_exceptions=True)
        await asyncio.gather(*(one.end() for one in self._current.values()))

    async def _replace(self, place: int) -> bool:
        if self._is_ending:
            return False
        successor = await self._begin(place)
        if not await successor.ready():
            await successor.end()
            return False
        self._watches.pop(place).cancel()
        before, self._current[place] = self._current[place], successor
        self._watch(place)
        await before.end()
        return True

    async def _begin(self, place: int) -> Running:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        given = (self._listening.fileno(), theirs.fileno())
        try:
            process = await asyncio.create_subprocess_exec(*self._command(place, *given), pass_fds=given)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return Running(place, process, ours, time.monotonic())

    def _watch(self, place: int) -> None:
        self._watches[place] = asyncio.create_task(self._keep(place), name=f"worker {place}")

    async def _keep(self, place: int) -> None:
        """Begins the worker anew whenever it ends by itself; a shared lock keeps this apart from replacements."""
        pause = FIRST_PAUSE_S
        while True:
            one = self._current[place]
            code = await one.process.wait()
            is_steady = time.monotonic() - one.began > STEADY_S
            log.error("a worker ended and is begun anew", place=place, pid=one.process.pid, code=code)
            one.line.close()
            pause = FIRST_PAUSE_S if is_steady else min(LONGEST_PAUSE_S, pause * 2)
            await asyncio.sleep(0 if is_steady else pause)
            async with self._replacing:
                self._current[place] = await self._begin(place)


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens for all workers. Raises `OSError`, such as for an address in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except BaseException:
        listening.close()
        raise
    listening.set_inheritable(True)
    return listening


async def supervise(workers: Workers) -> bool:
    """Runs the workers until SIGTERM or SIGINT; SIGHUP replaces them one by one. False where none could start."""
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    replacing: set[asyncio.Task[None]] = set()

    def replace() -> None:
        task = asyncio.create_task(workers.replace_all())
        replacing.add(task)
        task.add_done_callback(replacing.discard)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    loop.add_signal_handler(signal.SIGHUP, replace)
    starting = asyncio.create_task(workers.start())
    stop = asyncio.create_task(ending.wait())
    await asyncio.wait((starting, stop), return_when=asyncio.FIRST_COMPLETED)
    is_started = starting.done() and starting.result()
    if is_started:
        await ending.wait()
    starting.cancel()
    stop.cancel()
    await asyncio.gather(starting, stop, return_exceptions=True)
    for task in replacing:
        task.cancel()
    await workers.end()
    return is_started or ending.is_set()


async def serve_until_parent_gone(line: socket.socket, then: Callable[[], None]) -> None:
    """Tells the parent that this worker answers, and calls `then` once the parent is gone: nobody else would end the worker."""
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        await loop.sock_sendall(line, READY)
        await loop.sock_recv(line, 1)
    log.error("the parent of this worker is gone, and so it ends", pid=os.getpid())
    then()
