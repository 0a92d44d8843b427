"""The viewer in a jam: what is theirs there, and what they may."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from schema import circle as circles
from schema import invitation as invitations
from schema import minor as minors
from schema import opinion as opinions
from schema import restriction as restrictions
from schema import terms as terms_of_jam
from schema.marks import personal
from schema.node import Node
from schema.view import JamView
from server.jam.permissions import Action

if TYPE_CHECKING:
    from schema.circle import Circle
    from schema.minor import Minor
    from schema.restriction import MemberRestriction, MemberScope
    from schema.terms import TermsAcceptance


@strawberry.type
class ViewerInJam(Node):
    """The fields of `Jam` that are about whoever looks."""

    view: strawberry.Private[JamView]

    @personal("Personal: the versions of the terms that the viewer accepted, newest first.")
    def viewer_acceptances(self) -> list[Annotated["TermsAcceptance", strawberry.lazy("schema.terms")]]:
        return terms_of_jam.acceptances_of(self.view.me)

    @personal("Personal: circles the viewer belongs to.")
    def viewer_circles(self) -> list[Annotated["Circle", strawberry.lazy("schema.circle")]]:
        return circles.circles_of(self.view.personal())

    @personal("Personal: the minors under the viewer's account.")
    def viewer_minors(self) -> list[Annotated["Minor", strawberry.lazy("schema.minor")]]:
        return minors.minors_of(self.view.personal())

    @personal("Personal: whether the viewer may bring minors of their family.")
    def viewer_can_bring_minors(self) -> bool:
        return minors.may_bring(self.view.personal())

    @personal("Personal: the key of the opinion group that the viewer votes with; nobody else is told.")
    def viewer_opinion_group(self) -> int | None:
        return opinions.own_group(self.view)

    @strawberry.field
    def viewer_can_post(self) -> bool:
        return self.view.may(Action.POST_IDEA)

    @strawberry.field
    def viewer_can_moderate(self) -> bool:
        return self.view.may(Action.MODERATE)

    @personal("Personal: what moderators decided about the viewer; null where they may write.")
    def viewer_restriction(self) -> Annotated["MemberRestriction", strawberry.lazy("schema.restriction")] | None:
        return restrictions.restriction_of(self.view, self.view.me)

    @personal("Personal: what the viewer is limited to as a moderator; null for all topics and languages.")
    def viewer_scope(self) -> Annotated["MemberScope", strawberry.lazy("schema.restriction")] | None:
        return restrictions.scope_of(self.view, self.view.me)

    @strawberry.field
    def viewer_can_restrict(self) -> bool:
        return self.view.may(Action.RESTRICT)

    @strawberry.field
    def viewer_can_manage_branches(self) -> bool:
        return self.view.may(Action.MANAGE_BRANCHES)

    @strawberry.field
    def viewer_can_invite(self) -> bool:
        return self.view.may(Action.ORGANIZE) or (self.view.may(Action.INVITE) and invitations.has_quota(self.view))

    @strawberry.field
    def viewer_can_organize(self) -> bool:
        return self.view.may(Action.ORGANIZE)

    @strawberry.field
    def viewer_can_read_briefing(self) -> bool:
        return self.view.may(Action.READ_BRIEFING)

    @strawberry.field
    def viewer_can_read_reach(self) -> bool:
        return self.view.may(Action.READ_REACH)

    @strawberry.field
    def viewer_can_read_branches(self) -> bool:
        return self.view.may(Action.READ_BRANCHES)

    @strawberry.field
    def viewer_can_export(self) -> bool:
        return self.view.may(Action.EXPORT)
