"""Latencies of a live jam: ticks to ten thousand, votes on five thousand screens."""

from bench.figures import Findings, Row, median
from bench.plan import Plan, rounds
from bench.preparing import Recipe
from bench.product import product
from bench.swarming import Swarmed, swarm

TICKS_PER_S, VOTES_PER_S = 4, 65


def measure_ticks(plan: Plan) -> Findings:
    """Keys `tick10k.*`. The p99 is over ticks, of how long it took until the last client had read one."""
    samples = rounds(plan, {"10,000 subscribers": lambda: _watched(plan, plan.ticking, 1000 // TICKS_PER_S, 2 * TICKS_PER_S)})
    found = next(iter(samples.values()))
    values = {
        "tick10k.core": median(sample.core for sample in found),
        "tick10k.p99_ms": median(sample.last.p99_ms for sample in found),
        "tick10k.p50_ms": median(sample.last.p50_ms for sample in found),
        "tick10k.delivery_p99_ms": median(sample.tick.p99_ms for sample in found),
        "tick10k.ticks_per_s": median(sample.deliveries / sample.clients / sample.seconds for sample in found),
    }
    return Findings(values, [_row(f"{plan.ticking:,} subscribers, {TICKS_PER_S} ticks a second", found)])


def measure_votes(plan: Plan) -> Findings:
    """Keys `watch5k.*`, from when a vote was due to be sent until another client had read a total that holds it."""
    samples = rounds(plan, {"5,000 watching": lambda: _watched(plan, plan.watching, 200, VOTES_PER_S)})
    found = next(iter(samples.values()))
    values = {
        "watch5k.p50_ms": median(sample.vote.p50_ms for sample in found),
        "watch5k.p99_ms": median(sample.vote.p99_ms for sample in found),
        "watch5k.vote_p50_ms": median(sample.publish.p50_ms for sample in found),
        "watch5k.vote_p99_ms": median(sample.publish.p99_ms for sample in found),
        "watch5k.core": median(sample.core for sample in found),
    }
    return Findings(values, [_row(f"{plan.watching:,} watching, {VOTES_PER_S} votes a second", found)])


def _watched(plan: Plan, clients: int, tick_ms: int, rate: float) -> Swarmed:
    with product(Recipe(), tick_ms) as server:
        return swarm(server.running, server.watching(clients, plan.long_seconds, rate, warm=2.0))


def _row(case: str, found: list[Swarmed]) -> Row:
    figures = {
        "core": median(sample.core for sample in found),
        "client core": median(sample.client_cpu_s / sample.seconds for sample in found),
        "tick p50 ms": median(sample.tick.p50_ms for sample in found),
        "tick p99 ms": median(sample.tick.p99_ms for sample in found),
        "last p99 ms": median(sample.last.p99_ms for sample in found),
        "vote p50 ms": median(sample.vote.p50_ms for sample in found),
        "vote p99 ms": median(sample.vote.p99_ms for sample in found),
        "answer p50 ms": median(sample.publish.p50_ms for sample in found),
        "answer p99 ms": median(sample.publish.p99_ms for sample in found),
    }
    return Row(case, "Hothouse", figures)
