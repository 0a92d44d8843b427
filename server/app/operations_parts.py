"""What operators are shown: takes the vitals of this worker out of what its parts count anyway."""

import asyncio
import shutil
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any, Protocol

from server.app.certificate import Certificate
from server.command_handler import MOST_WAITING
from server.jam_store import ORGANIZATION_STREAM, JamStore
from server.journal.port import JournalUnavailable
from server.keeping.backup import last_backup
from server.live.hub import Hub
from server.metrics.histogram import Histogram
from server.metrics.meters import DONE, Meters
from server.metrics.operations import VitalsCollector
from server.metrics.sliding import SlidingHistogram, SlidingRate
from server.metrics.vitals import Figure, Vitals
from server.metrics.watch import Watch
from server.overload.measuring import memory_limit, resident
from server.settings import Settings
from server.vault.port import Vault, VaultUnavailable

VOTES = frozenset({"SupportIdea", "WithdrawSupport"})
SPAN_S, RATE_S = 30.0, 10.0
WITHIN_S = 2.0
STORE_LOOK_S = 10.0
"""Between two looks at what waits in the vault and at the disk."""

MB = 1024 * 1024
HOUR_MS = 3_600_000


class Parts(Protocol):
    """The parts that are looked at."""

    settings: Settings
    store: JamStore
    vault: Vault
    clock: Callable[[], int]
    hub: Hub
    themes: Any
    measuring: Any
    overload: Any
    exchange: Any


def watch_of(parts: Parts) -> Watch:
    """Shares what this worker measures with the others and with Prometheus, once it runs."""
    watch = Watch(parts.exchange.worker, _Look(parts))
    parts.exchange.share("vitals", watch.tell, watch.hear)
    parts.measuring.collectors.append(VitalsCollector(watch.mine))
    return watch


class _Look:
    """One look at everything, every two seconds; what is asked of a store, every ten."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._meters: Meters = parts.measuring.meters
        self._started_at = time.time_ns() // 1_000_000
        self._version = _version()
        self._lag, self._commits = SlidingHistogram(SPAN_S), SlidingHistogram(SPAN_S)
        self._votes, self._acts, self._refused = SlidingRate(RATE_S), SlidingRate(RATE_S), SlidingRate(RATE_S)
        self._messages, self._ticks, self._tick_s, self._lost = (SlidingRate(RATE_S) for _ in range(4))
        self._certificate = Certificate(parts.settings.public_url)
        self._kept: dict[Figure, float | None] = {}
        self._kept_at = float("-inf")

    async def __call__(self) -> Vitals:
        now = monotonic()
        values = self._own(now) | {Figure.STORE: await self._store()}
        if now - self._kept_at >= STORE_LOOK_S:
            self._kept_at, self._kept = now, await self._of_the_store()
        values |= self._kept
        settings, told = self._parts.settings, {figure.value: value for figure, value in values.items()}
        bounds = {figure.value: bound for figure, bound in self._bounds().items()}
        return Vitals(settings.worker, self._version, self._started_at, self._parts.clock(), told, bounds)

    def _own(self, now: float) -> dict[Figure, float | None]:
        parts, live = self._parts, self._parts.hub.counters
        lag, commits = self._lag.look(now, self._meters.lag), self._commits.look(now, self._durable())
        votes, acts, refused = self._results()
        ticks, tick_s = self._ticks.look(now, live.ticks), self._tick_s.look(now, live.tick_seconds)
        values: dict[Figure, float | None] = {
            Figure.PRESSURE: float(parts.overload.control.level),
            Figure.LAG_P50: lag.quantile(0.5),
            Figure.LAG_P99: lag.quantile(0.99),
            Figure.COMMIT_P50: commits.quantile(0.5),
            Figure.COMMIT_P95: commits.quantile(0.95),
            Figure.COMMIT_P99: commits.quantile(0.99),
            Figure.COMMANDS_WAITING: parts.store.waiting,
            Figure.VOTES: self._votes.look(now, votes),
            Figure.ACTS: self._acts.look(now, acts),
            Figure.REFUSED: self._refused.look(now, refused),
            Figure.CONNECTIONS: live.connections,
            Figure.TICK: 1_000 * tick_s / ticks if ticks else None,
            Figure.MESSAGES: self._messages.look(now, live.deliveries),
            Figure.MEMORY: resident() / MB or None,
            Figure.THEMES_BACKLOG: sum(parts.themes.backlog(state.id) for state in parts.store.all()),
            Figure.CLOCK_LEAPT: _leapt(parts.clock),
        }
        if (traces := parts.measuring.traces) is not None:
            values[Figure.TRACES_LOST] = self._lost.look(now, traces.failed + traces.dropped)
        return values

    def _bounds(self) -> dict[Figure, float]:
        settings = self._parts.settings
        return {
            Figure.COMMANDS_WAITING: MOST_WAITING,
            Figure.CONNECTIONS: settings.connections,
            Figure.TICK: settings.tick_ms,
            Figure.MEMORY: memory_limit(settings.memory_mb, settings.workers) / MB,
        }

    def _durable(self) -> Histogram:
        total = Histogram()
        for meter in self._parts.store.meters.values():
            total.add(meter.durable.whole)
        return total

    def _results(self) -> tuple[int, int, int]:
        """Votes, acts of all kinds, and what was refused, since the start."""
        votes = acts = refused = 0
        for meter in self._parts.store.meters.values():
            for (kind, result), count in meter.results.items():
                if result == DONE:
                    acts += count
                    votes += count if kind in VOTES else 0
                else:
                    refused += count
        return votes, acts, refused

    # ---- the store
    async def _store(self) -> float | None:
        """Milliseconds until the store says where it is; None where it does not."""
        began = perf_counter()
        try:
            async with asyncio.timeout(WITHIN_S):
                await self._parts.store.journal.last(ORGANIZATION_STREAM)
        except (JournalUnavailable, TimeoutError):
            return None
        return 1_000 * (perf_counter() - began)

    async def _of_the_store(self) -> dict[Figure, float | None]:
        """What is the same whoever looks: told by the first worker of a machine."""
        parts = self._parts
        if parts.settings.worker != 0:
            return {}
        values: dict[Figure, float | None] = {Figure.SNAPSHOT_BEHIND: parts.store.unsaved_events}
        values |= await self._waiting()
        values |= await asyncio.to_thread(_disk, parts.settings.data, bool(parts.settings.mongo_url), parts.clock())
        days = await self._certificate.days_left(parts.clock())
        return values if days is None else values | {Figure.CERTIFICATE: days}

    async def _waiting(self) -> dict[Figure, float | None]:
        figures = (Figure.MAILS_WAITING, Figure.WEBHOOKS_WAITING, Figure.WEBHOOKS_DEAD, Figure.PUSHES_WAITING)
        try:
            async with asyncio.timeout(WITHIN_S):
                found = await self._parts.vault.backlogs()
        except (VaultUnavailable, TimeoutError):
            return dict.fromkeys(figures)
        return dict(zip(figures, (found.mails, found.webhooks, found.dead_webhooks, found.pushes), strict=True))


def _disk(data: Path, is_elsewhere: bool, now: int) -> dict[Figure, float | None]:
    """Of the embedded stores also their size, and when they were last backed up; MongoDB's are its own business."""
    usage = shutil.disk_usage(data) if data.exists() else None
    values: dict[Figure, float | None] = {Figure.DISK_FREE: None if usage is None else usage.free / usage.total}
    if not is_elsewhere:
        files = [file for file in data.glob("journal.sqlite*") if file.is_file()]
        values[Figure.JOURNAL_SIZE] = sum(file.stat().st_size for file in files) / MB
        made_at = last_backup(data)
        values[Figure.BACKUP_AGE] = None if made_at is None else (now - made_at) / HOUR_MS
    return values


def _leapt(clock: Callable[[], int]) -> float:
    """1 while the machine's clock is not believed."""
    course = getattr(clock, "course", None)
    return float(course is not None and course.leapt_at is not None)


def _version() -> str:
    try:
        return version("hothouse")
    except PackageNotFoundError:
        return "unknown"
