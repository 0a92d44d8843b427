"""What was found and what was wanted: the keys of `results.json`, with the targets of issue 3."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """`least` or `most` is what the figure is to reach; `text` says what it is."""

    key: str
    text: str
    least: float | None = None
    most: float | None = None

    @property
    def wanted(self) -> str:
        return f"≥ {self.least:,g}" if self.least is not None else f"≤ {self.most:,g}"

    def is_met(self, value: float) -> bool:
        return value >= self.least if self.least is not None else self.most is not None and value <= self.most


TARGETS = (
    Target("fanout.floor_share", "fan-out: share of the C floor", least=0.75),
    Target("fanout.vs_broadcast", "fan-out: times `websockets.broadcast`", least=1.5),
    Target("fanout.vs_strawberry", "fan-out: times stock Strawberry", least=25),
    Target("fanout.vs_node", "fan-out: times the better of mercurius and yoga", least=4),
    Target("fanout.vs_socketio", "fan-out: times Socket.IO", least=1.25),
    Target("fanout.corked_floor_share", "corked, 4 messages a tick in one write: share of the C floor", least=2.5),
    Target("tick10k.core", "10,000 subscribers, 4 ticks a second: share of a core", most=0.5),
    Target("tick10k.p99_ms", "the same: tick to the last client, p99, ms", most=150),
    Target("watch5k.p50_ms", "5,000 watching, 65 votes a second, tick 200 ms: vote to others' screens, p50, ms", most=220),
    Target("watch5k.p99_ms", "the same, p99, ms", most=320),
    Target("watch5k.vote_p99_ms", "the same: the votes' own answers, p99, ms", most=15),
    Target("conn.kb", "memory of an idle subscribed connection, KB", most=32),
    Target("conn.cpu_ms", "CPU to connect, sign in and subscribe one, ms", most=0.8),
    Target("herd.all_back_s", "5,000 clients back within 2 s of a restart: until all have the newest totals, s", most=10),
    Target("board.vs_strawberry", "board of 20 ideas × 10 fields, shared: times Strawberry with caches", least=25),
    Target("board.vs_mercurius_jit", "the same: times mercurius-jit", least=1.5),
    Target("board.personal_vs_strawberry", "board with a personal field: times Strawberry with caches", least=8),
    Target("vote.vs_mercurius_sqlite", "durable votes a second: times mercurius with SQLite, full sync", least=2),
    Target("vote.vs_mercurius_sqlite_half_ms", "the same where a sync takes 0.5 ms, 2,000 a second", least=2),
    Target("vote.per_core", "durable votes a second and core", least=4_000),
    Target("growth.vote", "46,000 ideas against 1,000: CPU of a vote", most=1.2),
    Target("growth.board", "46,000 ideas against 1,000: CPU of a board that is not shared", most=1.2),
    Target("growth.filtered", "46,000 ideas against 1,000: CPU of a board by language and relation, with its total", most=1.2),
    Target("growth.tick", "46,000 ideas against 1,000: CPU of a tick", most=1.2),
)

JAM_TARGETS = (
    Target("jam.events_per_s", "events a second, all acts together", least=0),
    Target("jam.peak_mb", "most memory of the server, MB", most=2_048),
    Target("jam.restart_s", "restart until the board is answered, s", most=10),
    Target("jam.lost", "acknowledged acts that the journal lacks", most=0),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What one server did in one case; figures by what they are called in the report."""

    case: str
    server: str
    figures: dict[str, float]


@dataclass(slots=True)
class Findings:
    """`values` by the keys of `results.json`; `rows` hold what they were computed from."""

    values: dict[str, float] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        self.values |= other.values
        self.rows += other.rows
        self.failures += other.failures


def median(values: Iterable[float]) -> float:
    return float(statistics.median(values))


def spread(values: Sequence[float]) -> float:
    """How far the samples lie apart: (largest - smallest) / median."""
    return (max(values) - min(values)) / statistics.median(values)
