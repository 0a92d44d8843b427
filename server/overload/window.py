"""How many writes a worker takes in hand at once, found out from how long they take. Pure.

A queue hides that there is too much to do until it is long; then everything in it is late, people give up and send again, and
what is done for those who gave up is done for nobody. So what is in hand is held to what is done within the time that a vote
may take (Little's law: in hand = rate x time); the bound follows the measured time as congestion windows do: multiplicative
down, and up where it was used up (Jacobson 1988, "Congestion avoidance and control").
"""

LEAST, USUAL, MOST = 64, 2_000, 10_000
"""Writes in hand: never fewer, at the start and at rest, and never more."""

USED = 0.8
"""From this share on a window counts as used up."""

SMALLEST_STEP = 0.5
GROWTH, STEP = 1.25, 8
REST = 0.1
"""Share of the way back to `USUAL` in each interval at rest."""


def adapted(most: int, p90_ms: float | None, peak: int, target_ms: float) -> int:
    """The bound for the next interval, from the last one's: `peak` writes in hand, and how long those done took (None: none was
    done, and then nothing is known). So few as `LEAST` in hand do not make each other wait: then something else was slow.
    """
    if p90_ms is None and peak:
        return most
    if p90_ms is not None and p90_ms > target_ms and peak > LEAST:
        return max(LEAST, round(most * max(SMALLEST_STEP, target_ms / p90_ms)))
    if peak >= USED * most:
        return min(MOST, round(most * GROWTH) + STEP)
    if most < USUAL:
        return min(USUAL, most + max(1, round((USUAL - most) * REST)))
    return most
