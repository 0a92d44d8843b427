"""Reading and following a journal, made of pages: what every adapter shares.

An adapter says how to fetch one page, where the record before a number ends, and how to watch the store for news. News
only ever wakes the followers; what they yield, they read from the store by number. So a piece of news that is late,
doubled or lost can delay a record and never lose, repeat or reorder one.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager

import structlog

from server.journal.port import JournalUnavailable, Record

PAGE_RECORDS = 1000
PAGE_BYTES = 4 * 1024 * 1024
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0

log = structlog.get_logger()


class Bell(asyncio.Event):
    """Wakes one follower; with `is_own_known`, not for what was appended here."""

    def __init__(self, is_own_known: bool) -> None:
        super().__init__()
        self.is_own_known = is_own_known


class PagedJournal(ABC):
    """`last`, `read` and `follow` over an adapter's pages. All of it runs on one event loop."""

    def __init__(self) -> None:
        self._bells: dict[str, set[Bell]] = {}
        self._watcher: asyncio.Task[None] | None = None
        self._closed = False

    @abstractmethod
    async def _page(self, stream: str, after: int) -> list[Record]:
        """The records following `after` in order, some `PAGE_RECORDS` or `PAGE_BYTES` of them; empty at the tail."""

    @abstractmethod
    async def _end_before(self, stream: str, limit: int | None) -> int:
        """Where the last record that follows a number below `limit` (None: any) ends; 0 if there is none."""

    @abstractmethod
    async def _watch(self) -> None:
        """Wake the followers once at the start, then whenever the store may have news of any writer."""

    async def last(self, stream: str) -> int:
        """The sequence number of the stream's last event; 0 for an unknown stream."""
        return await self._end_before(stream, None)

    async def read(self, stream: str, after: int = 0) -> AsyncGenerator[Record, None]:
        """Yield the records following `after` in order, up to the tail, a page in memory at a time."""
        await self._require_boundary(stream, after)
        while page := await self._page(stream, after):
            for record in contiguous(page, after):
                yield record
            after = page[-1].last

    async def follow(self, stream: str, after: int = 0, known: Callable[[], int] | None = None) -> AsyncGenerator[Record, None]:
        """Yield the records following `after` in order, then each new one as it appears, but for those that are `known`."""
        boundary_known = False
        pause = FIRST_PAUSE
        with self._bell(stream, known is not None) as bell:
            while not self._closed:
                bell.clear()
                after = after if known is None else max(after, known())
                try:
                    if not boundary_known:
                        await self._require_boundary(stream, after)
                        boundary_known = True
                    page = list(contiguous(await self._page(stream, after), after))
                except JournalUnavailable as error:
                    pause = await self._sit_out(stream, error, pause)
                    continue
                pause = FIRST_PAUSE
                for record in page:
                    yield record
                    after = record.last
                if not page:
                    await bell.wait()

    async def _require_boundary(self, stream: str, after: int) -> None:
        if after and await self._end_before(stream, after) != after:
            raise ValueError(f"{stream}: no record ends at {after}")

    async def _sit_out(self, stream: str, error: JournalUnavailable, pause: float) -> float:
        """Sleep `pause` seconds of an outage and return the next, longer pause; log the outage once."""
        if pause == FIRST_PAUSE and not self._closed:
            log.warning("following a stream is held up", stream=stream, reason=error.reason)
        await asyncio.sleep(pause)
        return min(pause * 2, LONGEST_PAUSE)

    @contextmanager
    def _bell(self, stream: str, is_own_known: bool) -> Iterator[Bell]:
        bell = Bell(is_own_known)
        self._bells.setdefault(stream, set()).add(bell)
        self._start_watching()
        try:
            yield bell
        finally:
            self._remove_bell(stream, bell)

    def _remove_bell(self, stream: str, bell: Bell) -> None:
        self._bells[stream].discard(bell)
        if not self._bells[stream]:
            del self._bells[stream]
        if not self._bells:
            self._stop_watching()

    def _start_watching(self) -> None:
        if self._watcher is None and not self._closed:
            self._watcher = asyncio.get_running_loop().create_task(self._keep_watching())

    def _stop_watching(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None

    async def _keep_watching(self) -> None:
        """Watch for ever; where watching fails, the followers still look about once a second."""
        while True:
            try:
                await self._watch()
            except JournalUnavailable as error:
                log.warning("watching the journal is held up", reason=error.reason)
            except Exception:
                log.exception("watching the journal failed")
            self._wake_all()
            await asyncio.sleep(LONGEST_PAUSE)

    def _wake(self, stream: str) -> None:
        for bell in self._bells.get(stream, ()):
            bell.set()

    def _appended(self, stream: str) -> None:
        """Wake those who do not know of what was appended here."""
        for bell in self._bells.get(stream, ()):
            if not bell.is_own_known:
                bell.set()

    def _wake_all(self) -> None:
        for stream in self._bells:
            self._wake(stream)

    async def _end_followers(self) -> None:
        """Mark the journal closed, end every follower and wait for the watcher to stop."""
        self._closed = True
        watcher = self._watcher
        self._stop_watching()
        self._wake_all()
        if watcher is not None:
            await asyncio.wait([watcher])


def contiguous(page: list[Record], after: int) -> Iterator[Record]:
    """Yield the records of a page; raise `JournalUnavailable` where one is missing."""
    for record in page:
        if record.after != after:
            raise JournalUnavailable(f"{record.stream} is damaged: the record after {after} is missing")
        yield record
        after = record.last


class ChainCheck:
    """Collects in `problems` each break in the chains of records, visited sorted by stream and number."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._stream, self._end = "", 0

    def visit(self, stream: str, after: int, count: int) -> None:
        """Look at the next record: it must begin where the one before it in its stream ends."""
        if stream != self._stream:
            self._stream, self._end = stream, 0
        if after != self._end:
            self.problems.append(f"{stream}: a record follows {after}, but the one before it ends at {self._end}")
        if count < 1:
            self.problems.append(f"{stream}: the record after {after} holds {count} events")
        self._end = after + count
