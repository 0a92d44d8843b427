"""Whoever was out of a jam, and whatever was hidden with a branch, is out of the jam that plays it again."""

from server.jam import commands as c
from server.jam import ids
from server.jam.people import STRANGER, Role
from server.jam.standing import RestrictionKind
from server.jam.visibility import ContentStatus
from server.replaying.translate import Translator
from tests.jam.test_branches import TREE, bring
from tests.jam.world import HOUR, Recorded, World

R = "Because it is so"


def played(world: Recorded) -> World:
    """A new jam in which everything happened again, in the middle of its ideation."""
    again = World()
    translator = Translator("j2")
    for topic in (world.topic, world.staff):
        translator._ids[topic] = topic
    for entry in world.journal:
        for event in entry.events:
            if type(event).__name__ in ("TopicAdded", "JamPublished"):
                continue
            for command in translator.commands(event):
                again.run(command)
    return again


def out(world: World) -> set[str]:
    return {member.person for member in world.state.members if member.viewer is STRANGER}


def statuses(world: World) -> list[ContentStatus]:
    return [one.status for one in (*world.state.ideas, *world.state.comments)]


def family() -> Recorded:
    world = Recorded()
    for person, by in TREE.items():
        bring(world, person, by)
    for person in TREE:
        world.comment(world.post(person), "ben")
        world.comment(world.state.ideas[0].id, person)
    return world


def test_who_is_out_stays_out_and_what_was_hidden_stays_hidden() -> None:
    world = family()
    world.do(c.RestrictMembers, "mod", people=("fay",), kind=RestrictionKind.SUSPENDED, until=None, reason=R)
    world.do(c.RevokeBranch, "org", person="b1", hides=True, reason=R)
    world.do(c.RevokeBranch, "org", person="b2", hides=False, reason=R)
    again = played(world)
    assert out(again) == out(world) == {"fay", "b1", "b11", "b12", "b111", "b2", "b21"}
    assert statuses(again) == statuses(world)


def test_what_came_back_is_back() -> None:
    world = family()
    world.do(c.RestrictMembers, "mod", people=("fay",), kind=RestrictionKind.SUSPENDED, until=world.now + HOUR // 4, reason=R)
    act = world.make(ids.MEMBER_ACT, c.ChangeRoles, "org", people=("cat",), role=Role.REVIEWER)
    muting = world.make(
        ids.MEMBER_ACT, c.RestrictMembers, "mod", people=("pat",), kind=RestrictionKind.MUTED, until=None, reason=R
    )
    for root in ("b11", "b1"):
        world.do(c.RevokeBranch, "org", person=root, hides=True, reason=R)
    kept = world.state.ideas[2].id
    world.do(c.RemoveIdea, "mod", idea=kept, reason=R)
    world.do(c.RestoreBranch, "org", person="b1")
    world.do(c.UndoMemberAct, "org", act=act)
    world.do(c.UndoMemberAct, "mod", act=muting)
    world.wait(HOUR // 4)
    world.do(c.LiftRestrictions, ids.SYSTEM, people=("fay",))
    again = played(world)
    assert out(again) == out(world) == {"b11", "b111"}
    assert statuses(again) == statuses(world)
    assert (again.member("cat").role, again.member("pat").restriction) == (Role.PARTICIPANT, None)
