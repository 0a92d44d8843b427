"""Invitations, roles and circles."""

import strawberry

from schema.circle import Circle
from schema.inputs import (
    AcceptInvitationInput,
    ChangeCircleInput,
    ChangeRoleInput,
    CreateCircleInput,
    CreateInvitationInput,
    InvitationInput,
)
from schema.invitation import Invitation
from schema.jam import Membership
from schema.marks import command as mutation
from schema.minor_inputs import CloseCircleInput, RenameCircleInput
from schema.mutations.asking import Asking, invitation_in
from schema.results import (
    CircleResult,
    CircleSuccess,
    InvitationResult,
    InvitationSuccess,
    MembershipResult,
    MembershipSuccess,
)
from schema.scalars import given
from schema.view import Info, JamView
from server.jam import commands as c
from server.jam import ids
from server.jam.decide.invitations import ENDED
from server.jam.permissions import Action
from server.jam.rejections import NotAllowed, NotFound
from server.minors import is_minor_anywhere


async def _membership_after(asked: Asking, view: JamView, command: c.Command, person: str) -> MembershipSuccess:
    view, seq = await asked.submit(view, command)
    member = view.state.member(person)
    if member is None:
        raise NotFound("member", person)
    return MembershipSuccess(membership=Membership(view=view, entity=member), seq=seq)


def _made_before(asked: Asking, view: JamView) -> Invitation | None:
    """The invitation that this very command made when it was first sent. Its link was told then, and is not known any more."""
    id = ids.derive_id(ids.INVITATION, asked.person, asked.making(view)["id"])
    made = invitation_in(view.state, id) if view.may(Action.ORGANIZE) else None
    return None if made is None else Invitation(entity=made)


@strawberry.type
class MemberMutations:
    @strawberry.mutation
    async def create_invitation(self, info: Info, input: CreateInvitationInput) -> InvitationResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        before = _made_before(asked, view)
        if before is not None:
            return InvitationSuccess(invitation=before, seq=view.state.seq)
        token, token_hash = asked.services.invitations.new_token()
        command = c.CreateInvitation(
            **asked.making(view),
            token_hash=token_hash,
            relation=input.relation,
            role=input.role,
            max_uses=input.max_uses,
            expires_at=input.expires_at,
        )
        view, seq = await asked.submit(view, command)
        made = view.state.invitations.get(token_hash)
        if made is not None:
            link = asked.services.invitations.url(token)
            return InvitationSuccess(invitation=Invitation(entity=made, link=link), seq=seq)
        before = _made_before(asked, view)
        if before is None:
            raise NotFound("invitation", command.derived(ids.INVITATION))
        return InvitationSuccess(invitation=before, seq=seq)

    @strawberry.mutation
    async def revoke_invitation(self, info: Info, input: InvitationInput) -> InvitationResult:
        asked = Asking(info, input.command_id)
        view, invitation = asked.invitation(input.invitation_id)
        _, seq = await asked.submit(view, c.RevokeInvitation(**asked.by, invitation=invitation.id))
        return InvitationSuccess(invitation=Invitation(entity=invitation), seq=seq)

    @strawberry.mutation
    async def accept_invitation(self, info: Info, input: AcceptInvitationInput) -> MembershipResult:
        """The one command of people who are no members yet: the secret in the link is what lets them find the jam."""
        asked = Asking(info, input.command_id)
        token_hash = asked.services.invitations.hash(input.token)
        state = next((jam for jam in asked.services.jams.all() if token_hash in jam.invitations), None)
        if state is None or not await asked.services.inviting.is_for(state.invitations[token_hash], asked.person):
            raise NotFound("invitation", "", ENDED)
        if is_minor_anywhere(asked.services.jams.all(), asked.person, asked.services.clock()):
            raise NotAllowed("JOIN", "A minor takes part where their guardian brings them: please ask them.")
        command = c.AcceptInvitation(**asked.by, token_hash=token_hash)
        return await _membership_after(asked, asked.view(state), command, asked.person)

    @strawberry.mutation
    async def change_role(self, info: Info, input: ChangeRoleInput) -> MembershipResult:
        asked = Asking(info, input.command_id)
        command = c.ChangeRole(**asked.by, person=input.person_id, role=input.role)
        return await _membership_after(asked, asked.jam(input.jam_id), command, input.person_id)

    @strawberry.mutation
    async def create_circle(self, info: Info, input: CreateCircleInput) -> CircleResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        command = c.CreateCircle(**asked.making(view), name=input.name, members=tuple(input.member_ids))
        view, seq = await asked.submit(view, command)
        return CircleSuccess(circle=Circle(view=view, entity=view.state.circles[command.derived(ids.CIRCLE)]), seq=seq)

    @strawberry.mutation
    async def change_circle(self, info: Info, input: ChangeCircleInput) -> CircleResult:
        asked = Asking(info, input.command_id)
        view, circle = asked.circle(input.circle_id)
        added, removed = tuple(given(input.add_ids) or ()), tuple(given(input.remove_ids) or ())
        command = c.ChangeCircle(**asked.by, circle=circle.id, add=added, remove=removed)
        _, seq = await asked.submit(view, command)
        return CircleSuccess(circle=Circle(view=view, entity=circle), seq=seq)

    @mutation("By its maker; by any member, once the maker has left.")
    async def rename_circle(self, info: Info, input: RenameCircleInput) -> CircleResult:
        asked = Asking(info, input.command_id)
        view, circle = asked.circle(input.circle_id)
        view, seq = await asked.submit(view, c.RenameCircle(**asked.by, circle=circle.id, name=input.name))
        return CircleSuccess(circle=Circle(view=view, entity=circle), seq=seq)

    @mutation("Its members read on and nothing is added; with `closed: false` it is open again.")
    async def close_circle(self, info: Info, input: CloseCircleInput) -> CircleResult:
        asked = Asking(info, input.command_id)
        view, circle = asked.circle(input.circle_id)
        view, seq = await asked.submit(view, c.CloseCircle(**asked.by, circle=circle.id, closed=input.closed))
        return CircleSuccess(circle=Circle(view=view, entity=circle), seq=seq)
