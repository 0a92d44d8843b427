"""Fan-out: CPU seconds of the server for a million deliveries of a 300-byte tick, one event a write.

The product's figure holds everything that it does meanwhile: a vote a tick over HTTP, committed with full sync, decides what
is told; every subscriber is a person who signed in, and the jam's real schema is executed.
"""

from collections.abc import Callable
from functools import partial

from bench.figures import Findings, Row, median, spread
from bench.peering import BROADCAST, FLOOR, MERCURIUS, MERCURIUS_JIT, SOCKET_IO, STRAWBERRY, YOGA, following, peer
from bench.plan import Plan, interval_ms, rounds
from bench.preparing import Recipe
from bench.product import product
from bench.swarming import Swarmed, swarm

PRODUCT = "Hothouse"
CORKED = "Hothouse, 4 messages in one write"
CLASSES = "Hothouse, 5 visibility classes"
NODE = (MERCURIUS, MERCURIUS_JIT, YOGA)
AT_EVERY_SIZE = (FLOOR, BROADCAST, SOCKET_IO)
IN_ONE_WRITE = 4
Samples = dict[str, list[Swarmed]]


def measure(plan: Plan) -> Findings:
    """Keys `fanout.*`. The worst of all sizes counts; peers that are far behind are compared at the smallest."""
    findings = Findings()
    shares: dict[str, list[float]] = {"floor_share": [], "vs_broadcast": [], "vs_socketio": []}
    for clients in plan.sizes:
        found = rounds(plan, _cases(plan, clients))
        findings.rows += [_row(clients, name, samples) for name, samples in found.items()]
        for key, other in zip(shares, AT_EVERY_SIZE, strict=True):
            shares[key].append(_times(found, PRODUCT, other))
            findings.values[f"fanout.{clients}.{key}"] = shares[key][-1]
        if clients == plan.small:
            findings.values |= _at_the_smallest(found)
    return Findings({f"fanout.{key}": min(values) for key, values in shares.items()} | findings.values, findings.rows)


def _at_the_smallest(found: Samples) -> dict[str, float]:
    return {
        "fanout.vs_strawberry": _times(found, PRODUCT, STRAWBERRY),
        "fanout.vs_node": min(_times(found, PRODUCT, name) for name in NODE),
        "fanout.corked_floor_share": _times(found, CORKED, FLOOR),
        "fanout.five_classes_floor_share": _times(found, CLASSES, FLOOR),
    }


def _cases(plan: Plan, clients: int) -> dict[str, Callable[[], Swarmed]]:
    is_smallest = clients == plan.small
    names = (*AT_EVERY_SIZE, *((STRAWBERRY, *NODE) if is_smallest else ()))
    cases: dict[str, Callable[[], Swarmed]] = {name: partial(_peer, plan, clients, name) for name in names}
    cases[PRODUCT] = partial(_product, plan, clients)
    if is_smallest:
        cases[CORKED] = partial(_product, plan, clients, operations=IN_ONE_WRITE)
        cases[CLASSES] = partial(_product, plan, clients, classes=5)
    return cases


def _peer(plan: Plan, clients: int, name: str) -> Swarmed:
    with peer(name, clients, interval_ms(clients)) as running:
        return swarm(running, following(name, clients, plan.seconds))


def _product(plan: Plan, clients: int, operations: int = 1, classes: int = 1) -> Swarmed:
    tick = interval_ms(clients * operations)
    with product(Recipe(classes=classes), tick) as server:
        return swarm(server.running, server.watching(clients, plan.seconds, 1000 / tick, operations=operations))


def _times(found: Samples, one: str, other: str) -> float:
    """How many times less CPU `one` takes than `other`."""
    return _cpu(found[other]) / _cpu(found[one])


def _cpu(samples: list[Swarmed]) -> float:
    return median(sample.cpu_s_per_million for sample in samples)


def _row(clients: int, name: str, samples: list[Swarmed]) -> Row:
    figures = {
        "per core": 1e6 / _cpu(samples),
        "CPU s / 1M": _cpu(samples),
        "spread %": 100 * spread([sample.cpu_s_per_million for sample in samples]),
        "deliveries/s": median(sample.deliveries / sample.seconds for sample in samples),
        "tick p50 ms": median(sample.tick.p50_ms for sample in samples),
        "tick p99 ms": median(sample.tick.p99_ms for sample in samples),
        "bytes": median(sample.frame_bytes for sample in samples),
    }
    return Row(f"fan-out, {clients:,} subscribers", name, figures)
