"""What an idle subscribed connection costs: resident memory, and the CPU to connect, sign in and subscribe."""

from bench.figures import Findings, Row, median
from bench.plan import Plan, rounds
from bench.preparing import Recipe
from bench.product import product
from bench.swarming import Swarmed, swarm


def measure(plan: Plan) -> Findings:
    """Keys `conn.*`. Every connection is another person's, so the CPU holds the look-up of their session in the vault."""
    found = rounds(plan, {"idle connections": lambda: _idle(plan)})["idle connections"]
    kb = median(sample.connection_kb for sample in found)
    cpu_ms = median(sample.connect_cpu_ms for sample in found)
    row = Row(f"{plan.idle:,} idle connections", "Hothouse", {"KB each": kb, "CPU ms each": cpu_ms})
    return Findings({"conn.kb": kb, "conn.cpu_ms": cpu_ms}, [row])


def _idle(plan: Plan) -> Swarmed:
    with product(Recipe()) as server:
        return swarm(server.running, server.idling(plan.idle))
