"""Who may invite whom, within which quota, how often by mail; and what came of old journals."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.events import REGISTRY
from server.jam.invitations import (
    DAY_MS,
    HOUR_MS,
    LONGEST_CODE_MS,
    MAILS_OF_ONE,
    InvitationKind,
    InvitationPolicy,
    Place,
    Quota,
    offered,
)
from server.jam.people import Relation, Role
from server.jam.phases import Phase
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound, QuotaUsed, Rejection, TooMany
from server.jam.upcasts import UPCASTS
from server.journal.codec import EventCodec
from server.snapshots import dump, load
from tests.jam.commanding import Asker
from tests.jam.world import World, plain

FRIEND = Relation.FRIEND
MANY = InvitationPolicy((Quota(Relation.EMPLOYEE, 100),))


@pytest.fixture
def world() -> World:
    return long_world()


def long_world() -> World:
    """A jam whose ideation lasts for most of a year: invitations stand for days."""
    world = World()
    world.do(c.ExtendPhase, "org", phase=Phase.IDEATION, until=world.now + 300 * DAY_MS)
    return world


def place(key: str, relation: Relation = FRIEND, **given: Any) -> Place:
    return Place(f"secret of {key}", relation, key=key, language="en", **given)


def mail(world: World, actor: str, *keys: str) -> list[str]:
    """Mails an invitation for each key; their ids."""
    command = world.command(c.Invite, actor, kind=InvitationKind.MAIL, places=tuple(place(key) for key in keys))
    assert isinstance(command, c.Invite)
    assert world.run(command)
    return [command.invitation(key) for key in keys]


def link(world: World, actor: str, key: str, uses: int = 1) -> str:
    command = world.command(c.Invite, actor, kind=InvitationKind.LINK, places=(place(key, uses=uses),))
    assert isinstance(command, c.Invite)
    world.run(command)
    return command.invitation(key)


def left(world: World, person: str) -> int:
    member = world.member(person)
    quota = world.state.invitation_policy.quota(member.relation)
    return quota - offered(world.state.invitations_of(person), world.now)


def test_an_employee_invites_family_and_friends_who_are_participants_invited_by_them(world: World) -> None:
    (id,) = mail(world, "ann", "guest")
    made = world.state.invitation(id)
    assert made is not None
    assert (made.by, made.kind, made.language, made.role, made.max_uses) == (
        "ann",
        InvitationKind.MAIL,
        "en",
        Role.PARTICIPANT,
        1,
    )
    assert made.expires_at == world.now + 14 * DAY_MS
    world.do(c.AcceptInvitation, "guest", token_hash="secret of guest")
    guest = world.member("guest")
    assert (guest.invited_by, guest.invitation, guest.relation, guest.role) == ("ann", id, FRIEND, Role.PARTICIPANT)
    world.refuse(NotFound, c.AcceptInvitation, "another", token_hash="secret of guest")


def test_members_give_no_other_role_nor_relation_and_make_no_codes(world: World) -> None:
    def asked(kind: InvitationKind, one: Place) -> dict[str, Any]:
        return {"kind": kind, "places": (one,)}

    moderator = place("x", role=Role.MODERATOR)
    world.refuse(NotAllowed, c.Invite, "ann", **asked(InvitationKind.LINK, moderator))
    world.refuse(InvalidInput, c.Invite, "ann", **asked(InvitationKind.LINK, place("x", Relation.EMPLOYEE)))
    world.refuse(InvalidInput, c.Invite, "ann", **asked(InvitationKind.CODE, place("x")))
    world.refuse(InvalidInput, c.Invite, "ann", **asked(InvitationKind.LINK, place("x", uses=0)))
    world.refuse(NotAllowed, c.Invite, "nobody", **asked(InvitationKind.LINK, place("x")))
    assert world.do(c.Invite, "org", **asked(InvitationKind.MAIL, moderator))


def test_the_quota_counts_places_and_says_how_many_are_left(world: World) -> None:
    link(world, "ann", "nine", uses=9)
    refused = world.refuse(QuotaUsed, c.Invite, "ann", kind=InvitationKind.LINK, places=(place("two", uses=2),))
    assert (refused.left, refused.quota) == (1, 10)
    assert "1 more of 10" in refused.message
    link(world, "ann", "one")
    assert left(world, "ann") == 0
    assert link(world, "ben", "others have their own", uses=10)
    world.refuse(QuotaUsed, c.Invite, "fay", kind=InvitationKind.LINK, places=(place("family"),))
    assert link(world, "org", "organizers as many as they like", uses=5_000)


def test_revoking_and_ending_give_back_what_nobody_used(world: World) -> None:
    id = link(world, "ann", "four", uses=4)
    world.do(c.AcceptInvitation, "g1", token_hash="secret of four")
    assert left(world, "ann") == 6
    world.do(c.RevokeInvitation, "ann", invitation=id)
    assert left(world, "ann") == 9
    link(world, "ann", "three", uses=3)
    assert left(world, "ann") == 6
    world.wait(14 * DAY_MS - 1)
    assert left(world, "ann") == 6
    world.wait(1)
    assert left(world, "ann") == 9
    world.refuse(NotFound, c.AcceptInvitation, "late", token_hash="secret of three")


def test_friend_brings_friend_where_organizers_let_them(world: World) -> None:
    policy = InvitationPolicy((Quota(Relation.FRIEND, 2),), (FRIEND,), 1)
    assert world.do(c.SetInvitationPolicy, "org", policy=policy) == (
        ev.InvitationPolicySet(at=world.now, policy=policy, by="org"),
    )
    world.still(c.SetInvitationPolicy, "org", policy=policy)
    world.refuse(NotAllowed, c.SetInvitationPolicy, "ann", policy=MANY)
    link(world, "fred", "friend of a friend", uses=2)
    world.refuse(QuotaUsed, c.Invite, "ann", kind=InvitationKind.LINK, places=(place("x"),))
    world.refuse(InvalidInput, c.Invite, "fred", kind=InvitationKind.LINK, places=(place("x", Relation.FAMILY),))
    late = world.now + DAY_MS + 1
    world.refuse(InvalidInput, c.Invite, "fred", kind=InvitationKind.LINK, places=(place("x"),), expires_at=late)


@pytest.mark.parametrize(
    "policy",
    [
        InvitationPolicy((Quota(FRIEND, -1),)),
        InvitationPolicy((Quota(FRIEND, 10_001),)),
        InvitationPolicy((Quota(FRIEND, 1), Quota(FRIEND, 2))),
        InvitationPolicy(relations=()),
        InvitationPolicy(days=0),
        InvitationPolicy(days=367),
    ],
)
def test_what_is_no_policy(world: World, policy: InvitationPolicy) -> None:
    world.refuse(InvalidInput, c.SetInvitationPolicy, "org", policy=policy)


def test_all_places_of_a_command_or_none_and_the_same_command_makes_none_again(world: World) -> None:
    world.refuse(QuotaUsed, c.Invite, "ann", kind=InvitationKind.MAIL, places=tuple(place(str(n)) for n in range(11)))
    assert not world.state.invitations_of("ann")
    fields: dict[str, Any] = {"kind": InvitationKind.MAIL, "places": (place("a"), place("b"))}
    assert len(world.do(c.Invite, "ann", id="the same", **fields)) == 2
    world.still(c.Invite, "ann", id="the same", **fields)
    more = {"kind": InvitationKind.MAIL, "places": (place("a"), place("b"), place("c"))}
    assert len(world.do(c.Invite, "ann", id="the same", **more)) == 1
    world.refuse(InvalidInput, c.Invite, "ann", kind=InvitationKind.MAIL, places=(place("d"), place("d")))
    world.refuse(InvalidInput, c.Invite, "ann", kind=InvitationKind.MAIL, places=())


def test_a_flood_of_mails_is_held_back_by_the_hour(world: World) -> None:
    world.do(c.SetInvitationPolicy, "org", policy=MANY)
    mail(world, "ann", *(str(n) for n in range(MAILS_OF_ONE - 1)))
    world.wait(HOUR_MS // 2)
    mail(world, "ann", "last")
    refused = world.refuse(TooMany, c.Invite, "ann", kind=InvitationKind.MAIL, places=(place("more"),))
    assert refused.retry_after_seconds == 1800
    mail(world, "ben", "another's")
    assert link(world, "ann", "a link is no mail")
    world.wait(HOUR_MS // 2)
    mail(world, "ann", "later")


def test_delivery_is_recorded_by_the_server_alone(world: World) -> None:
    (id,) = mail(world, "ann", "guest")
    world.refuse(NotAllowed, c.RecordDelivery, "ann", invitation=id, delivered=True)
    world.refuse(NotFound, c.RecordDelivery, ids.SYSTEM, invitation="v", delivered=True)
    world.do(c.RecordDelivery, ids.SYSTEM, invitation=id, delivered=False)
    made = world.state.invitation(id)
    assert made is not None
    assert (made.failed, made.delivered_at) == (True, None)
    world.still(c.RecordDelivery, ids.SYSTEM, invitation=id, delivered=False)
    world.do(c.RecordDelivery, ids.SYSTEM, invitation=id, delivered=True)
    assert (made.failed, made.delivered_at) == (False, world.now)
    world.still(c.RecordDelivery, ids.SYSTEM, invitation=id, delivered=False)


def test_who_gets_a_mail_can_decline_it_and_the_place_is_free_again(world: World) -> None:
    (id,) = mail(world, "ann", "guest")
    link(world, "ann", "link")
    before = left(world, "ann")
    world.refuse(NotAllowed, c.DeclineInvitation, "ann", token_hash="secret of guest", reported=False)
    world.refuse(NotFound, c.DeclineInvitation, ids.SYSTEM, token_hash="secret of link", reported=False)
    world.refuse(NotFound, c.DeclineInvitation, ids.SYSTEM, token_hash="unknown", reported=False)
    assert world.do(c.DeclineInvitation, ids.SYSTEM, token_hash="secret of guest", reported=True) == (
        ev.InvitationDeclined(at=world.now, invitation=id, reported=True),
    )
    made = world.state.invitation(id)
    assert made is not None
    assert (made.revoked, made.declined, made.reported) == (True, True, True)
    assert left(world, "ann") == before + 1
    world.refuse(NotFound, c.AcceptInvitation, "guest", token_hash="secret of guest")
    world.still(c.DeclineInvitation, ids.SYSTEM, token_hash="secret of guest", reported=True)


def test_a_mail_is_sent_again_once_a_day_by_a_new_link_that_takes_the_place_of_the_old(world: World) -> None:
    (id,) = mail(world, "ann", "guest")
    world.refuse(TooMany, c.Reinvite, "ann", invitation=id, token_hash="new")
    world.refuse(NotFound, c.Reinvite, "ben", invitation=id, token_hash="new")
    world.wait(DAY_MS)
    before = left(world, "ann")
    again = world.make(ids.INVITATION, c.Reinvite, "ann", invitation=id, token_hash="new")
    assert left(world, "ann") == before
    world.refuse(NotFound, c.AcceptInvitation, "guest", token_hash="secret of guest")
    world.do(c.RecordDelivery, ids.SYSTEM, invitation=again, delivered=False)
    third = world.make(ids.INVITATION, c.Reinvite, "ann", invitation=again, token_hash="newest")
    world.do(c.AcceptInvitation, "guest", token_hash="newest")
    world.wait(DAY_MS)
    world.refuse(Conflict, c.Reinvite, "ann", invitation=third, token_hash="again")
    world.refuse(InvalidInput, c.Reinvite, "ann", invitation=link(world, "ann", "link"), token_hash="again")


def test_an_ended_mail_is_sent_again_only_within_the_quota(world: World) -> None:
    (id,) = mail(world, "ann", "guest")
    world.wait(14 * DAY_MS)
    link(world, "ann", "all", uses=10)
    world.refuse(QuotaUsed, c.Reinvite, "ann", invitation=id, token_hash="new")


def test_members_revoke_their_own_and_organizers_any(world: World) -> None:
    id = link(world, "ann", "own")
    world.refuse(NotAllowed, c.RevokeInvitation, "ben", invitation=id)
    world.refuse(NotAllowed, c.RevokeInvitation, "ben", invitation="there is none")
    world.wait(301 * DAY_MS)
    assert world.state.phase(world.now) is Phase.CLOSED
    assert world.do(c.RevokeInvitation, "ann", invitation=id) == (ev.InvitationRevoked(at=world.now, invitation=id, by="ann"),)
    world.wait(-301 * DAY_MS)
    assert world.do(c.RevokeInvitation, "org", invitation=link(world, "ann", "another"))


def test_a_code_lives_for_a_week_at_most(world: World) -> None:
    fields: dict[str, Any] = {
        "relation": FRIEND, "role": Role.PARTICIPANT, "max_uses": 40, "kind": InvitationKind.CODE, "token_hash": "code",
    }  # fmt: skip
    world.refuse(InvalidInput, c.CreateInvitation, "org", expires_at=world.now + LONGEST_CODE_MS + 1, **fields)
    world.do(c.CreateInvitation, "org", expires_at=world.now + LONGEST_CODE_MS, **fields)
    world.refuse(InvalidInput, c.CreateInvitation, "org", expires_at=world.now + 1, **fields | {"kind": InvitationKind.MAIL})


@given(st.integers(0, 10**9), st.integers(0, 12))
def test_no_history_goes_beyond_a_quota_or_the_places_of_a_link(seed: int, quota: int) -> None:
    world, random = long_world(), Random(seed)
    world.do(
        c.SetInvitationPolicy, "org", policy=InvitationPolicy((Quota(Relation.EMPLOYEE, quota), Quota(Relation.FAMILY, 1)))
    )
    ask = Asker(world, seed)
    brought = 0
    for _ in range(60):
        world.wait(random.choice((0, 1, HOUR_MS, DAY_MS, 5 * DAY_MS)))
        try:
            command = (
                world.command(c.AcceptInvitation, f"new{brought}", token_hash=random.choice([*world.state.invitations]))
                if world.state.invitations and random.random() < 0.5
                else ask.command(c.Invite, c.Reinvite, c.RevokeInvitation, c.RecordDelivery)
            )
            brought += bool(world.run(command))
        except Rejection:
            continue
        for member in world.state.members:
            made = world.state.invitations_of(member.person)
            assert all(0 <= one.uses <= one.max_uses for one in made)
            joined = sum(1 for other in world.state.members if other.invited_by == member.person and other.invitation)
            assert joined == sum(one.uses for one in made)
            if member.role is not Role.ORGANIZER:
                allowed = world.state.invitation_policy.quota(member.relation)
                assert joined <= offered(made, world.now) <= allowed


def test_a_snapshot_finds_invitations_as_the_state_did(world: World) -> None:
    mail(world, "ann", "a", "b")
    link(world, "ben", "c")
    world.do(c.SetInvitationPolicy, "org", policy=MANY)
    again = load(dump(world.state))
    assert plain(again.invitations_by) == plain(world.state.invitations_by)
    assert again.invitations_of("ann")[0] is again.invitations[world.state.invitations_of("ann")[0].token_hash]
    assert again.invitation_policy == MANY


def test_invitations_of_old_journals_are_links() -> None:
    codec: EventCodec[ev.Event] = EventCodec(REGISTRY, UPCASTS)
    old = (
        b'[[7,[{"t":"invitation.created","v":1,"at":5,"invitation":"v0","token_hash":"x","relation":"FRIEND",'
        b'"role":"PARTICIPANT","max_uses":3,"expires_at":9,"by":"org"}]]]'
    )
    (event,) = codec.decode(old)[0].events
    assert isinstance(event, ev.InvitationCreated)
    assert (event.kind, event.language, event.max_uses) == (InvitationKind.LINK, None, 3)
