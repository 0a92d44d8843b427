"""What was decided about members: restrictions, scopes, acts that can be undone, and branches of who brought whom."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import ID

from schema.context import Context
from schema.marks import described
from schema.node import Node
from schema.scalars import Timestamp, optional_time
from schema.topic import Topic
from schema.view import JamView
from server.jam import branches
from server.jam import entities as e
from server.jam import member_acts as acts
from server.jam.people import Role
from server.jam.permissions import Action
from server.jam.phases import Phase
from server.jam.standing import Restriction, RestrictionKind, Scope
from server.jam.state import JamState
from server.jam.texts import pick

if TYPE_CHECKING:
    from schema.member import Author

strawberry.enum(
    RestrictionKind, description="MUTED: reads, votes and reports, and writes nothing. SUSPENDED: is a stranger to the jam."
)
strawberry.enum(
    acts.MemberActKind, description="What was done: a role given, muted, suspended, lifted, or invitations revoked."
)

SHOWN_TO_MODERATORS = frozenset({acts.MemberActKind.MUTE, acts.MemberActKind.SUSPEND, acts.MemberActKind.LIFT})


@strawberry.type(description="What was decided about a member, in force until `until`; null: until somebody lifts it.")
class MemberRestriction:
    entity: strawberry.Private[Restriction]

    @strawberry.field
    def kind(self) -> RestrictionKind:
        return self.entity.kind

    @strawberry.field
    def at(self) -> Timestamp:
        return Timestamp(self.entity.at)

    @strawberry.field
    def until(self) -> Timestamp | None:
        return optional_time(self.entity.until)

    @strawberry.field
    def reason(self) -> str:
        return self.entity.reason


@strawberry.type(description="What a moderator decides about; null: all topics, all languages.")
class MemberScope:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[Scope]

    @strawberry.field
    def topics(self) -> list[Topic] | None:
        if self.entity.topics is None:
            return None
        found = (self.view.topic(id) for id in self.entity.topics)
        return [Topic(view=self.view, entity=topic) for topic in found if topic is not None]

    @strawberry.field
    def languages(self) -> list[str] | None:
        return None if self.entity.languages is None else list(self.entity.languages)


@strawberry.type(description="A jam that the person signed in is suspended from.")
class Suspension:
    state: strawberry.Private[JamState]
    entity: strawberry.Private[Restriction]
    appeal: strawberry.Private[str]

    @strawberry.field
    def jam_id(self) -> ID:
        return ID(self.state.id)

    @strawberry.field
    def jam_slug(self) -> str:
        return self.state.slug

    @strawberry.field
    def jam_title(self, language: str | None = strawberry.UNSET) -> str:
        return pick(self.state.titles, language or None, self.state.main_language)

    @strawberry.field
    def until(self) -> Timestamp | None:
        return optional_time(self.entity.until)

    @strawberry.field
    def reason(self) -> str:
        return self.entity.reason

    @described("An address or a sentence: where to ask that it be looked at again.")
    def appeal_to(self) -> str:
        return self.appeal


@strawberry.type(description="Something done to one or many members at once, which can be undone.")
class MemberAct(Node):
    view: strawberry.Private[JamView]
    entity: strawberry.Private[acts.MemberAct]

    @strawberry.field
    def kind(self) -> acts.MemberActKind:
        return self.entity.kind

    @strawberry.field
    def at(self) -> Timestamp:
        return Timestamp(self.entity.at)

    @strawberry.field
    def by(self) -> Annotated["Author", strawberry.lazy("schema.member")]:
        from schema.member import Author

        return Author(view=self.view, person=self.entity.by)

    @described("How many people it concerned.")
    def count(self) -> int:
        return self.entity.count

    @strawberry.field
    def undone_at(self) -> Timestamp | None:
        return optional_time(self.entity.undone_at)

    @described("How many (people, or invitations) had been changed since and were left as they were when it was undone.")
    def left_count(self) -> int:
        return self.entity.left


@strawberry.type(description="A person and all whom they brought, at any depth, and what revoking that branch concerns.")
class Branch:
    view: strawberry.Private[JamView]
    root: strawberry.Private[e.Member]
    reckoning: strawberry.Private[branches.Reckoning]

    @strawberry.field
    def person(self) -> Annotated["Author", strawberry.lazy("schema.member")]:
        from schema.member import Author

        return Author(view=self.view, person=self.root.person)

    @strawberry.field
    def people_count(self) -> int:
        return self.reckoning.people

    @described("Those of them who are not suspended already.")
    def active_count(self) -> int:
        return self.reckoning.active

    @strawberry.field
    def idea_count(self) -> int:
        return self.reckoning.ideas

    @strawberry.field
    def comment_count(self) -> int:
        return self.reckoning.comments

    @strawberry.field
    def invitation_count(self) -> int:
        return self.reckoning.invitations

    @property
    def _revoked(self) -> acts.Branch | None:
        return self.view.state.branches.get(self.root.person)

    @strawberry.field
    def revoked_at(self) -> Timestamp | None:
        return None if self._revoked is None else Timestamp(self._revoked.at)

    @strawberry.field
    def revoked_reason(self) -> str | None:
        return None if self._revoked is None else self._revoked.reason

    @described("Whether what they wrote was hidden with them.")
    def hides_content(self) -> bool:
        return self._revoked is not None and self._revoked.hides


def branch_of(view: JamView, person: str) -> Branch | None:
    """The branch of a person, for organizers."""
    root = view.state.member(person) if view.may(Action.MANAGE_BRANCHES) else None
    return None if root is None else Branch(view=view, root=root, reckoning=branches.reckon(view.state, root))


def restriction_of(view: JamView, member: e.Member | None) -> MemberRestriction | None:
    """What holds of a member: for those who decide about it, and for themselves."""
    holding = None if member is None else _holding(view.state, member, view.now)
    return None if holding is None else MemberRestriction(entity=holding)


def _holding(state: JamState, member: e.Member, now: int) -> Restriction | None:
    """What keeps the member out, or else mutes them."""
    restriction = member.restriction if member.restriction is not None and member.restriction.holds(now) else None
    if member.branches and (restriction is None or restriction.kind is RestrictionKind.MUTED):
        branch = state.branches[member.branches[0]]
        return Restriction(RestrictionKind.SUSPENDED, branch.at, None, branch.reason, branch.by)
    return restriction


def scope_of(view: JamView, member: e.Member | None) -> MemberScope | None:
    """What a moderator is limited to; None for one who is not, and for everybody else."""
    scope = None if member is None or member.role is not Role.MODERATOR else member.scope
    return None if scope is None else MemberScope(view=view, entity=scope)


def acts_of(view: JamView) -> list[MemberAct]:
    """The acts that the viewer may undo, newest first."""
    if not view.may(Action.RESTRICT):
        return []
    known = reversed(view.state.member_acts.values())
    shown = (act for act in known if view.may(Action.ORGANIZE) or act.kind in SHOWN_TO_MODERATORS)
    return [MemberAct(view=view, entity=act) for act in shown]


def suspensions_of(context: Context, person: str) -> Iterator[Suspension]:
    """The jams that a person is suspended from, with what they are told of it."""
    now, appeal = context.services.clock(), str(context.services.settings.get("appeal", ""))
    for state in context.services.jams.all():
        member = state.member(person) if state.is_sound else None
        if member is None or not member.is_out(now) or state.phase(now) is Phase.DRAFT:
            continue
        holding = _holding(state, member, now)
        if holding is not None:
            yield Suspension(state=state, entity=holding, appeal=appeal)
