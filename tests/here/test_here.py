"""Nobody can be made out of who is here, and nobody is left out of the count."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from server.here import FEWEST, Origin, here_of
from server.jam.people import Relation
from server.live.presence import Presence

ORIGINS = st.builds(Origin, st.sampled_from((None, "IL", "US", "DE", "IS")), st.sampled_from((None, *Relation)))


def test_few_people_of_a_country_or_relation_are_told_with_the_rest() -> None:
    counts = {
        Origin("IL", Relation.EMPLOYEE): 3, Origin("IL", Relation.FAMILY): 1, Origin("IS", Relation.CLIENT): 2,
        Origin(None, Relation.EMPLOYEE): 4,
    }  # fmt: skip
    here = here_of(counts)
    assert here.countries == (("IL", 4),)
    assert here.elsewhere == 6
    assert here.relations == ((Relation.EMPLOYEE, 7),)
    assert (here.others, here.count) == (3, 10)


def test_nobody_is_here() -> None:
    here = here_of({})
    assert (here.count, here.countries, here.elsewhere, here.relations, here.others) == (0, (), 0, (), 0)


@given(st.lists(ORIGINS))
def test_every_count_told_is_of_enough_people_and_all_add_up(people: list[Origin]) -> None:
    here = here_of(Counter(people))
    assert here.count == len(people) == here.elsewhere + sum(n for _, n in here.countries)
    assert here.count == here.others + sum(n for _, n in here.relations)
    assert all(n >= FEWEST for _, n in (*here.countries, *here.relations))
    assert dict(here.countries) == {c: n for c, n in Counter(p.country for p in people).items() if c and n >= FEWEST}


class Watcher:
    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []

    def came(self, person_id: str, jam_id: str) -> None:
        self.heard.append(("came", person_id, jam_id))

    def left(self, person_id: str, jam_id: str) -> None:
        self.heard.append(("left", person_id, jam_id))


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.booleans(), ORIGINS)))
def test_presence_counts_each_person_once_whatever_becomes_of_their_origin(acts: list[tuple[str, bool, Origin]]) -> None:
    """A person whose country changes while they are here stays counted as they came."""
    now: dict[str, Origin] = {}
    watcher = Watcher()
    presence = Presence("j1", lambda person: now[person], watcher)
    open_: Counter[str] = Counter()
    came: dict[str, Origin] = {}
    for person, comes, origin in acts:
        now[person] = origin
        if comes:
            presence.enter(person)
            came.setdefault(person, origin)
            open_[person] += 1
        elif open_[person]:
            presence.leave(person)
            open_[person] -= 1
            if not open_[person]:
                del came[person]
        assert len(presence) == len(came)
        assert presence.by_origin == Counter(came.values())
    turns = Counter((what, person) for what, person, _ in watcher.heard)
    assert all(turns["came", person] - turns["left", person] == (person in came) for person in "abcde")


def test_presence_has_changed_only_when_somebody_came_or_left() -> None:
    presence = Presence()
    presence.enter("a")
    assert presence.has_changed
    presence.has_changed = False
    presence.enter("a")
    presence.leave("a")
    assert not presence.has_changed
    presence.leave("a")
    assert presence.has_changed
    assert presence.by_origin == {}
