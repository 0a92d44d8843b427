"""How many appends the SQLite journal takes, one event a record and many, and how soon a follower sees them.

    python bench/journal.py --seconds 3 --batch 100

Prints one line a case: records and events a second, and the latency of one append in milliseconds. Ends by itself.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from server.journal.sqlite import SqliteJournal

EVENT_BYTES = 300
ROW = "{:<34}{:>10}{:>12}{:>9}{:>9}{:>9}{:>9}"


@dataclass(frozen=True, slots=True)
class Result:
    """What one case did: latencies in seconds, one a record."""

    name: str
    events: int
    seconds: float
    latencies: list[float]

    def percentile(self, share: float) -> str:
        """The latency below which `share` of the records lie, in milliseconds."""
        ranked = sorted(self.latencies)
        return f"{ranked[min(int(share * len(ranked)), len(ranked) - 1)] * 1000:.2f}"

    def row(self) -> str:
        """The result as a line of the table."""
        rates = [f"{count / self.seconds:,.0f}" for count in (len(self.latencies), self.events)]
        return ROW.format(self.name, *rates, *(self.percentile(share) for share in (0.5, 0.95, 0.99, 1.0)))


async def append_for(journal: SqliteJournal, stream: str, batch: int, seconds: float) -> list[float]:
    """Append records of `batch` events one after the other for so long; return each one's latency in seconds."""
    payload = random.Random(batch).randbytes(batch * EVENT_BYTES)
    latencies: list[float] = []
    deadline = time.perf_counter() + seconds
    while (started := time.perf_counter()) < deadline:
        await journal.append(stream, len(latencies) * batch, batch, payload, str(len(latencies)))
        latencies.append(time.perf_counter() - started)
    return latencies


async def one_writer(journal: SqliteJournal, name: str, batch: int, seconds: float) -> Result:
    """One stream, each append after the last."""
    started = time.perf_counter()
    latencies = await append_for(journal, name, batch, seconds)
    return Result(name, len(latencies) * batch, time.perf_counter() - started, latencies)


async def many_streams(journal: SqliteJournal, streams: int, seconds: float) -> Result:
    """Several jams at once, each with a writer of its own."""
    started = time.perf_counter()
    runs = [append_for(journal, f"jam-{number}", 1, seconds) for number in range(streams)]
    latencies = [latency for run in await asyncio.gather(*runs) for latency in run]
    return Result(f"{streams} streams, 1 event", len(latencies), time.perf_counter() - started, latencies)


async def with_snapshots(journal: SqliteJournal, megabytes: int, seconds: float) -> Result:
    """Single appends while snapshots are saved without a pause."""
    data = random.Random(0).randbytes(megabytes * 1_000_000)

    async def keep_saving() -> None:
        for seq in range(1, 1_000_000):
            await journal.save_snapshot("snapshots", seq, "1", data)

    saving = asyncio.create_task(keep_saving())
    result = await one_writer(journal, f"1 event, saving {megabytes} MB snapshots", 1, seconds)
    saving.cancel()
    await asyncio.wait([saving])
    return result


async def follow_lag(writer: SqliteJournal, reader: SqliteJournal, name: str, appends: int) -> Result:
    """From before an append to its arrival at a follower of `reader`; 1 event each, with pauses between."""
    started = time.perf_counter()
    sent: list[float] = []
    lags: list[float] = []

    async def follow() -> None:
        async with aclosing(reader.follow(name)) as records:
            async for record in records:
                lags.append(time.perf_counter() - sent[record.after])
                if len(lags) == appends:
                    return

    following = asyncio.create_task(follow())
    for number in range(appends):
        await asyncio.sleep(random.Random(number).uniform(0.005, 0.02))
        sent.append(time.perf_counter())
        await writer.append(name, number, 1, bytes(EVENT_BYTES), str(number))
    await following
    return Result(name, appends, time.perf_counter() - started, lags)


async def replay(journal: SqliteJournal, stream: str, batch: int) -> Result:
    """Read one whole stream; the latency is of one record, averaged."""
    started = time.perf_counter()
    count = 0
    async for _ in journal.read(stream):
        count += 1
    seconds = time.perf_counter() - started
    return Result(f"replay of {stream}", count * batch, seconds, [seconds / count] * count)


def fsync_latency(folder: Path, times: int = 300) -> float:
    """Median seconds of writing 4 KB and syncing it: the disk's own floor."""
    found = []
    with (folder / "floor").open("wb") as file:
        for _ in range(times):
            started = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            found.append(time.perf_counter() - started)
    return sorted(found)[times // 2]


async def measure(folder: Path, seconds: float, batch: int, streams: int) -> None:
    """Run every case on a new file in `folder` and print the table."""
    print(f"disk: 4 KB and fsync take {fsync_latency(folder) * 1000:.2f} ms (median); {EVENT_BYTES} bytes an event\n")
    print(ROW.format("case", "records/s", "events/s", "p50 ms", "p95 ms", "p99 ms", "max ms"))
    journal = await SqliteJournal.open(folder / "journal.db")
    other = await SqliteJournal.open(folder / "journal.db")
    single, batched = "1 event a record", f"{batch} events a record"
    cases: list[Callable[[], Coroutine[Any, Any, Result]]] = [
        partial(one_writer, journal, single, 1, seconds),
        partial(one_writer, journal, batched, batch, seconds),
        partial(many_streams, journal, streams, seconds),
        partial(with_snapshots, journal, 35, seconds),
        partial(replay, journal, single, 1),
        partial(replay, journal, batched, batch),
        partial(follow_lag, journal, journal, "follower of the writing journal", 100),
        partial(follow_lag, journal, other, "follower of another journal", 100),
    ]
    for case in cases:
        print((await case()).row(), flush=True)
    await other.close()
    await journal.close()


def main() -> None:
    """Parse the arguments and measure in a temporary folder, which is removed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each writing case runs")
    parser.add_argument("--batch", type=int, default=100, help="events in a batched record")
    parser.add_argument("--streams", type=int, default=8, help="how many streams are written at once")
    parser.add_argument("--folder", type=Path, default=None, help="where to put the temporary folder: the disk to test")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        asyncio.run(measure(Path(folder), options.seconds, options.batch, options.streams))


if __name__ == "__main__":
    main()
