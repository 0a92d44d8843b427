"""Changes of themes that are held back: told later, and missed by nobody, whenever they were cut off."""

from hypothesis import given
from hypothesis import strategies as st

from server.live.holding import Held

STEPS = st.lists(st.sampled_from(["theme", "other", "begin", "release", "tick", "resume", "cut"]), max_size=60)


class Reader:
    """Who is told what changed after the number they have seen, as a feed tells it."""

    def __init__(self) -> None:
        self.seen = 0
        self.themes: set[int] = set()

    def ask(self, held: Held, seq: int, changed: list[int]) -> None:
        if not held.holds(self.seen):
            start = min(self.seen, held.start(self.seen))
            self.themes |= {one for one in changed if start < one <= seq}
        self.seen = seq


@given(STEPS, st.lists(st.integers(0, 2), max_size=60))
def test_nobody_misses_a_change(steps: list[str], who: list[int]) -> None:
    held, readers, seq, changed = Held(), [Reader(), Reader(), Reader()], 0, list[int]()
    for place, step in enumerate(steps):
        match step:
            case "theme" | "other":
                seq += 1
                if step == "theme":
                    changed.append(seq)
            case "begin":
                held.begin(seq)
            case "release":
                held.release(seq)
            case "tick":
                readers[0].ask(held, seq, changed)
            case _:
                readers[who[place] if place < len(who) else 1].ask(held, seq, changed)
    held.release(seq)
    seq += 1
    for reader in readers:
        reader.ask(held, seq, changed)
        assert reader.themes == set(changed)


def test_meanwhile_only_who_is_behind_is_told() -> None:
    held = Held()
    held.begin(10)
    assert held.holds(10)
    assert held.holds(11)
    assert not held.holds(9)
    assert held.release(15) == 10
    assert not held.holds(12)
    assert [held.start(after) for after in (9, 10, 15, 16)] == [9, 10, 10, 16]
    assert held.release(20) is None
