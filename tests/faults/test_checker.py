"""The checker finds every kind of fault that is planted, and nothing where there is none."""

from dataclasses import replace

import pytest

from server.jam import events as ev
from tests.faults.checker import Attempt, Entered, Findings, check


def supported(person: str, idea: str = "i1") -> ev.Event:
    return ev.IdeaSupported(at=0, idea=idea, person=person)


def withdrawn(person: str, idea: str = "i1") -> ev.Event:
    return ev.SupportWithdrawn(at=0, idea=idea, person=person)


def commented(person: str, body: str) -> ev.Event:
    return ev.CommentPosted(at=0, comment=f"c-{person}-{body}", idea="i1", parent=None, author=person, body=body, language="en")


def attempt(person: str, command: str, sent: float, settled: float, seq: int) -> Attempt:
    return Attempt(person, command, sent, settled, seq, tries=1)


HISTORY = [
    attempt("ann", "a1", 0.0, 1.0, 1),
    attempt("ben", "b1", 0.5, 1.5, 2),
    attempt("ann", "a2", 1.2, 2.0, 3),
    attempt("ann", "a3", 2.1, 3.0, 4),
    replace(attempt("ben", "b2", 2.2, 3.0, 0), seq=None, refused="PhaseClosed"),
    replace(attempt("cat", "c1", 2.3, 0.0, 0), seq=None, settled_at=None),
]
KEYS = {one.command: one.key for one in HISTORY}
ENTRIES = [
    Entered(KEYS["a1"], (supported("ann"),), 1),
    Entered(KEYS["b1"], (supported("ben"),), 2),
    Entered(KEYS["a2"], (commented("ann", "Yes"),), 3),
    Entered(KEYS["a3"], (withdrawn("ann"),), 4),
]
TOTALS = {"i1": 1}


def test_an_honest_history_has_no_faults() -> None:
    found = check(HISTORY, ENTRIES, TOTALS)
    assert found.faults == []
    assert found.acknowledged == 4


def test_what_was_never_answered_may_be_there_or_not() -> None:
    there = [*ENTRIES, Entered(KEYS["c1"], (supported("cat"),), 5)]
    assert check(HISTORY, there, {"i1": 2}).faults == []


def planted(fault: str) -> Findings:
    match fault:
        case "acknowledged before the commit, which was lost":
            return check(HISTORY, ENTRIES[:3], {"i1": 2})
        case "refused, and done all the same":
            return check(HISTORY, [*ENTRIES, Entered(KEYS["b2"], (supported("ben", "i2"),), 5)], {"i1": 1, "i2": 1})
        case "sent twice without its token":
            return check(HISTORY, [*ENTRIES, Entered(None, (commented("ann", "Yes"),), 5)], TOTALS)
        case "carried out twice":
            return check(HISTORY, [*ENTRIES, Entered(KEYS["b1"], (supported("ben"),), 5)], TOTALS)
        case "a vote given twice":
            return check(HISTORY, [*ENTRIES, Entered(None, (supported("ben"),), 5)], TOTALS)
        case "a vote withdrawn twice":
            return check(HISTORY, [*ENTRIES, Entered(None, (withdrawn("ann"),), 5)], TOTALS)
        case "a later one put before an earlier one":
            swapped = [replace(ENTRIES[2], seq=1), replace(ENTRIES[0], seq=3)]
            return check(HISTORY, [swapped[0], ENTRIES[1], swapped[1], ENTRIES[3]], TOTALS)
        case "told a number before it was in effect":
            return check([replace(HISTORY[0], seq=0), *HISTORY[1:]], ENTRIES, TOTALS)
        case "a total that is not its votes":
            return check(HISTORY, ENTRIES, {"i1": 2})
    raise ValueError(fault)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("acknowledged before the commit, which was lost", "lost"),
        ("refused, and done all the same", "denied"),
        ("sent twice without its token", "doubled"),
        ("carried out twice", "doubled"),
        ("a vote given twice", "doubled"),
        ("a vote withdrawn twice", "doubled"),
        ("a later one put before an earlier one", "disordered"),
        ("told a number before it was in effect", "misnumbered"),
        ("a total that is not its votes", "miscounted"),
    ],
)
def test_a_planted_fault_is_found(fault: str, kind: str) -> None:
    assert getattr(planted(fault), kind)
