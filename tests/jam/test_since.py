"""What moved while someone was away: each kind by example, and everything against a naive recomputation."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.jam import commands as c
from server.jam import since as s
from server.jam.phases import Phase
from server.jam.since import Count, Gain, Mark, Since, SinceKind
from server.jam.visibility import EVERYONE, Audience, ContentStatus
from tests.jam.world import EMPLOYEES, World

PEOPLE = ("ann", "ben", "cat", "fay", "mod")


def leave(world: World) -> Mark:
    """Where the jam is now; whatever happens next happens later."""
    mark = Mark(world.state.seq, world.now)
    world.wait(2_000)
    return mark


def back(world: World, person: str, mark: Mark, reads: bool = True, most: int = s.SCREENFUL) -> Since:
    return s.since(world.state, world.viewer(person), mark, world.now, reads, most)


def kinds(found: Since) -> list[str]:
    return [item.kind.value for item in found.items]


def the(found: Since, kind: SinceKind) -> Any:
    (item,) = [item for item in found.items if item.kind is kind]
    return item


def test_nothing_moved_is_nothing_told() -> None:
    world = World()
    world.support(world.post("ann"), "ben")
    mark = leave(world)
    found = back(world, "ann", mark)
    assert found.is_empty
    assert (found.ideas, found.comments, found.more) == (Count(0, True), Count(0, True), {})


def test_own_ideas_tell_what_they_got_since_and_not_before() -> None:
    world = World()
    quiet, mine = world.post("ann"), world.post("ann")
    world.support(mine, "ben", "fay")
    world.comment(mine, "ben")
    mark = leave(world)
    world.support(mine, "cat")
    world.do(c.WithdrawSupport, "ben", idea=mine)
    world.comment(mine, "cat")
    world.comment(mine, "ann")
    world.post("cat", "On top", parents=(mine,))
    found = back(world, "ann", mark)
    assert kinds(found) == ["MINE", "CREDIT"]
    item = the(found, SinceKind.MINE)
    assert (item.idea.id, item.gain) == (mine, Gain(1, 1, 1))
    assert all(item.idea is not None and item.idea.id != quiet for item in found.items)
    assert found.ideas == Count(1, True)


def test_replies_and_credits_lead_to_the_answer() -> None:
    world = World()
    idea = world.post("ben")
    said = world.comment(idea, "ann")
    own = world.post("ann", "Own")
    mark = leave(world)
    answer = world.comment(idea, "cat", parent=said)
    child = world.post("cat", "On top", parents=(own,))
    found = back(world, "ann", mark)
    assert the(found, SinceKind.REPLY).comment.id == answer
    assert the(found, SinceKind.CREDIT).idea.id == child


def test_an_idea_built_on_for_some_only_tells_its_author_where_they_are_among_them() -> None:
    world = World()
    mine, of_family = world.post("ann"), world.post("fay")
    mark = leave(world)
    for parent in (mine, of_family):
        world.post("ben", "For employees", parents=(parent,), audience=EMPLOYEES)
    assert the(back(world, "ann", mark), SinceKind.MINE).gain == Gain(0, 0, 1)
    assert "MINE" not in kinds(back(world, "fay", mark))


def test_what_a_moderator_did_comes_first_with_its_reason() -> None:
    world = World()
    mine = world.post("ann")
    mark = leave(world)
    world.support(mine, "ben")
    world.do(c.HideIdea, "mod", idea=mine, reason="Names a customer")
    found = back(world, "ann", mark)
    assert kinds(found) == ["STATUS"]
    assert (found.items[0].notice.kind, found.items[0].notice.reason) == ("HIDDEN", "Names a customer")  # type: ignore[union-attr]
    assert back(world, "ben", mark).is_empty


def test_supported_ideas_that_go_on_are_told_before_new_ones_and_once() -> None:
    world = World()
    liked = world.post("ben")
    world.support(liked, "ann")
    mark = leave(world)
    world.support(liked, "cat", "fay")
    fresh = world.post("cat", "Fresh")
    world.support(fresh, "ben", "fay")
    found = back(world, "ann", mark)
    assert kinds(found) == ["SUPPORTED", "NEW"]
    assert the(found, SinceKind.SUPPORTED).gain == Gain(2, 0, 0)
    assert the(found, SinceKind.NEW).idea.id == fresh


def test_themes_announcements_and_the_newest_phase() -> None:
    world = World(Phase.LOBBY)
    mark = leave(world)
    world.do(c.Announce, "mod", texts={"en": "Welcome"})
    world.go(Phase.IDEATION)
    world.post("ben")
    world.go(Phase.REFINEMENT)
    world.group({"h1": [world.state.ideas[0].id]})
    found = back(world, "ann", mark)
    assert kinds(found) == ["THEME", "ANNOUNCEMENT", "PHASE", "NEW"]
    assert the(found, SinceKind.PHASE).phase is Phase.REFINEMENT
    assert the(found, SinceKind.THEME).theme.id == "h1"
    later = leave(world)
    assert back(world, "ann", later).is_empty


def test_older_ideas_that_others_support_now_have_risen() -> None:
    world = World()
    old = world.post("ben")
    mark = leave(world)
    world.support(old, "cat")
    found = back(world, "ann", mark)
    assert kinds(found) == ["RISEN"]
    assert found.items[0].gain == Gain(1, 0, 0)


def test_where_ideas_may_not_be_read_only_the_jam_is_told_of() -> None:
    world = World()
    mark = leave(world)
    world.post("ben")
    world.do(c.Announce, "mod", texts={"en": "Soon"})
    found = back(world, "ann", mark, reads=False)
    assert kinds(found) == ["ANNOUNCEMENT"]
    assert found.ideas == Count(0, True)


def test_a_stranger_is_told_nothing() -> None:
    world = World()
    mark = leave(world)
    world.do(c.Announce, "mod", texts={"en": "Soon"})
    world.support(world.post("ben"), "cat")
    found = s.since(world.state, world.state.viewer("nobody"), mark, world.now, True)
    assert (kinds(found), found.ideas) == ([], Count(0, True))


def test_a_screenful_has_something_of_every_kind_and_says_how_much_more_there_is() -> None:
    world = World()
    mine = [world.post("ann", f"Mine {number}") for number in range(9)]
    liked = [world.post("ben", f"Liked {number}") for number in range(6)]
    for idea in liked:
        world.support(idea, "ann")
    mark = leave(world)
    for number, idea in enumerate((*mine, *liked)):
        world.support(idea, *("cat", "fay", "fred")[: 1 + number % 3])
    for number in range(5):
        world.post("cat", f"New {number}")
    found = back(world, "ann", mark)
    assert Counter(kinds(found)) == {"MINE": 8, "SUPPORTED": 2, "NEW": 2}
    assert found.more == {SinceKind.MINE: 1, SinceKind.SUPPORTED: 4, SinceKind.NEW: 3}
    weights = [item.gain.weight for item in found.items if item.kind is SinceKind.MINE]
    assert all(a >= b for a, b in pairwise(weights))
    assert weights[0] == 3


def test_new_themes_of_a_whole_grouping_do_not_crowd_out_ideas() -> None:
    world = World()
    mark = leave(world)
    ideas = [world.post("cat", f"New {number}") for number in range(9)]
    world.group({f"h{number}": [idea] for number, idea in enumerate(ideas)})
    found = back(world, "ann", mark)
    assert Counter(kinds(found)) == {"THEME": 3, "NEW": 5}
    assert found.more == {SinceKind.THEME: 6, SinceKind.NEW: 4}


def test_it_looks_at_no_more_than_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much happened, so many ideas are counted closely, and of long lists so many are looked at."""
    world = World()
    liked = [world.post("ben", f"Liked {number}") for number in range(s.SUPPORTED + 20)]
    for idea in liked:
        world.support(idea, "ann")
    mark = leave(world)
    for idea in liked:
        world.support(idea, "cat")
    for number in range(70):
        world.post("cat", f"New {number}")
    looked: list[int] = []
    counted = s.given_after

    def counting(times: Any, second: int) -> int:
        looked.append(second)
        return counted(times, second)

    monkeypatch.setattr(s, "given_after", counting)
    monkeypatch.setattr(s, "COUNTED", 50)
    found = back(world, "ann", mark)
    assert len(looked) <= s.MINE + s.SUPPORTED + 2 * s.FIRST
    assert found.ideas == Count(50, False)


# ----------------------------------------------------------------------------------------------- against the naive answer
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ("post", "post staff", "post circle", "comment", "support", "withdraw", "hide", "remove comment", "group")
        ),
        st.sampled_from(PEOPLE),
        st.integers(0, 30),
    ),
    min_size=1,
    max_size=40,
)


def act(world: World, few: str, what: str, person: str, number: int) -> None:
    """Does it where it can be done; a refused command changes nothing."""
    ideas = [idea for idea in world.state.ideas if world.state.sees_idea(world.viewer(person), idea) and idea.is_listed]
    idea = ideas[number % len(ideas)] if ideas else None
    if what.startswith("post"):
        in_circle = what == "post circle" and person in ("ann", "ben")
        audience = (
            Audience(circle=few)
            if in_circle
            else EMPLOYEES
            if what == "post staff" and person in ("ann", "ben", "cat")
            else EVERYONE
        )
        parents = (idea.id,) if idea is not None and number % 3 == 0 and idea.reach.is_public else ()
        world.post(person, f"{what} {number}", audience, parents=parents)
    elif idea is None:
        return
    elif what == "comment":
        parent = next((one for one in idea.comments if world.state.comments[one].status is ContentStatus.VISIBLE), None)
        world.comment(idea.id, person, parent=None if parent is None or number % 2 else world.state.comments[parent].id)
    elif what == "support" and person != idea.author and person not in world.voters(idea.id):
        world.support(idea.id, person)
    elif what == "withdraw" and person in world.voters(idea.id):
        world.do(c.WithdrawSupport, person, idea=idea.id)
    elif what == "hide" and person == "mod":
        world.do(c.HideIdea, "mod", idea=idea.id, reason="For a reason")
    elif what == "remove comment" and person == "mod" and idea.comments:
        comment = world.state.comments[idea.comments[0]]
        if comment.status is ContentStatus.VISIBLE:
            world.do(c.RemoveComment, "mod", comment=comment.id, reason="For a reason")
    elif what == "group":
        world.group({f"h{number}": [one.id for one in world.state.ideas if one.reach.is_public]})


@settings(max_examples=60, deadline=None)
@given(before=ACTS, after=ACTS, person=st.sampled_from(PEOPLE))
def test_it_tells_what_a_naive_recomputation_tells(before: Any, after: Any, person: str) -> None:
    world = World()
    few = world.circle("ann", "ben")
    for what, who, number in before:
        act(world, few, what, who, number)
        world.wait(1_000)
    voters = {idea.id: world.voters(idea.id) for idea in world.state.ideas}
    mark = leave(world)
    for what, who, number in after:
        world.wait(1_000)
        act(world, few, what, who, number)
    found, viewer, state = back(world, person, mark), world.viewer(person), world.state

    assert len(found.items) <= s.SCREENFUL
    about = [
        item.idea.id for item in found.items if item.idea is not None and item.kind not in (SinceKind.STATUS, SinceKind.REPLY)
    ]
    assert len(about) == len(set(about)), "nothing is told twice"
    assert [item.kind for item in found.items] == sorted((item.kind for item in found.items), key=list(SinceKind).index)
    for item in found.items:
        assert item.idea is None or state.sees_idea(viewer, item.idea)
        assert item.comment is None or state.sees_comment(viewer, item.comment)
        assert item.kind is SinceKind.STATUS or item.idea is None or item.idea.is_listed or item.kind is SinceKind.REPLY
        if item.idea is not None and item.gain != Gain():
            assert item.gain == naive_gain(world, person, item.idea, voters, mark)
    new = [idea for idea in state.ideas if idea.posted_at > mark.at and idea.is_listed and state.sees_idea(viewer, idea)]
    said = [one for one in state.comments if one.posted_at > mark.at and one.status is ContentStatus.VISIBLE]
    assert found.ideas == Count(len(new), True)
    assert found.comments == Count(sum(state.sees_comment(viewer, one) for one in said), True)
    grown = [idea for idea in state.ideas if idea.author == person and idea.is_listed and state.sees_idea(viewer, idea)]
    moved = {idea.id for idea in grown if naive_gain(world, person, idea, voters, mark).weight > 0}
    told = {item.idea.id for item in found.items if item.kind is SinceKind.MINE and item.idea is not None}
    assert told <= moved
    assert len(told) + found.more.get(SinceKind.MINE, 0) == len(moved)


def naive_gain(world: World, person: str, idea: Any, voters: dict[str, set[str]], mark: Mark) -> Gain:
    """Counted by looking at everything. A vote given again since stands as new, with its new time."""
    state, viewer = world.state, world.viewer(person)
    pairs = zip(idea.supporters, idea.support_times, strict=True)
    fresh = {state.members[number].person for number, at in pairs if at * 1000 + state.created_at > mark.at}
    assert fresh >= world.voters(idea.id) - voters.get(idea.id, set())
    comments = [one for one in state.comments if one.idea == idea.id and one.posted_at > mark.at]
    said = [one for one in comments if one.status is ContentStatus.VISIBLE and one.author != person]
    children = [one for one in state.ideas if idea.id in one.parents and one.posted_at > mark.at and one.is_listed]
    built = [one for one in children if one.author != person and state.sees_idea(viewer, one)]
    return Gain(len(fresh), len(said), len(built))
