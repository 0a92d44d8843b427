"""Whether the size of a jam shows: the CPU of a vote, a board and a tick with 46,000 ideas against 1,000."""

from collections.abc import Callable
from functools import partial

from bench.figures import Findings, Row, median
from bench.measures.votes import votes
from bench.plan import Plan, rounds
from bench.preparing import Recipe
from bench.product import product
from bench.requesting import ask
from bench.swarming import swarm

SMALL = 1_000
WATCHERS, TICK_MS = 100, 20
Case = Callable[[Plan, Recipe], float]


def measure(plan: Plan) -> Findings:
    """Keys `growth.*`. Boards are executed for each request. A tick includes its vote."""
    findings = Findings()
    for name, case in CASES.items():
        sizes = {f"{ideas:,} ideas": ideas for ideas in (SMALL, plan.grown)}
        cases = {f"{name}, {text}": partial(case, plan, Recipe(ideas=ideas)) for text, ideas in sizes.items()}
        small, grown = (median(samples) for samples in rounds(plan, cases).values())
        findings.values[f"growth.{name}"] = grown / small
        figures = {f"CPU µs, {text}": value for text, value in zip(sizes, (small, grown), strict=True)}
        findings.rows.append(Row(f"growth: {name}", "Hothouse", figures))
    return findings


def _vote_us(plan: Plan, recipe: Recipe) -> float:
    return votes(plan, recipe).cpu_us


def _board_us(plan: Plan, recipe: Recipe) -> float:
    with product(recipe) as server:
        return ask(server.running, server.executed_board(), plan.seconds, server.store.tokens).cpu_us


def _filtered_us(plan: Plan, recipe: Recipe) -> float:
    with product(recipe) as server:
        return ask(server.running, server.filtered_board(), plan.seconds, server.store.tokens).cpu_us


def _tick_us(plan: Plan, recipe: Recipe) -> float:
    with product(recipe, TICK_MS) as server:
        found = swarm(server.running, server.watching(WATCHERS, plan.seconds, 1000 / TICK_MS))
    return found.server_cpu_s * 1e6 / (found.deliveries / WATCHERS)


CASES: dict[str, Case] = {"vote": _vote_us, "board": _board_us, "filtered": _filtered_us, "tick": _tick_us}
