"""Who may invite whom, how many, and how often."""

from collections.abc import Iterable

from server.jam import commands as c
from server.jam import events, ids
from server.jam.decide.asking import Decisions, authority, member_may, not_erased, only_system
from server.jam.entities import Invitation, Member
from server.jam.invitations import (
    DAY_MS,
    HOUR_MS,
    LONGEST_CODE_MS,
    LONGEST_MS,
    MAILS_OF_MEMBERS,
    MAILS_OF_ONE,
    MAILS_OF_ORGANIZERS,
    MOST_AT_ONCE,
    MOST_QUOTA,
    MOST_USES,
    InvitationKind,
    Place,
    offered,
    usable,
)
from server.jam.people import Role
from server.jam.permissions import Action, may
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound, QuotaUsed, TooMany
from server.jam.state import JamState

Events = tuple[events.Event, ...]
ENDED = "This invitation does not open the door, or no longer: please ask for a new one."
"""Of one that was used, was revoked, has ended, or never was: which, is nobody's business who merely guesses."""


def create(state: JamState, command: c.CreateInvitation, now: int) -> Events:
    """A link or a code of an organizer's."""
    authority(state, command.actor, Action.ORGANIZE, now)
    if command.kind is InvitationKind.MAIL:
        raise InvalidInput("kind", "Invitations by mail are made by naming the addresses.")
    _valid_uses(command.max_uses)
    longest = LONGEST_CODE_MS if command.kind is InvitationKind.CODE else LONGEST_MS
    if not now < command.expires_at <= now + longest:
        limit = "a week" if command.kind is InvitationKind.CODE else "a year"
        raise InvalidInput("expiresAt", f"An invitation must end in the future, within {limit}.")
    id = command.derived(ids.INVITATION)
    if command.token_hash in state.invitations or state.invitation(id) is not None:
        return ()
    return (
        events.InvitationCreated(
            at=now, invitation=id, token_hash=command.token_hash, relation=command.relation, role=command.role,
            max_uses=command.max_uses, expires_at=command.expires_at, by=command.actor, kind=command.kind, language=None,
        ),
    )  # fmt: skip


def invite(state: JamState, command: c.Invite, now: int) -> Events:
    """All places or none. What was made by the same command before is not made again."""
    inviter, organizes = _inviter(state, command.actor, now)
    _well_formed(command)
    wanted = [
        (id, place)
        for place in command.places
        if state.invitation(id := command.invitation(place.key)) is None and place.token_hash not in state.invitations
    ]
    if not wanted:
        return ()
    expires_at = _expires_at(state, command.expires_at, organizes, now)
    _allowed(state, command.places, organizes)
    _within_quota(state, inviter, sum(place.uses for _, place in wanted), organizes, now)
    if command.kind is InvitationKind.MAIL:
        _not_too_many(state, command.actor, len(wanted), organizes, now)
    return tuple(
        events.InvitationCreated(
            at=now, invitation=id, token_hash=place.token_hash, relation=place.relation, role=place.role,
            max_uses=place.uses, expires_at=expires_at, by=command.actor, kind=command.kind, language=place.language,
        )
        for id, place in wanted
    )  # fmt: skip


def _well_formed(command: c.Invite) -> None:
    """Raises `InvalidInput` unless each of a bearable number of places has a key and a secret of its own."""
    if command.kind is InvitationKind.CODE:
        raise InvalidInput("kind", "A code for a room is made by an organizer.")
    if not 1 <= len(command.places) <= MOST_AT_ONCE:
        raise InvalidInput("places", f"Name between 1 and {MOST_AT_ONCE} people at once.")
    if len({place.key for place in command.places}) < len(command.places):
        raise InvalidInput("places", "Each place needs a key of its own.")
    if len({place.token_hash for place in command.places}) < len(command.places):
        raise InvalidInput("places", "Each place needs a secret of its own.")


def reinvite(state: JamState, command: c.Reinvite, now: int) -> Events:
    """At most once a day, except for a mail that could not be delivered."""
    inviter, organizes = _inviter(state, command.actor, now)
    old = _own(state, command.actor, command.invitation, organizes, Action.INVITE)
    id = command.derived(ids.INVITATION)
    if state.invitation(id) is not None:
        return ()
    if old.kind is not InvitationKind.MAIL:
        raise InvalidInput("invitationId", "Only an invitation by mail can be sent again.")
    if old.uses:
        raise Conflict("They have joined already.")
    if old.revoked:
        raise Conflict("This invitation was revoked: make a new one.")
    if not old.failed and now < old.created_at + DAY_MS:
        raise TooMany("One mail a day to the same address is enough: please wait.", (old.created_at + DAY_MS - now) / 1000)
    if now >= old.expires_at:
        _within_quota(state, inviter, old.max_uses, organizes, now)
    _not_too_many(state, command.actor, 1, organizes, now)
    again = events.InvitationCreated(
        at=now, invitation=id, token_hash=command.token_hash, relation=old.relation, role=old.role, max_uses=old.max_uses,
        expires_at=_expires_at(state, None, organizes, now), by=old.by, kind=old.kind, language=old.language,
    )  # fmt: skip
    return (events.InvitationRevoked(at=now, invitation=old.id, by=command.actor), again)


def revoke(state: JamState, command: c.RevokeInvitation, now: int) -> Events:
    """By who made it, or an organizer."""
    member = state.member(command.actor)
    own = state.invitation(command.invitation)
    if member is None or own is None or own.by != command.actor:
        member_may(state, command.actor, Action.ORGANIZE, now)
    invitation = _own(state, command.actor, command.invitation, True, Action.ORGANIZE)
    if invitation.revoked and not invitation.held:
        return ()
    return (events.InvitationRevoked(at=now, invitation=invitation.id, by=command.actor),)


def record_delivery(state: JamState, command: c.RecordDelivery, now: int) -> Events:
    only_system(command.actor, "RECORD_DELIVERY")
    invitation = state.invitation(command.invitation)
    if invitation is None:
        raise NotFound("invitation", command.invitation)
    if command.delivered:
        return () if invitation.delivered_at is not None else (events.InvitationDelivered(at=now, invitation=invitation.id),)
    return () if invitation.failed or invitation.delivered_at else (events.InvitationFailed(at=now, invitation=invitation.id),)


def decline(state: JamState, command: c.DeclineInvitation, now: int) -> Events:
    only_system(command.actor, "DECLINE_INVITATION")
    invitation = state.invitations.get(command.token_hash)
    if invitation is not None and invitation.declined:
        return ()
    if invitation is None or invitation.kind is not InvitationKind.MAIL or not usable(invitation, now):
        raise NotFound("invitation", "", ENDED)
    return (events.InvitationDeclined(at=now, invitation=invitation.id, reported=command.reported),)


def set_policy(state: JamState, command: c.SetInvitationPolicy, now: int) -> Events:
    authority(state, command.actor, Action.ORGANIZE, now)
    policy = command.policy
    named = [quota.relation for quota in policy.quotas]
    if len(set(named)) < len(named):
        raise InvalidInput("quotas", "Name each relation once.")
    if any(not 0 <= quota.places <= MOST_QUOTA for quota in policy.quotas):
        raise InvalidInput("quotas", f"A member may invite between 0 and {MOST_QUOTA:,} people.")
    if not policy.relations and any(quota.places for quota in policy.quotas):
        raise InvalidInput("relations", "Say what those who are invited may be to the company.")
    if not 1 <= policy.days <= LONGEST_MS // DAY_MS:
        raise InvalidInput("days", "An invitation stands between 1 and 366 days.")
    if policy == state.invitation_policy:
        return ()
    return (events.InvitationPolicySet(at=now, policy=policy, by=command.actor),)


# -------------------------------------------------------------------------------------------------------------- parts
def _inviter(state: JamState, actor: str, now: int) -> tuple[Member, bool]:
    """Who invites, and whether as an organizer. Refuses whom the table refuses."""
    member = member_may(state, actor, Action.INVITE, now)
    return member, may(Action.ORGANIZE, member.role, member.relation, state.phase(now))


def _own(state: JamState, actor: str, id: str, organizes: bool, action: Action) -> Invitation:
    """An invitation of the actor's; organizers take any for theirs. Others are not found."""
    invitation = state.invitation(id)
    if invitation is None or not (organizes or invitation.by == actor):
        raise NotFound("invitation", id)
    return invitation


def _valid_uses(uses: int) -> None:
    if not 1 <= uses <= MOST_USES:
        raise InvalidInput("maxUses", f"A link can be used between 1 and {MOST_USES:,} times.")


def _expires_at(state: JamState, wanted: int | None, organizes: bool, now: int) -> int:
    longest = LONGEST_MS if organizes else state.invitation_policy.days * DAY_MS
    if wanted is None:
        return now + state.invitation_policy.days * DAY_MS
    if not now < wanted <= now + longest:
        raise InvalidInput("expiresAt", f"An invitation must end in the future, within {longest // DAY_MS} days.")
    return wanted


def _allowed(state: JamState, places: Iterable[Place], organizes: bool) -> None:
    for place in places:
        _valid_uses(place.uses)
        if organizes:
            continue
        if place.role is not Role.PARTICIPANT:
            raise NotAllowed(Action.ORGANIZE.value, "Only organizers invite others than participants.")
        if place.relation not in state.invitation_policy.relations:
            allowed = ", ".join(relation.value.lower() for relation in state.invitation_policy.relations)
            raise InvalidInput("relation", f"In this jam members invite only: {allowed or 'nobody'}.")


def _within_quota(state: JamState, inviter: Member, wanted: int, organizes: bool, now: int) -> None:
    if organizes:
        return
    quota = state.invitation_policy.quota(inviter.relation)
    left = max(0, quota - offered(state.invitations_of(inviter.person), now))
    if wanted > left:
        raise QuotaUsed(wanted, left, quota)


def _not_too_many(state: JamState, actor: str, wanted: int, organizes: bool, now: int) -> None:
    """Mails within the last hour: of one member, of all members, of the organizers."""
    since = now - HOUR_MS
    if not organizes:
        recent = [one for one in state.invitations_of(actor) if one.kind is InvitationKind.MAIL and one.created_at > since]
        if len(recent) + wanted > MAILS_OF_ONE:
            raise TooMany(f"At most {MAILS_OF_ONE} mails an hour: please go on a little later.", _again_in(recent, now))
    of_jam = [one for one in state.mailed_since(since) if _organizes(state, one.by) is organizes]
    if len(of_jam) + wanted > (MAILS_OF_ORGANIZERS if organizes else MAILS_OF_MEMBERS):
        raise TooMany("Many invitations are being mailed in this jam: please go on a little later.", _again_in(of_jam, now))


def _organizes(state: JamState, person: str) -> bool:
    member = state.member(person)
    return member is not None and member.role is Role.ORGANIZER


def _again_in(recent: list[Invitation], now: int) -> float:
    """Seconds until the oldest of these is an hour old."""
    return max(1.0, (min((one.created_at for one in recent), default=now) + HOUR_MS - now) / 1000)


def accept(state: JamState, command: c.AcceptInvitation, now: int) -> Events:
    """Joining again by the same or another link changes nothing: a member keeps role and relation."""
    invitation = state.invitations.get(command.token_hash)
    not_erased(state, command.actor, Action.VIEW)
    if invitation is not None and state.member(command.actor) is not None:
        return ()
    if invitation is None or not usable(invitation, now):
        raise NotFound("invitation", "", ENDED)
    return (
        events.MemberJoined(
            at=now, person=command.actor, role=invitation.role, relation=invitation.relation, invitation=invitation.id,
            invited_by=invitation.by,
        ),
    )  # fmt: skip


DECISIONS: Decisions = {
    c.CreateInvitation: create,
    c.Invite: invite,
    c.Reinvite: reinvite,
    c.RevokeInvitation: revoke,
    c.AcceptInvitation: accept,
    c.RecordDelivery: record_delivery,
    c.DeclineInvitation: decline,
    c.SetInvitationPolicy: set_policy,
}
