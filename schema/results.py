"""What commands answer: the thing as it is now, or why nothing was changed.

Resolvers raise the domain's rejections; the handlers here turn each into its member of the field's union.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry
from strawberry import ID
from strawberry.types.field import StrawberryField

from schema.anonymity import Opening
from schema.circle import Circle
from schema.comment import Comment
from schema.frame import Announcement
from schema.idea import Idea
from schema.invitation import Invitation
from schema.jam import Jam, Membership
from schema.member import Member
from schema.minor import Minor
from schema.moderation import Report
from schema.restriction import Branch, MemberAct
from schema.scalars import Timestamp, optional_time
from schema.terms import Terms, TermsAcceptance
from schema.theme import Theme
from schema.theme_proposal import ThemeProposal
from schema.topic import Topic
from schema.viewer import Viewer
from schema.webhook import Webhook
from server.jam import rejections
from server.jam.people import Relation
from server.jam.phases import Phase
from server.jam.standing import RestrictionKind


class NobodySignedIn(rejections.Rejection):
    """A command without a person."""

    def __init__(self) -> None:
        super().__init__("Please sign in first.")

    @property
    def code(self) -> str:
        return "SignInRequired"


# ------------------------------------------------------------------------------------------------------------- refusals
@strawberry.interface(description="Why a command was refused. Nothing was changed.")
class Rejection:
    code: str
    message: str


@strawberry.type(description="A field of the input can't be taken as it is.")
class InvalidInput(Rejection):
    field: str


@strawberry.type
class NotFound(Rejection):
    id: ID


@strawberry.type
class NotAllowed(Rejection):
    action: str


@strawberry.type(
    description="The phase does not allow it; `closedAt` says when it closed, `opensAt` when it opens, where known."
)
class PhaseClosed(Rejection):
    action: str
    phase: Phase
    closed_at: Timestamp | None
    opens_at: Timestamp | None


@strawberry.type(description="The moderators muted or suspended the person; `until` is null where no end is set.")
class Restricted(Rejection):
    kind: RestrictionKind
    until: Timestamp | None
    reason: str


@strawberry.type(
    description="The terms of the jam are to be accepted first: `version` is the newest. Then send the same command again."
)
class TermsNotAccepted(Rejection):
    jam_id: ID
    version: int


@strawberry.type(description="A moderator locked the idea or the topic.")
class Locked(Rejection):
    id: ID


@strawberry.type(description="The topic is to be read only by people of the viewer's relation; `relations` may act in it.")
class ReadingOnly(Rejection):
    topic_id: ID
    relations: list[Relation]


@strawberry.type(description="It contradicts what is there now, such as an edit of an outdated version.")
class Conflict(Rejection):
    pass


@strawberry.type
class TooMany(Rejection):
    retry_after_seconds: float


@strawberry.type(description="More places than the viewer may still offer: so many are `left` of `quota`.")
class QuotaUsed(Rejection):
    left: int
    quota: int


@strawberry.type(description="The store can't be reached; nothing was acknowledged; try again with the same commandId.")
class Unavailable(Rejection):
    retry_after_seconds: float


@strawberry.type
class SignInRequired(Rejection):
    pass


# ------------------------------------------------------------------------------------------------------------ successes
@strawberry.type
class IdeaSuccess:
    idea: Idea
    seq: int


@strawberry.type
class CommentSuccess:
    comment: Comment
    seq: int


@strawberry.type
class JamSuccess:
    jam: Jam
    seq: int


@strawberry.type
class TermsSuccess:
    terms: Terms
    seq: int


@strawberry.type
class AcceptanceSuccess:
    acceptance: TermsAcceptance
    seq: int


@strawberry.type
class TopicSuccess:
    topic: Topic
    seq: int


@strawberry.type
class ThemeSuccess:
    theme: Theme
    themes: list[Theme]
    seq: int


@strawberry.type
class ThemeProposalSuccess:
    proposal: ThemeProposal
    themes: list[Theme]
    seq: int


@strawberry.type
class ReportSuccess:
    report_id: ID
    report: Report | None
    seq: int


@strawberry.type
class AnnouncementSuccess:
    announcement: Announcement
    seq: int


@strawberry.type
class InvitationSuccess:
    invitation: Invitation
    seq: int


@strawberry.type(description="`placesLeft`: those that the viewer may still offer; null without a limit.")
class InviteSuccess:
    invitations: list[Invitation]
    places_left: int | None
    seq: int


@strawberry.type
class MembershipSuccess:
    membership: Membership
    seq: int


@strawberry.type
class ViewerSuccess:
    viewer: Viewer


@strawberry.type
class RegroupSuccess:
    jam: Jam


@strawberry.type
class AnonymousSuccess:
    target_id: ID
    seq: int


@strawberry.type
class OpeningSuccess:
    opening: Opening
    seq: int


@strawberry.type
class MinorSuccess:
    minor: Minor
    seq: int


@strawberry.type(description="Whoever holds the address signs in as the minor, once. It is told here and nowhere else.")
class MinorLinkSuccess:
    url: str
    expires_at: Timestamp


@strawberry.type
class MinorRemovedSuccess:
    person_id: ID
    seq: int


@strawberry.type
class CircleSuccess:
    circle: Circle
    seq: int


@strawberry.type
class MemberActSuccess:
    """`act` is null where all of it held already. `members`: the first hundred of those concerned, as they are now."""

    act: MemberAct | None
    members: list[Member]
    seq: int


@strawberry.type
class MemberSuccess:
    member: Member
    seq: int


@strawberry.type
class WebhookSuccess:
    webhook: Webhook


@strawberry.type
class WebhookEndSuccess:
    webhook_id: ID


@strawberry.type
class BranchSuccess:
    branch: Branch
    seq: int


Refusal = (
    InvalidInput
    | NotFound
    | NotAllowed
    | PhaseClosed
    | Restricted
    | TermsNotAccepted
    | Locked
    | ReadingOnly
    | Conflict
    | TooMany
    | Unavailable
    | SignInRequired
)

AnonymousResult = Annotated[AnonymousSuccess | Refusal, strawberry.union("AnonymousResult")]
OpeningResult = Annotated[OpeningSuccess | Refusal, strawberry.union("OpeningResult")]
MinorResult = Annotated[MinorSuccess | Refusal, strawberry.union("MinorResult")]
MinorLinkResult = Annotated[MinorLinkSuccess | Refusal, strawberry.union("MinorLinkResult")]
MinorRemovedResult = Annotated[MinorRemovedSuccess | Refusal, strawberry.union("MinorRemovedResult")]
CircleResult = Annotated[CircleSuccess | Refusal, strawberry.union("CircleResult")]
IdeaResult = Annotated[IdeaSuccess | Refusal, strawberry.union("IdeaResult")]
CommentResult = Annotated[CommentSuccess | Refusal, strawberry.union("CommentResult")]
JamResult = Annotated[JamSuccess | Refusal, strawberry.union("JamResult")]
TopicResult = Annotated[TopicSuccess | Refusal, strawberry.union("TopicResult")]
MemberActResult = Annotated[MemberActSuccess | Refusal, strawberry.union("MemberActResult")]
MemberResult = Annotated[MemberSuccess | Refusal, strawberry.union("MemberResult")]
BranchResult = Annotated[BranchSuccess | Refusal, strawberry.union("BranchResult")]
TermsResult = Annotated[TermsSuccess | Refusal, strawberry.union("TermsResult")]
AcceptanceResult = Annotated[AcceptanceSuccess | Refusal, strawberry.union("AcceptanceResult")]
ThemeResult = Annotated[ThemeSuccess | Refusal, strawberry.union("ThemeResult")]
ThemeProposalResult = Annotated[ThemeProposalSuccess | Refusal, strawberry.union("ThemeProposalResult")]
ReportResult = Annotated[ReportSuccess | Refusal, strawberry.union("ReportResult")]
AnnouncementResult = Annotated[AnnouncementSuccess | Refusal, strawberry.union("AnnouncementResult")]
InviteResult = Annotated[InviteSuccess | QuotaUsed | Refusal, strawberry.union("InviteResult")]
InvitationResult = Annotated[InvitationSuccess | QuotaUsed | Refusal, strawberry.union("InvitationResult")]
MembershipResult = Annotated[MembershipSuccess | Refusal, strawberry.union("MembershipResult")]
WebhookResult = Annotated[WebhookSuccess | Refusal, strawberry.union("WebhookResult")]
WebhookEndResult = Annotated[WebhookEndSuccess | Refusal, strawberry.union("WebhookEndResult")]
ViewerResult = Annotated[ViewerSuccess | Refusal, strawberry.union("ViewerResult")]
RegroupResult = Annotated[RegroupSuccess | Refusal, strawberry.union("RegroupResult")]


# ------------------------------------------------------------------------------------------- from the domain to the API
def _phase_closed(refused: Any) -> dict[str, Any]:
    return {
        "action": refused.action,
        "phase": refused.phase,
        "closed_at": optional_time(refused.closed_at),
        "opens_at": optional_time(refused.opens_at),
    }


def _terms(refused: Any) -> dict[str, Any]:
    return {"jam_id": ID(refused.jam), "version": refused.version}


def _reading_only(refused: Any) -> dict[str, Any]:
    return {"topic_id": ID(refused.topic), "relations": list(refused.relations)}


def _restricted(refused: Any) -> dict[str, Any]:
    return {
        "kind": RestrictionKind(refused.kind),
        "until": optional_time(refused.until),
        "reason": refused.reason,
    }


def _with(name: str) -> Callable[[Any], dict[str, Any]]:
    return lambda refused: {name: getattr(refused, name)}


def _quota(refused: Any) -> dict[str, Any]:
    return {"left": refused.left, "quota": refused.quota}


def _nothing(refused: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Handler:
    """Turns one kind of rejection into its type of the API; `extra` gives what it has besides code and message."""

    exception_type: type[rejections.Rejection]
    error_type: type[Rejection]
    extra: Callable[[Any], dict[str, Any]]

    def handle(self, exception: rejections.Rejection, *, field: StrawberryField, info: Any) -> Rejection:
        return self.error_type(code=exception.code, message=exception.message, **self.extra(exception))


HANDLERS = (
    Handler(rejections.InvalidInput, InvalidInput, _with("field")),
    Handler(rejections.NotFound, NotFound, _with("id")),
    Handler(rejections.NotAllowed, NotAllowed, _with("action")),
    Handler(rejections.PhaseClosed, PhaseClosed, _phase_closed),
    Handler(rejections.Restricted, Restricted, _restricted),
    Handler(rejections.TermsNotAccepted, TermsNotAccepted, _terms),
    Handler(rejections.Locked, Locked, _with("id")),
    Handler(rejections.ReadingOnly, ReadingOnly, _reading_only),
    Handler(rejections.Conflict, Conflict, _nothing),
    Handler(rejections.TooMany, TooMany, _with("retry_after_seconds")),
    Handler(rejections.QuotaUsed, QuotaUsed, _quota),
    Handler(rejections.Unavailable, Unavailable, _with("retry_after_seconds")),
    Handler(NobodySignedIn, SignInRequired, _nothing),
)
