"""The visibility rule: every role and relation against every audience and status, in a circle or not."""

from itertools import combinations, product

import pytest

from server.jam import commands as c
from server.jam.people import STRANGER, Relation, Role, Viewer, VisibilityClass, class_viewer
from server.jam.visibility import EVERYONE, Audience, ContentStatus, Reach, reaches, sees
from tests.jam.world import World

AUDIENCES = [
    EVERYONE,
    *(Audience(relations=chosen) for size in range(1, 6) for chosen in combinations(Relation, size)),
    *(Audience(relations=chosen, circle="o1") for chosen in (None, (Relation.EMPLOYEE,), (Relation.FAMILY, Relation.CLIENT))),
]
CROSS = {"MODERATOR", "REVIEWER", "SPONSOR", "ORGANIZER"}
KEEPING = {"MODERATOR", "ORGANIZER"}
REASON = "Because it is so"


def expected(viewer: Viewer, audience: Audience, status: ContentStatus, author: str) -> bool:
    """The rule in plain words, written a second time."""
    if audience.circle is not None and audience.circle not in viewer.circles:
        return False
    if audience.relations is not None and viewer.relation not in audience.relations and viewer.role not in CROSS:
        return False
    if status in ("HIDDEN", "REMOVED"):
        return viewer.role in KEEPING or viewer.person == author
    return True


@pytest.mark.parametrize("status", list(ContentStatus))
@pytest.mark.parametrize("role", list(Role))
def test_who_sees_what(role: Role, status: ContentStatus) -> None:
    people = product(Relation, ("ann", "ben", None), (frozenset[str](), frozenset({"o1"}), frozenset({"o2"})))
    for relation, person, circles in people:
        viewer = Viewer(person, role, relation, circles)
        for audience in AUDIENCES:
            assert sees(viewer, audience.reach, status, "ann") is expected(viewer, audience, status, "ann"), (viewer, audience)


@pytest.mark.parametrize("status", list(ContentStatus))
def test_a_stranger_sees_nothing(status: ContentStatus) -> None:
    for audience in AUDIENCES:
        assert not sees(STRANGER, audience.reach, status, "ann")
        assert not sees(Viewer("ann", None, Relation.EMPLOYEE), audience.reach, status, "ann")
        assert not sees(Viewer("ann", Role.ORGANIZER, None), audience.reach, status, "ann")


def test_what_a_class_sees_everyone_of_the_class_sees() -> None:
    """So an answer made for a class may be given to all of it."""
    for role, relation in product(Role, Relation):
        whole = class_viewer(VisibilityClass(role, relation))
        for circles, person in product((frozenset[str](), frozenset({"o1"})), ("ann", "ben")):
            one = Viewer(person, role, relation, circles)
            assert one.visibility == whole.visibility
            for audience, status in product(AUDIENCES, ContentStatus):
                assert sees(one, audience.reach, status, "ann") or not sees(whole, audience.reach, status, "ann")


def test_an_audience_within_another_is_both_at_once() -> None:
    viewers = [
        Viewer("ben", Role.PARTICIPANT, relation, circles)
        for relation, circles in product(Relation, (frozenset[str](), frozenset({"o1"}), frozenset({"o1", "o2"})))
    ]
    for inner, outer in product([*AUDIENCES, Audience(circle="o2")], repeat=2):
        both = inner.reach.within(outer.reach)
        if both is None:
            assert {inner.circle, outer.circle} == {"o1", "o2"}
            continue
        for viewer in viewers:
            assert reaches(viewer, both) == (reaches(viewer, inner.reach) and reaches(viewer, outer.reach))


def test_one_reach_covers_another_when_it_reaches_everyone_the_other_does() -> None:
    viewers = [
        Viewer(None, Role.PARTICIPANT, relation, circles)
        for relation, circles in product(Relation, (frozenset[str](), frozenset({"o1"}), frozenset({"o2"})))
    ]
    for wide, narrow in product([*AUDIENCES, Audience(circle="o2")], repeat=2):
        if wide.reach.covers(narrow.reach):
            assert all(reaches(viewer, wide.reach) for viewer in viewers if reaches(viewer, narrow.reach))
        else:
            assert any(reaches(v, narrow.reach) and not reaches(v, wide.reach) for v in viewers)


def test_an_audience_says_itself_again() -> None:
    for audience in AUDIENCES:
        assert audience.reach.names() == (tuple(Relation) if audience.relations is None else audience.relations)
        assert audience.reach.is_public is (audience.circle is None and len(audience.reach.names()) == len(Relation))
    assert Audience(relations=(Relation.FAMILY, Relation.FAMILY)).reach == Audience(relations=(Relation.FAMILY,)).reach


def test_hiding_an_idea_leaves_it_to_its_author_and_the_keepers(world: World) -> None:
    idea = world.idea(world.post("ann"))
    everyone = [member.person for member in world.state.members]
    assert all(world.state.sees_idea(world.viewer(person), idea) for person in everyone)
    assert not world.state.sees_idea(world.viewer("stranger"), idea)
    for kind in (c.HideIdea, c.RemoveIdea):
        world.do(kind, "mod", idea=idea.id, reason=REASON)
        assert [person for person in everyone if world.state.sees_idea(world.viewer(person), idea)] == ["org", "ann", "mod"]


def test_a_circle_is_closed_to_all_but_its_members_organizers_too(world: World) -> None:
    idea = world.idea(world.post("ann", audience=Audience(circle=world.circle("ann", "fay"))))
    remark = world.remark(world.comment(idea.id, "fay"))
    for thing in (lambda person: world.state.sees_idea(world.viewer(person), idea),
                  lambda person: world.state.sees_comment(world.viewer(person), remark)):  # fmt: skip
        assert [member.person for member in world.state.members if thing(member.person)] == ["ann", "fay"]
    assert [found.id for found in world.state.visible_ideas(world.viewer("org"), (idea.id, "i"))] == []
    assert [found.id for found in world.state.visible_ideas(world.viewer("fay"), ("i", idea.id))] == [idea.id]


def test_the_topic_of_a_tier_is_for_that_tier_and_those_who_answer_for_the_jam(world: World) -> None:
    topic = world.state.topics[world.staff]
    seeing = [member.person for member in world.state.members if world.state.sees_topic(world.viewer(member.person), topic)]
    assert seeing == ["org", "ann", "ben", "cat", "mod", "rev", "spo"]


def test_an_audience_of_nobody_reaches_nobody_of_the_tiers() -> None:
    assert not any(reaches(Viewer(None, Role.PARTICIPANT, relation), Reach(relations=0)) for relation in Relation)
