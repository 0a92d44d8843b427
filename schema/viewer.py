"""The person signed in, and what concerns them alone."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import ID

from schema import invitation, since
from schema.account import ApiToken, Passkey, Session
from schema.comment import Comment, comment_of
from schema.context import Context
from schema.idea import Idea, idea_of
from schema.invitation_tree import ViewerBranch, own_branch
from schema.jam import Membership
from schema.marks import described
from schema.pages import within
from schema.push import PushSettings
from schema.restriction import Suspension, suspensions_of
from schema.scalars import NotificationKind, Timestamp
from schema.view import JamView, personal_view, personal_views
from schema.webhook import Webhook
from server.directory import PersonView
from server.hooks.telling import KINDS
from server.jam import entities as e
from server.jam.apply.packed import has
from server.jam.permissions import Action
from server.vault.digests import MailMode

if TYPE_CHECKING:
    from schema.invitation import Inviting
    from schema.since import SinceYouLeft


@strawberry.type
class Draft:
    key: str
    body: str
    updated_at: Timestamp


@strawberry.type
class Notification:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.Notice]
    is_read: bool

    @strawberry.field
    def id(self) -> ID:
        return ID(f"{self.entity.seq}-{self.entity.kind}-{self.entity.comment or self.entity.idea}")

    @described("The sequence number at which it came.")
    def seq(self) -> int:
        return self.entity.seq

    @strawberry.field
    def kind(self) -> NotificationKind:
        return NotificationKind(self.entity.kind)

    @strawberry.field
    def at(self) -> Timestamp:
        return Timestamp(self.entity.at)

    @strawberry.field
    def idea(self) -> Idea | None:
        return idea_of(self.view, self.entity.idea)

    @strawberry.field
    def comment(self) -> Comment | None:
        return comment_of(self.view, self.entity.comment)

    @strawberry.field
    def reason(self) -> str | None:
        return self.entity.reason or None


@strawberry.type(description="The person signed in.")
class Viewer:
    context: strawberry.Private[Context]
    entity: strawberry.Private[PersonView]

    @strawberry.field
    def id(self) -> ID:
        return ID(self.entity.id)

    @strawberry.field
    def name(self) -> str:
        return self.entity.name or ""

    @strawberry.field
    def email(self) -> str | None:
        return self.entity.email

    @strawberry.field
    def language(self) -> str:
        return self.entity.language

    @strawberry.field
    def country(self) -> str | None:
        return self.entity.country

    @strawberry.field
    def memberships(self) -> list[Membership]:
        mine = ((view, view.me) for view in personal_views(self.context))
        return [Membership(view=view, entity=me) for view, me in mine if me is not None]

    @described("The jams that the viewer is suspended from: to them these jams are not there.")
    def suspensions(self) -> list[Suspension]:
        return list(suspensions_of(self.context, self.entity.id))

    @strawberry.field
    def can_create_jam(self) -> bool:
        return self.context.services.people.may_create_jam(self.entity.id)

    @described("Ideas of this jam that the viewer supports.")
    def supported_idea_ids(self, jam_id: ID) -> list[ID]:
        view = self._view(jam_id)
        return [] if view is None else supported(view)

    @strawberry.field
    def liked_comment_ids(self, idea_id: ID) -> list[ID]:
        for view in personal_views(self.context):
            idea = view.idea(idea_id)
            if idea is not None:
                return [ID(comment.id) for comment in _liked(view, idea)]
        return []

    @strawberry.field
    def ideas(self, jam_id: ID) -> list[Idea]:
        view = self._view(jam_id)
        me = None if view is None else view.me
        if view is None or me is None:
            return []
        mine = (view.state.ideas[number] for number in reversed(me.ideas))
        return [Idea(view=view, entity=idea) for idea in mine if view.sees_idea(idea)]

    @strawberry.field
    def notifications(self, jam_id: ID, first: int = 50) -> list[Notification]:
        view = self._view(jam_id)
        within(first)
        return [] if view is None else list(islice(notifications_of(view), first))

    @strawberry.field
    def unread_count(self, jam_id: ID) -> int:
        view = self._view(jam_id)
        return 0 if view is None else unread(view)

    @described("Where the viewer is signed in, the place used last first.")
    async def sessions(self) -> list[Session]:
        here = self.context.caller.session_id if self.context.caller is not None else ""
        kept = await self.context.services.account.sessions(self.entity.id)
        return [Session(name=name, entity=one, is_this_one=one.token_hash == here) for name, one in kept]

    @described("The viewer's passkeys, oldest first.")
    async def passkeys(self) -> list[Passkey]:
        return [Passkey(entity=one) for one in await self.context.services.account.passkeys(self.entity.id)]

    @described("Programs that act for the viewer, the newest first.")
    async def tokens(self) -> list[ApiToken]:
        return [ApiToken(entity=one) for one in await self.context.services.account.tokens(self.entity.id)]

    @strawberry.field
    async def drafts(self, jam_id: ID) -> list[Draft]:
        if self._view(jam_id) is None:
            return []
        kept = await self.context.services.drafts.all(self.entity.id, jam_id)
        return [Draft(key=key, body=body, updated_at=Timestamp(at)) for key, body, at in kept]

    @described("How often a mail may come about what concerns the viewer in a jam; null where they have no address.")
    async def mail_mode(self) -> MailMode | None:
        if self.entity.email is None:
            return None
        return (await self.context.services.mail_wishes.wish(self.entity.id)).mode

    @described("What the viewer is told of by web push, and on which devices.")
    async def push(self) -> PushSettings:
        session = "" if self.context.caller is None else self.context.caller.session_id
        return PushSettings(entity=await self.context.services.pushes.of(self.entity.id, session))

    @described("The jam's webhooks, the oldest first; none for those who do not organize it.")
    async def webhooks(self, jam_id: ID) -> list[Webhook]:
        view = self._view(jam_id)
        if view is None or not view.may(Action.ORGANIZE):
            return []
        return [Webhook(entity=one) for one in await self.context.services.webhooks.of(jam_id)]

    @described("What a webhook can be told of.")
    def webhook_kinds(self) -> list[str]:
        return list(KINDS)

    @described("What moved in a jam while the viewer was away; null where they have not been away for half an hour or more.")
    async def since_you_left(self, jam_id: ID) -> Annotated["SinceYouLeft", strawberry.lazy("schema.since")] | None:
        view = self._view(jam_id)
        absence = None if view is None else await self.context.services.absences.absence(self.entity.id, jam_id)
        return None if view is None or absence is None else since.since_of(view, absence)

    @described("Those who joined a jam by way of the viewer.")
    async def branch(self, jam_id: ID) -> ViewerBranch | None:
        view = self._view(jam_id)
        return None if view is None else await own_branch(view)

    @described("What the viewer may do about invitations in a jam, and what they made; null where they are no member.")
    def inviting(self, jam_id: ID) -> Annotated["Inviting", strawberry.lazy("schema.invitation")] | None:
        view = self._view(jam_id)
        return None if view is None else invitation.inviting_of(self.context, view)

    def _view(self, jam_id: str) -> JamView | None:
        state = self.context.services.jams.get(jam_id)
        view = None if state is None else personal_view(self.context, state)
        return view if view is not None and view.exists else None


def viewer_of(context: Context) -> Viewer | None:
    """The caller, if someone is signed in."""
    if context.caller is None:
        return None
    id = context.caller.person_id
    return Viewer(context=context, entity=context.services.people.person(id) or PersonView(id, None, None, "en"))


def supported(view: JamView) -> list[ID]:
    """Ids of the ideas that the viewer supports and may see."""
    me = view.me
    mine = (view.state.ideas[number] for number in me.supports) if me is not None else ()
    return [ID(idea.id) for idea in mine if view.sees_idea(idea)]


def _liked(view: JamView, idea: e.Idea) -> Iterator[e.Comment]:
    me = view.me
    comments = (view.state.comments[number] for number in idea.comments)
    return (one for one in comments if me is not None and has(one.likers, me.number) and view.sees_comment(one))


def notifications_of(view: JamView, after: int = -1) -> Iterator[Notification]:
    """The viewer's notifications behind the sequence number `after`, newest first, each once."""
    me = view.me
    for notice in dict.fromkeys(reversed(me.notices)) if me is not None else ():
        if notice.seq > after:
            yield Notification(view=view, entity=notice, is_read=me is not None and notice.seq <= me.read_seq)


def unread(view: JamView) -> int:
    """How many notifications the viewer has not read."""
    return sum(1 for notification in notifications_of(view) if not notification.is_read)
