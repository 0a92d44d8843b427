"""How members stand: restrictions, roles and scopes, of one or many at once, what is undone of it, and branches."""

from collections.abc import Iterable

import strawberry

from schema.marks import command
from schema.member import Member
from schema.mutations.asking import Asking
from schema.restriction import MemberAct, branch_of
from schema.restriction_inputs import (
    ChangeRolesInput,
    LiftRestrictionsInput,
    RestoreBranchInput,
    RestrictMembersInput,
    RevokeBranchInput,
    RevokeInvitationsOfInput,
    ScopeModeratorInput,
    UndoMemberActInput,
)
from schema.results import BranchResult, BranchSuccess, MemberActResult, MemberActSuccess, MemberResult, MemberSuccess
from schema.scalars import BranchContent, given
from schema.view import Info, JamView
from server.jam import commands as c
from server.jam import ids
from server.jam.rejections import NotFound

SHOWN = 100
"""Of the people concerned so many are in the answer, as they are now."""


async def _acted(asked: Asking, view: JamView, command: c.Command, people: Iterable[str]) -> MemberActSuccess:
    """What was done, and to whom; there is no act where all of it held already."""
    view, seq = await asked.submit(view, command)
    act = view.state.member_acts.get(command.derived(ids.MEMBER_ACT))
    shown = (member for person in list(people)[:SHOWN] if (member := view.state.member(person)) is not None)
    return MemberActSuccess(
        act=None if act is None else MemberAct(view=view, entity=act),
        members=[Member(view=view, entity=member) for member in shown],
        seq=seq,
    )


async def _branched(asked: Asking, view: JamView, command: c.RevokeBranch | c.RestoreBranch) -> BranchSuccess:
    view, seq = await asked.submit(view, command)
    branch = branch_of(view, command.person)
    if branch is None:
        raise NotFound("member", command.person)
    return BranchSuccess(branch=branch, seq=seq)


@strawberry.type
class RestrictionMutations:
    @command("Mute or suspend. Whoever is suspended is signed out everywhere within a second.")
    async def restrict_members(self, info: Info, input: RestrictMembersInput) -> MemberActResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        people = tuple(input.person_ids)
        order = c.RestrictMembers(
            **asked.making(view), people=people, kind=input.kind, until=given(input.until), reason=input.reason
        )
        return await _acted(asked, view, order, people)

    @command()
    async def lift_restrictions(self, info: Info, input: LiftRestrictionsInput) -> MemberActResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        people = tuple(input.person_ids)
        return await _acted(asked, view, c.LiftRestrictions(**asked.making(view), people=people, reason=input.reason), people)

    @command("The same role for many; `changeRole` is for one.")
    async def change_roles(self, info: Info, input: ChangeRolesInput) -> MemberActResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        people = tuple(input.person_ids)
        return await _acted(asked, view, c.ChangeRoles(**asked.making(view), people=people, role=input.role), people)

    @command()
    async def revoke_invitations_of(self, info: Info, input: RevokeInvitationsOfInput) -> MemberActResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        people = tuple(input.person_ids)
        return await _acted(asked, view, c.RevokeInvitationsOf(**asked.making(view), people=people), people)

    @command("Brings back what all were whom nobody changed since; `leftCount` tells of the others.")
    async def undo_member_act(self, info: Info, input: UndoMemberActInput) -> MemberActResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        view, seq = await asked.submit(view, c.UndoMemberAct(**asked.by, act=input.act_id))
        act = view.state.member_acts.get(input.act_id)
        if act is None:
            raise NotFound("act", input.act_id)
        numbers = [number for _, members in act.formers for number in members][:SHOWN]
        members = [Member(view=view, entity=view.state.members[number]) for number in numbers]
        return MemberActSuccess(act=MemberAct(view=view, entity=act), members=members, seq=seq)

    @command("Limits a moderator to topics and languages.")
    async def scope_moderator(self, info: Info, input: ScopeModeratorInput) -> MemberResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        topics, languages = given(input.topic_ids), given(input.languages)
        order = c.ScopeModerator(
            **asked.by,
            person=input.person_id,
            topics=None if topics is None else tuple(topics),
            languages=None if languages is None else tuple(languages),
        )
        view, seq = await asked.submit(view, order)
        member = view.state.member(input.person_id)
        if member is None:
            raise NotFound("member", input.person_id)
        return MemberSuccess(member=Member(view=view, entity=member), seq=seq)

    @command("Suspends a person and all whom they brought, and revokes their invitations.")
    async def revoke_branch(self, info: Info, input: RevokeBranchInput) -> BranchResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        hides = input.content is BranchContent.HIDE
        order = c.RevokeBranch(**asked.by, person=input.person_id, hides=hides, reason=input.reason)
        return await _branched(asked, view, order)

    @command("Undoes exactly what revoking the branch did.")
    async def restore_branch(self, info: Info, input: RestoreBranchInput) -> BranchResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        return await _branched(asked, view, c.RestoreBranch(**asked.by, person=input.person_id))
