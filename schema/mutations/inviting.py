"""Invitations by members and by mail, codes for rooms, and who may invite."""

import strawberry

from schema.inputs import InvitationInput
from schema.invitation import Invitation, left_of, listed_invitations
from schema.invitation_inputs import (
    CreateCodeInput,
    InviteByLinkInput,
    InviteByMailInput,
    SetInvitationPolicyInput,
)
from schema.jam import Jam
from schema.mutations.asking import Asking
from schema.results import (
    InvitationResult,
    InvitationSuccess,
    InviteResult,
    InviteSuccess,
    JamResult,
    JamSuccess,
)
from schema.scalars import given
from schema.view import Info, JamView
from server.inviting.service import Guest, clean_address, clean_name
from server.inviting.words import clean_line
from server.jam import commands as c
from server.jam.invitations import InvitationKind, InvitationPolicy, Place, Quota
from server.jam.people import Role
from server.jam.rejections import InvalidInput, NotFound

MOST_GUESTS = 50
"""Addresses of one command; organizers have a list for more."""


async def _one(asked: Asking, view: JamView, id: str) -> Invitation:
    made = view.state.invitation(id)
    if made is None:
        raise NotFound("invitation", id)
    (listed,) = await listed_invitations(asked.services, [made])
    return listed


def _guests(input: InviteByMailInput) -> list[Guest]:
    """Each address once, the first time with its name."""
    if not 1 <= len(input.guests) <= MOST_GUESTS:
        raise InvalidInput("guests", f"Name between 1 and {MOST_GUESTS} people at once.")
    line, found = clean_line(input.line), dict[str, Guest]()
    for guest in input.guests:
        address = clean_address(guest.address)
        name = clean_name(given(guest.name))
        found.setdefault(address, Guest(address, input.relation, address, name, Role.PARTICIPANT, input.language, line))
    return list(found.values())


@strawberry.type
class InvitingMutations:
    @strawberry.mutation
    async def invite_by_link(self, info: Info, input: InviteByLinkInput) -> InvitationResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        token, token_hash = asked.services.invitations.new_token()
        places = (Place(token_hash, input.relation, uses=input.max_uses),)
        command = c.Invite(**asked.making(view), kind=InvitationKind.LINK, places=places)
        view, seq = await asked.submit(view, command)
        made = view.state.invitation(command.invitation())
        if made is None:
            raise NotFound("invitation", command.invitation())
        # The same command made it before with another secret, which was told then, and is not known any more.
        link = asked.services.invitations.url(token) if made.token_hash == token_hash else None
        return InvitationSuccess(invitation=Invitation(entity=made, link=link), seq=seq)

    @strawberry.mutation
    async def invite_by_mail(self, info: Info, input: InviteByMailInput) -> InviteResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        stamp = asked.making(view)
        ids, seq = await asked.services.inviting.by_mail(view.state, asked.person, stamp["id"], _guests(input))
        view = asked.view(view.state)
        made = [one for id in ids if (one := view.state.invitation(id)) is not None]
        listed = await listed_invitations(asked.services, made)
        return InviteSuccess(invitations=listed, places_left=None if view.me is None else left_of(view, view.me), seq=seq)

    @strawberry.mutation
    async def invite_again(self, info: Info, input: InvitationInput) -> InvitationResult:
        """Mails an invitation again, by a new link: the old one ends. Once a day; at once where it could not be delivered."""
        asked = Asking(info, input.command_id)
        view, invitation = asked.invitation(input.invitation_id)
        id, seq = await asked.services.inviting.again(view.state, asked.person, asked.making(view)["id"], invitation)
        return InvitationSuccess(invitation=await _one(asked, asked.view(view.state), id), seq=seq)

    @strawberry.mutation
    async def create_code(self, info: Info, input: CreateCodeInput) -> InvitationResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        command = c.CreateInvitation(
            **asked.making(view),
            token_hash="",
            relation=input.relation,
            role=Role.PARTICIPANT,
            max_uses=input.max_uses,
            expires_at=input.expires_at,
            kind=InvitationKind.CODE,
        )
        room, seq = await asked.services.inviting.code(view.state, command)
        return InvitationSuccess(invitation=await _one(asked, asked.view(view.state), room.id), seq=seq)

    @strawberry.mutation
    async def set_invitation_policy(self, info: Info, input: SetInvitationPolicyInput) -> JamResult:
        asked = Asking(info, input.command_id)
        quotas = tuple(Quota(quota.relation, quota.places) for quota in input.quotas if quota.places)
        policy = InvitationPolicy(quotas, tuple(dict.fromkeys(input.relations)), input.days)
        view, seq = await asked.submit(asked.jam(input.jam_id), c.SetInvitationPolicy(**asked.by, policy=policy))
        return JamSuccess(jam=Jam(view=view, entity=view.state), seq=seq)
