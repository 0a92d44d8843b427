"""Muted, suspended, banned and scoped members, and acts on many of them that can be undone."""

from typing import Any

import pytest

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.decide import decide
from server.jam.decide.restrictions import MOST_PEOPLE
from server.jam.member_acts import REMEMBERED_ACTS
from server.jam.people import STRANGER, Relation, Role
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound, Rejection, Restricted
from server.jam.standing import RestrictionKind, Scope
from server.snapshots import dump, load
from tests.jam.commanding import FIELDS, Asker, settled_world
from tests.jam.world import HOUR, World, plain

R = "Because it is so"
MUTED, SUSPENDED = RestrictionKind.MUTED, RestrictionKind.SUSPENDED


def restrict(world: World, *people: str, kind: RestrictionKind = SUSPENDED, ms: int | None = None, by: str = "mod") -> str:
    until = None if ms is None else world.now + ms
    return world.make(ids.MEMBER_ACT, c.RestrictMembers, by, people=people, kind=kind, until=until, reason=R)


def lift_what_is_over(world: World) -> tuple[ev.Event, ...]:
    """As the server's clock does it."""
    return world.do(c.LiftRestrictions, ids.SYSTEM, people=tuple(world.state.endings))


def standing(world: World) -> list[Any]:
    """What acts on members change of them."""
    return [(one.person, one.role, one.restriction, one.branches) for one in world.state.members]


# ------------------------------------------------------------------------------------------------------------ muting
def test_a_muted_person_reads_votes_and_reports_and_writes_nothing(world: World) -> None:
    idea, own = world.post("ann"), world.post("ben")
    remark = world.comment(idea, "cat")
    restrict(world, "ben", kind=MUTED)
    assert world.viewer("ben") == world.member("ben").standing
    world.support(idea, "ben")
    world.do(c.LikeComment, "ben", comment=remark)
    world.do(c.FileReport, "ben", target=idea, reason="SPAM")
    for kind, fields in {
        c.PostIdea: {"topic": world.topic, "title": "An idea", "body": ""},
        c.EditIdea: {"idea": own, "title": "Another", "body": "", "base_version": 1},
        c.PostComment: {"idea": idea, "body": "Hm"},
        c.CreateCircle: {"name": "Few", "members": ()},
    }.items():
        refused = world.refuse(Restricted, kind, "ben", **fields)
        assert (refused.kind, refused.until, refused.reason) == ("MUTED", None, R)
    assert world.notices("ben")[-1] == "MUTED"


@pytest.mark.parametrize("before_end", [1, 0])
def test_muting_ends_at_its_very_instant_before_anyone_lifts_it(world: World, before_end: int) -> None:
    restrict(world, "ben", kind=MUTED, ms=5_000)
    world.wait(5_000 - before_end)
    if before_end:
        world.refuse(Restricted, c.PostIdea, "ben", topic=world.topic, title="An idea", body="")
        assert lift_what_is_over(world) == ()
    else:
        assert world.post("ben")
        (lifted,) = lift_what_is_over(world)
        assert isinstance(lifted, ev.RestrictionsLifted)
        assert (lifted.people, lifted.by, lifted.act) == (("ben",), ids.SYSTEM, None)
        assert world.member("ben").restriction is None
        assert world.state.endings == {}


# --------------------------------------------------------------------------------------------------------- suspending
@pytest.mark.parametrize("before_end", [1, 0])
def test_a_suspension_ends_at_its_very_instant(world: World, before_end: int) -> None:
    idea = world.post("ann")
    restrict(world, "ben", ms=5_000)
    world.wait(5_000 - before_end)
    assert world.member("ben").is_out(world.now) is bool(before_end)
    if before_end:
        refused = world.refuse(Restricted, c.SupportIdea, "ben", idea=idea)
        assert (refused.kind, refused.until, refused.reason) == ("SUSPENDED", world.now + 1, R)
    else:
        world.support(idea, "ben")
    lift_what_is_over(world)
    assert (world.viewer("ben") is STRANGER) is bool(before_end)


@pytest.mark.parametrize("kind", [kind for kind, (actors, _) in FIELDS.items() if set(actors) - {ids.SYSTEM}])
def test_a_suspended_person_can_do_nothing_at_all(kind: type[c.Command]) -> None:
    """Of any kind of command: it is refused before anything else is asked, and so tells nothing."""
    world = settled_world()
    world.do(c.AddMember, "org", person="org2", role=Role.ORGANIZER, relation=Relation.EMPLOYEE)
    restrict(world, "org2", "ann", "mod", by="org")
    for actor in ("org2", "ann", "mod"):
        command = Asker(world, 7).command(kind)
        asks = "poster" if hasattr(command, "poster") else "actor"
        fields = {name: getattr(command, name) for name in command.__dataclass_fields__ if name != "id"} | {asks: actor}
        world.refuse(Restricted, kind, fields.pop("actor"), **fields)


def test_a_suspended_person_is_a_stranger_and_is_told_nothing(world: World) -> None:
    idea = world.post("ben")
    restrict(world, "ben")
    assert world.viewer("ben") is STRANGER
    notices = world.notices("ben")
    assert notices == ["SUSPENDED"]
    world.comment(idea, "ann")
    world.post("cat", parents=(idea,))
    assert world.notices("ben") == notices


def test_a_ban_has_no_end_and_an_organizer_lifts_it(world: World) -> None:
    restrict(world, "ben")
    world.wait(10**12)
    assert world.member("ben").is_out(world.now)
    world.now -= 10**12
    world.do(c.LiftRestrictions, "org", people=("ben",), reason=R)
    assert world.viewer("ben") == world.member("ben").standing
    assert world.notices("ben") == ["SUSPENDED", "RESTRICTION_LIFTED"]


def test_a_new_restriction_takes_the_place_of_the_old_one(world: World) -> None:
    restrict(world, "ben", kind=MUTED, ms=1_000)
    restrict(world, "ben", ms=9_000)
    world.still(c.RestrictMembers, "org", people=("ben",), kind=SUSPENDED, until=world.now + 9_000, reason=R)
    world.wait(1_000)
    assert lift_what_is_over(world) == ()
    assert world.state.endings == {"ben": world.now + 8_000}


@pytest.mark.parametrize(
    ("why", "by", "fields"),
    [
        (NotAllowed, "mod", {"people": ("org",)}),
        (NotAllowed, "mod", {"people": ("ann", "rev")}),
        (NotAllowed, "ann", {"people": ("ben",)}),
        (NotAllowed, "rev", {"people": ("ben",)}),
        (Conflict, "mod", {"people": ("ann", "mod")}),
        (Conflict, "org", {"people": ("org",)}),
        (NotFound, "mod", {"people": ("ann", "nobody")}),
        (InvalidInput, "mod", {"people": ()}),
        (InvalidInput, "mod", {"people": tuple(f"p{n}" for n in range(MOST_PEOPLE + 1))}),
        (InvalidInput, "mod", {"people": ("ann",), "reason": "No"}),
        (InvalidInput, "mod", {"people": ("ann",), "until": 0}),
        (InvalidInput, "mod", {"people": ("ann",), "until": 10**15}),
    ],
)
def test_who_may_not_be_restricted_by_whom(world: World, why: type[Rejection], by: str, fields: dict[str, Any]) -> None:
    world.refuse(why, c.RestrictMembers, by, **{"kind": SUSPENDED, "until": None, "reason": R} | fields)


def test_it_can_not_end_at_the_instant_it_begins(world: World) -> None:
    fields: dict[str, Any] = {"people": ("ann",), "kind": SUSPENDED, "reason": R}
    world.refuse(InvalidInput, c.RestrictMembers, "mod", until=world.now, **fields)
    assert world.do(c.RestrictMembers, "mod", until=world.now + 1, **fields)


def test_a_jam_keeps_an_organizer_who_is_neither_muted_nor_suspended(world: World) -> None:
    world.do(c.ChangeRole, "org", person="ann", role=Role.ORGANIZER)
    restrict(world, "org", kind=MUTED, by="ann")
    world.refuse(Conflict, c.ChangeRole, "ann", person="ann", role=Role.PARTICIPANT)
    world.refuse(Restricted, c.ChangeRole, "org", person="ann", role=Role.PARTICIPANT)
    world.do(c.LiftRestrictions, "ann", people=("org",), reason=R)
    assert world.do(c.ChangeRole, "ann", person="ann", role=Role.PARTICIPANT)


def test_the_public_log_names_nobody(world: World) -> None:
    restrict(world, "ben", "cat")
    world.do(c.LiftRestrictions, "org", people=("ben",), reason=R)
    world.do(c.RevokeBranch, "org", person="cat", hides=False, reason=R)
    world.do(c.RestoreBranch, "org", person="cat")
    acts = [entry.act for entry in world.state.log]
    assert acts == ["MEMBER_SUSPENDED", "MEMBER_RESTRICTION_LIFTED", "BRANCH_REVOKED", "BRANCH_RESTORED"]
    assert {(entry.target, entry.reason) for entry in world.state.log} == {("", "")}


# ------------------------------------------------------------------------------------------------------------- scopes
def test_a_moderator_decides_within_their_topics_and_languages_only(world: World) -> None:
    inside, outside = world.post("ann", language="en"), world.post("ann", language="en", topic=world.staff)
    foreign = world.post("ann", language="he")
    world.do(c.ScopeModerator, "org", person="mod", topics=(world.topic,), languages=("en",))
    assert world.member("mod").scope == Scope((world.topic,), ("en",))
    near, far, other = world.comment(inside), world.comment(outside, "cat"), world.comment(foreign)
    report = world.make(ids.REPORT, c.FileReport, "cat", target=far, reason="SPAM")
    cases: list[tuple[type[c.Command], dict[str, Any]]] = [
        *((kind, {"idea": idea}) for kind in (c.HideIdea, c.RestoreIdea, c.RemoveIdea) for idea in (outside, foreign)),
        *((kind, {"comment": far}) for kind in (c.HideComment, c.RestoreComment, c.RemoveComment)),
        (c.MergeIdeas, {"idea": inside, "into": outside}),
        (c.MergeIdeas, {"idea": foreign, "into": inside}),
        (c.UnmergeIdea, {"idea": outside}),
        (c.MarkIdea, {"idea": outside, "mark": "PINNED", "on": True}),
        (c.MoveIdea, {"idea": outside, "topic": world.topic}),
        (c.ResolveReport, {"report": report, "outcome": "UPHELD"}),
        (c.ReopenReport, {"report": report}),
    ]
    for kind, fields in cases:
        refused = world.refuse(NotAllowed, kind, "mod", **fields, reason=R)
        assert refused.action == "MODERATE"
    assert world.do(c.HideComment, "mod", comment=near, reason=R)
    assert world.do(c.HideComment, "mod", comment=other, reason=R), "a comment has a language of its own"
    assert world.do(c.HideIdea, "mod", idea=inside, reason=R)
    world.do(c.ScopeModerator, "org", person="mod", topics=None, languages=None)
    assert world.do(c.HideIdea, "mod", idea=outside, reason=R)


def test_an_organizer_has_no_scope_though_they_moderated_within_one(world: World) -> None:
    idea = world.post("ann", topic=world.staff)
    world.do(c.ScopeModerator, "org", person="mod", topics=(world.topic,), languages=None)
    world.do(c.ChangeRole, "org", person="mod", role=Role.ORGANIZER)
    assert world.do(c.HideIdea, "mod", idea=idea, reason=R)


@pytest.mark.parametrize(
    ("why", "fields"),
    [
        (Conflict, {"person": "ann"}),
        (NotFound, {"person": "nobody"}),
        (NotFound, {"topics": ("t0",)}),
        (InvalidInput, {"topics": ()}),
        (InvalidInput, {"languages": ("Hebrew",)}),
    ],
)
def test_bad_scopes(world: World, why: type[Rejection], fields: dict[str, Any]) -> None:
    world.refuse(why, c.ScopeModerator, "org", **{"person": "mod", "topics": None, "languages": None} | fields)


# ------------------------------------------------------------------------------------------------------------ undoing
def test_undoing_brings_back_what_each_of_them_was(world: World) -> None:
    restrict(world, "ann", kind=MUTED, ms=HOUR)
    restrict(world, "ben", ms=HOUR)
    before = standing(world)
    act = restrict(world, "ann", "ben", "cat", by="org")
    assert world.state.endings == {}
    world.do(c.UndoMemberAct, "org", act=act)
    assert standing(world) == before
    assert world.state.endings == {"ann": world.now + HOUR, "ben": world.now + HOUR}
    world.still(c.UndoMemberAct, "org", act=act)


def test_undoing_leaves_those_who_were_changed_since_and_counts_them(world: World) -> None:
    act = restrict(world, "ann", "ben", "cat")
    world.do(c.LiftRestrictions, "org", people=("ben",), reason=R)
    again = restrict(world, "ben")
    (undone,) = world.do(c.UndoMemberAct, "mod", act=act)
    assert isinstance(undone, ev.MemberActUndone)
    assert (set(undone.people), undone.left) == ({"ann", "cat"}, 1)
    assert world.member("ben").is_suspended, "suspended in the same words, but by another act"
    assert world.state.member_acts[act].left == 1
    world.do(c.LiftRestrictions, "org", people=("ben",), reason=R)
    world.refuse(Conflict, c.UndoMemberAct, "mod", act=again)


def test_what_was_over_meanwhile_does_not_come_back(world: World) -> None:
    restrict(world, "ann", ms=1_000)
    act = restrict(world, "ann", kind=MUTED, ms=HOUR)
    world.wait(1_000)
    world.do(c.UndoMemberAct, "mod", act=act)
    assert world.member("ann").restriction is None
    assert world.state.endings == {}


def test_roles_of_many_are_changed_and_brought_back(world: World) -> None:
    world.do(c.ChangeRole, "org", person="cat", role=Role.SPONSOR)
    before = standing(world)
    act = world.make(ids.MEMBER_ACT, c.ChangeRoles, "org", people=("ann", "ben", "cat"), role=Role.MODERATOR)
    assert {world.member(person).role for person in ("ann", "ben", "cat")} == {Role.MODERATOR}
    world.refuse(NotFound, c.UndoMemberAct, "mod", act=act)
    world.do(c.UndoMemberAct, "org", act=act)
    assert standing(world) == before


def test_invitations_of_many_are_revoked_and_opened_again(world: World) -> None:
    for token, by in (("x", "org"), ("y", "org2"), ("z", "org2")):
        if by == "org2" and world.state.member("org2") is None:
            world.do(c.AddMember, "org", person="org2", role=Role.ORGANIZER, relation=Relation.EMPLOYEE)
        world.do(
            c.CreateInvitation, by, token_hash=token, relation=Relation.FRIEND, role=Role.PARTICIPANT, max_uses=2,
            expires_at=world.now + HOUR,
        )  # fmt: skip
    world.do(c.RevokeInvitation, "org", invitation=world.state.invitations["z"].id)
    act = world.make(ids.MEMBER_ACT, c.RevokeInvitationsOf, "org", people=("org2",))
    assert [world.state.invitations[token].revoked for token in "xyz"] == [False, True, True]
    world.do(c.UndoMemberAct, "org", act=act)
    assert [world.state.invitations[token].revoked for token in "xyz"] == [False, False, True]


def test_only_the_newest_acts_can_be_undone(world: World) -> None:
    first = restrict(world, "ann", ms=HOUR)
    for ms in range(1, REMEMBERED_ACTS + 1):
        restrict(world, "ann", ms=HOUR + ms)
    assert len(world.state.member_acts) == REMEMBERED_ACTS
    world.refuse(NotFound, c.UndoMemberAct, "mod", act=first)


def test_a_snapshot_keeps_what_was_decided_and_when_it_ends(world: World) -> None:
    restrict(world, "ann", ms=HOUR)
    restrict(world, "ben", kind=MUTED)
    world.do(c.ScopeModerator, "org", person="mod", topics=(world.topic,), languages=None)
    world.post("cat")
    world.do(c.RevokeBranch, "org", person="cat", hides=True, reason=R)
    again = load(dump(world.state))
    assert plain(again) == plain(world.state)
    assert again.viewer("ann") is again.viewer("cat") is STRANGER


def test_the_same_act_sent_twice_is_one(world: World) -> None:
    command = world.command(c.RestrictMembers, "mod", people=("ann",), kind=MUTED, until=None, reason=R)
    world.run(command)
    world.do(c.LiftRestrictions, "org", people=("ann",), reason=R)
    assert decide(world.state, command, world.now) == ()
