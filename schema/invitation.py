"""Invitations: as those who made them see them, and as they look to whoever holds the link."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import strawberry

from schema.context import Context, Services
from schema.marks import described
from schema.node import Node
from schema.pages import within
from schema.scalars import Timestamp, optional_time
from schema.view import JamView
from server.inviting.codes import shown
from server.jam import entities as e
from server.jam.invitations import InvitationKind, offered, usable
from server.jam.people import RELATIONS, Relation, Role
from server.jam.permissions import Action
from server.jam.state import JamState
from server.jam.texts import pick
from server.vault.invitations import InvitationMail, MailState, RoomCode
from server.vault.names import normalise_email, words


@strawberry.enum
class InvitationState(StrEnum):
    """What became of an invitation. OPEN: a link or code that stands. A mail is WAITING, DELIVERED (the mail server took it),
    or FAILED; then JOINED, DECLINED or REVOKED. That it has ended follows from `expiresAt`."""

    OPEN = "OPEN"
    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    JOINED = "JOINED"
    DECLINED = "DECLINED"
    REVOKED = "REVOKED"


def state_of(entity: e.Invitation) -> InvitationState:
    if entity.declined:
        return InvitationState.DECLINED
    if entity.kind is InvitationKind.MAIL and entity.uses:
        return InvitationState.JOINED
    if entity.revoked:
        return InvitationState.REVOKED
    if entity.kind is not InvitationKind.MAIL:
        return InvitationState.OPEN
    if entity.failed:
        return InvitationState.FAILED
    return InvitationState.WAITING if entity.delivered_at is None else InvitationState.DELIVERED


@strawberry.type
class Invitation(Node):
    """`link` is there only in the answer to the command that made the invitation: the secret itself is not kept."""

    entity: strawberry.Private[e.Invitation]
    link: strawberry.Private[str | None] = None
    mail: strawberry.Private[InvitationMail | None] = None
    room: strawberry.Private[RoomCode | None] = None
    inviter: strawberry.Private[str | None] = None

    @strawberry.field
    def kind(self) -> InvitationKind:
        return self.entity.kind

    @strawberry.field
    def state(self) -> InvitationState:
        return state_of(self.entity)

    @strawberry.field
    def relation(self) -> Relation:
        return self.entity.relation

    @strawberry.field
    def role(self) -> Role:
        return self.entity.role

    @strawberry.field
    def language(self) -> str | None:
        return self.entity.language

    @described("The link, where it is known: of a new one, in the answer to its command; of a code until it has ended.")
    def url(self) -> str | None:
        return self.link

    @described("Of a code: what people type, in two groups of letters.")
    def code(self) -> str | None:
        return None if self.room is None else shown(self.room.code)

    @described("Of a mail: where it went, for whoever asked for it and for organizers, as long as it is kept.")
    def address(self) -> str | None:
        return None if self.mail is None else self.mail.address

    @strawberry.field
    def guest_name(self) -> str | None:
        return None if self.mail is None else self.mail.name or None

    @described("Of a mail that waits: when it will be sent. Nobody is mailed twice a day about the same jam.")
    def due_at(self) -> Timestamp | None:
        waits = self.mail is not None and self.mail.state in (MailState.WAITING, MailState.SENDING)
        return optional_time(self.mail.due_at if waits and self.mail is not None else None)

    @described("Who made it, in a list of everybody's.")
    def inviter_name(self) -> str | None:
        return self.inviter

    @strawberry.field
    def created_at(self) -> Timestamp:
        return Timestamp(self.entity.created_at)

    @strawberry.field
    def delivered_at(self) -> Timestamp | None:
        return optional_time(self.entity.delivered_at)

    @strawberry.field
    def expires_at(self) -> Timestamp:
        return Timestamp(self.entity.expires_at)

    @strawberry.field
    def max_uses(self) -> int:
        return self.entity.max_uses

    @strawberry.field
    def uses(self) -> int:
        return self.entity.uses

    @strawberry.field
    def is_revoked(self) -> bool:
        return self.entity.revoked

    @described("Whoever got the mail says that it was an abuse.")
    def is_reported(self) -> bool:
        return self.entity.reported


@strawberry.type
class RelationQuota:
    relation: Relation
    places: int


@strawberry.type(description="Whom members may invite: how many by their own relation, as what, and for how long.")
class InvitationPolicy:
    quotas: list[RelationQuota]
    relations: list[Relation]
    days: int


def policy_of(state: JamState) -> InvitationPolicy:
    policy = state.invitation_policy
    quotas = [RelationQuota(relation=relation, places=policy.quota(relation)) for relation in RELATIONS]
    return InvitationPolicy(quotas=quotas, relations=list(policy.relations), days=policy.days)


@strawberry.type
class InvitationPage:
    items: list[Invitation]
    total_count: int


@strawberry.type(description="What the viewer may do about invitations in a jam, and what they made of it.")
class Inviting:
    context: strawberry.Private[Context]
    view: strawberry.Private[JamView]
    me: strawberry.Private[e.Member]

    @strawberry.field
    def can_invite(self) -> bool:
        if self.me.is_minor(self.view.now) or not self.view.may(Action.INVITE):
            return False
        return self.view.may(Action.ORGANIZE) or self._quota > 0

    @described("Whether the server sends mails.")
    def can_mail(self) -> bool:
        return self.context.services.inviting.can_mail

    @described("Organizers: they see and may revoke everybody's invitations, and have no quota.")
    def everybodys(self) -> bool:
        return self.view.may(Action.ORGANIZE)

    @property
    def _quota(self) -> int:
        return self.view.state.invitation_policy.quota(self.me.relation)

    @described("People that the viewer may invite in all; null without a limit.")
    def quota(self) -> int | None:
        return None if self.view.may(Action.ORGANIZE) else self._quota

    @described("People that the viewer may still invite; null without a limit. What nobody used comes back when it ends.")
    def left(self) -> int | None:
        return left_of(self.view, self.me)

    @described("What the viewer's guests may be.")
    def relations(self) -> list[Relation]:
        return list(RELATIONS if self.view.may(Action.ORGANIZE) else self.view.state.invitation_policy.relations)

    @strawberry.field
    def policy(self) -> InvitationPolicy:
        return policy_of(self.view.state)

    @described("Newest first; `everybodys` for organizers. `query` looks for addresses and names of guests.")
    async def invitations(
        self,
        first: int = 100,
        everybodys: bool = False,
        kind: InvitationKind | None = strawberry.UNSET,
        query: str | None = strawberry.UNSET,
    ) -> InvitationPage:
        within(first)
        state = self.view.state
        all_of_them = everybodys and self.view.may(Action.ORGANIZE)
        made: Sequence[e.Invitation] = [*state.invitations.values()] if all_of_them else state.invitations_of(self.me.person)
        found = [one for one in reversed(made) if not kind or one.kind is kind]
        if query and query.strip():
            found = await self._matching(found, query)
        listed = await listed_invitations(self.context.services, found[:first], all_of_them)
        return InvitationPage(items=listed, total_count=len(found))

    async def _matching(self, made: list[e.Invitation], query: str) -> list[e.Invitation]:
        address, typed = normalise_email(query) or "", words(query)
        mails = await self.context.services.inviting.mails([one.id for one in made if one.kind is InvitationKind.MAIL])

        def matches(mail: InvitationMail | None) -> bool:
            if mail is None:
                return False
            named = words(mail.name)
            begun = bool(typed) and all(any(word.startswith(prefix) for word in named) for prefix in typed)
            return begun or mail.address.startswith(address)

        return [one for one in made if matches(mails.get(one.id))]


def has_quota(view: JamView) -> bool:
    """Whether people of the viewer's relation may invite at all."""
    relation = view.viewer.relation
    return relation is not None and view.state.invitation_policy.quota(relation) > 0


def left_of(view: JamView, me: e.Member) -> int | None:
    """The places that someone may still offer; None without a limit."""
    if view.may(Action.ORGANIZE):
        return None
    taken = offered(view.state.invitations_of(me.person), view.now)
    return max(0, view.state.invitation_policy.quota(me.relation) - taken)


async def listed_invitations(services: Services, made: Sequence[e.Invitation], with_inviter: bool = False) -> list[Invitation]:
    """Invitations with what the vault keeps of them. Only for those who made them, and organizers."""
    mails = await services.inviting.mails([one.id for one in made if one.kind is InvitationKind.MAIL])
    codes = await services.inviting.codes([one.id for one in made if one.kind is InvitationKind.CODE])

    def listed(one: e.Invitation) -> Invitation:
        room = codes.get(one.id)
        known = services.people.person(one.by) if with_inviter else None
        link = None if room is None or one.revoked else services.invitations.url(room.secret)
        return Invitation(
            entity=one, link=link, mail=mails.get(one.id), room=room, inviter=None if known is None else known.name
        )

    return [listed(one) for one in made]


def inviting_of(context: Context, view: JamView) -> Inviting | None:
    me = view.me
    return None if me is None else Inviting(context=context, view=view, me=me)


@strawberry.type(description="What an invitation shows before it is accepted.")
class InvitationPreview:
    state: strawberry.Private[JamState]
    entity: strawberry.Private[e.Invitation]
    services: strawberry.Private[Services]

    @strawberry.field
    def kind(self) -> InvitationKind:
        return self.entity.kind

    @strawberry.field
    def jam_title(self, language: str | None = strawberry.UNSET) -> str:
        return pick(self.state.titles, language or None, self.state.main_language)

    @strawberry.field
    def jam_question(self, language: str | None = strawberry.UNSET) -> str:
        return pick(self.state.questions, language or None, self.state.main_language)

    @strawberry.field
    def invited_by(self) -> str | None:
        person = self.services.people.person(self.entity.by)
        return None if person is None else person.name

    @strawberry.field
    def relation(self) -> Relation:
        return self.entity.relation

    @strawberry.field
    def role(self) -> Role:
        return self.entity.role

    @strawberry.field
    def expires_at(self) -> Timestamp:
        return Timestamp(self.entity.expires_at)

    @strawberry.field
    def is_usable(self) -> bool:
        return usable(self.entity, self.services.clock())

    @strawberry.field
    def jam_slug(self) -> str:
        return self.state.slug

    @described("Of a mail: the address that the link proves, the name its sender gave, and whether somebody has the address.")
    async def addressee(self) -> Annotated["Addressee", strawberry.lazy("schema.invitation")] | None:
        if self.entity.kind is not InvitationKind.MAIL:
            return None
        mail, known = await self.services.inviting.addressee(self.entity)
        if mail is None:
            return None
        return Addressee(address=mail.address, name=mail.name or None, language=mail.language, is_known=known is not None)


@strawberry.type
class Addressee:
    address: str
    name: str | None
    language: str
    is_known: bool


def preview_of(context: Context, token: str) -> InvitationPreview | None:
    """The invitation with this secret: while it lets people in, and afterwards for those who are in. Whether it has been used,
    was revoked, has ended, or never was is not told apart."""
    services = context.services
    token_hash, now = services.invitations.hash(token), services.clock()
    person = None if context.caller is None else context.caller.person_id
    for state in services.jams.all():
        made = state.invitations.get(token_hash)
        if made is not None and (usable(made, now) or (person is not None and state.member(person) is not None)):
            return InvitationPreview(state=state, entity=made, services=services)
    return None
