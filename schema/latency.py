"""How long votes take to the screens, as moderators read it."""

import strawberry

from server.metrics import latency as known


@strawberry.type(description="Quantiles in milliseconds, off by 6 % at most; null where nothing was measured.")
class Quantiles:
    samples: int
    p50: float | None
    p95: float | None
    p99: float | None


@strawberry.type(description="The last five minutes, and everything since this server was started.")
class Spans:
    recent: Quantiles
    whole: Quantiles


@strawberry.type(
    description="From a vote to the screens, stage by stage. `own` and `drawn` are reported by screens whose people let them; "
    "`durable`, `waiting` and `told` are measured by the server. All of it is this server process's own."
)
class JamLatency:
    screens: int = strawberry.field(description="How many screens reported in the last five minutes.")
    own: Spans = strawberry.field(
        description="From a tap to its effect on the same screen through the live connection, by that device's own clock."
    )
    drawn: Spans = strawberry.field(
        description="From the durable record to any screen, by the screen's estimate of the server's clock."
    )
    clock_error: float | None = strawberry.field(
        description="How many milliseconds `drawn` may be wrong by, for 95 of 100 reports."
    )
    durable: Spans = strawberry.field(description="From a command to its durable record.")
    waiting: Spans = strawberry.field(description="From the first change that a tick tells until the tick begins.")
    told: Spans = strawberry.field(description="From that change until the tick's last write.")

    @classmethod
    def of(cls, figures: known.JamLatency) -> "JamLatency":
        """As the API shows it."""
        return cls(
            screens=figures.screens,
            own=_spans(figures.own),
            drawn=_spans(figures.drawn),
            clock_error=figures.clock_error,
            durable=_spans(figures.durable),
            waiting=_spans(figures.waiting),
            told=_spans(figures.told),
        )


def _spans(spans: known.Spans) -> Spans:
    return Spans(recent=_quantiles(spans.recent), whole=_quantiles(spans.whole))


def _quantiles(figures: known.Figures) -> Quantiles:
    return Quantiles(samples=figures.samples, p50=figures.p50, p95=figures.p95, p99=figures.p99)
