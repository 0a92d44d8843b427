"""What commands take, and how its parts become the domain's values."""

from collections.abc import Mapping

import strawberry
from strawberry import ID, UNSET

from schema.scalars import AudienceKind, IdeaMark, ReportOutcome, ReportReason, Timestamp, given
from server.jam.people import Relation, Role
from server.jam.phases import Phase, Schedule
from server.jam.rejections import InvalidInput
from server.jam.theme_proposals import ThemePolicy
from server.jam.visibility import EVERYONE, Audience


@strawberry.input
class LocalTextInput:
    language: str
    text: str


@strawberry.input
class AudienceInput:
    kind: AudienceKind
    relations: list[Relation] | None = UNSET
    circle_id: ID | None = UNSET


@strawberry.input
class ScheduleInput:
    lobby_at: Timestamp
    ideation_at: Timestamp
    refinement_at: Timestamp
    review_at: Timestamp
    closes_at: Timestamp


@strawberry.input
class SessionInput:
    session_id: ID


@strawberry.input
class PasskeyInput:
    passkey_id: ID


@strawberry.input
class RenamePasskeyInput:
    passkey_id: ID
    name: str


@strawberry.input
class PostIdeaInput:
    command_id: ID
    jam_id: ID
    topic_id: ID
    title: str
    body: str
    language: str | None = UNSET
    parent_ids: list[ID] | None = UNSET
    audience: AudienceInput | None = UNSET


@strawberry.input
class EditIdeaInput:
    command_id: ID
    idea_id: ID
    title: str
    body: str
    base_version: int = strawberry.field(description="The version that was edited; another since then is a Conflict.")


@strawberry.input
class IdeaInput:
    command_id: ID
    idea_id: ID


@strawberry.input
class ModerateInput:
    command_id: ID
    target_id: ID
    reason: str


@strawberry.input
class MergeIdeasInput:
    command_id: ID
    idea_id: ID
    into_id: ID
    reason: str


@strawberry.input
class MarkIdeaInput:
    command_id: ID
    idea_id: ID
    mark: IdeaMark
    on: bool
    reason: str


@strawberry.input
class MoveIdeaInput:
    command_id: ID
    idea_id: ID
    topic_id: ID
    reason: str


@strawberry.input
class PostCommentInput:
    command_id: ID
    idea_id: ID
    parent_id: ID | None = UNSET
    body: str
    language: str | None = UNSET


@strawberry.input
class EditCommentInput:
    command_id: ID
    comment_id: ID
    body: str


@strawberry.input
class CommentInput:
    command_id: ID
    comment_id: ID


@strawberry.input
class FileReportInput:
    command_id: ID
    target_id: ID
    reason: ReportReason
    note: str = ""


@strawberry.input
class ResolveReportInput:
    command_id: ID
    report_id: ID
    outcome: ReportOutcome
    reason: str


@strawberry.input
class ReopenReportInput:
    command_id: ID
    report_id: ID
    reason: str


@strawberry.input
class AnnounceInput:
    command_id: ID
    jam_id: ID
    texts: list[LocalTextInput]


@strawberry.input
class CreateJamInput:
    command_id: ID
    slug: str
    titles: list[LocalTextInput]
    questions: list[LocalTextInput]
    descriptions: list[LocalTextInput] | None = UNSET
    rules: list[LocalTextInput] | None = UNSET
    languages: list[str]
    main_language: str
    schedule: ScheduleInput


@strawberry.input
class DescribeJamInput:
    command_id: ID
    jam_id: ID
    titles: list[LocalTextInput] | None = UNSET
    questions: list[LocalTextInput] | None = UNSET
    descriptions: list[LocalTextInput] | None = UNSET
    rules: list[LocalTextInput] | None = UNSET


@strawberry.input
class ScheduleJamInput:
    command_id: ID
    jam_id: ID
    schedule: ScheduleInput


@strawberry.input
class JamInput:
    command_id: ID
    jam_id: ID


@strawberry.input
class ClosePhaseInput:
    command_id: ID
    jam_id: ID
    phase: Phase = strawberry.field(description="The open phase; if it has closed meanwhile, nothing more is closed.")


@strawberry.input
class ExtendPhaseInput:
    command_id: ID
    jam_id: ID
    phase: Phase
    until: Timestamp


@strawberry.input
class AddTopicInput:
    command_id: ID
    jam_id: ID
    titles: list[LocalTextInput]
    descriptions: list[LocalTextInput] | None = UNSET
    audience: AudienceInput | None = UNSET


@strawberry.input
class ChangeTopicInput:
    command_id: ID
    topic_id: ID
    titles: list[LocalTextInput] | None = UNSET
    descriptions: list[LocalTextInput] | None = UNSET
    audience: AudienceInput | None = UNSET
    is_locked: bool | None = UNSET
    position: int | None = UNSET


@strawberry.input
class RenameThemeInput:
    command_id: ID
    theme_id: ID
    name: str


@strawberry.input
class MergeThemesInput:
    command_id: ID
    theme_id: ID
    into_id: ID


@strawberry.input
class SplitThemeInput:
    command_id: ID
    theme_id: ID
    idea_ids: list[ID]
    name: str


@strawberry.input
class PinToThemeInput:
    command_id: ID
    idea_id: ID
    theme_id: ID


@strawberry.input
class AcceptThemeProposalInput:
    command_id: ID
    proposal_id: ID
    name: str | None = strawberry.field(
        default=UNSET, description="Of the theme that comes of it: of a merge the one that stays, else the first new one."
    )


@strawberry.input
class DeclineThemeProposalInput:
    command_id: ID
    proposal_id: ID


@strawberry.input
class SetThemePolicyInput:
    command_id: ID
    jam_id: ID
    policy: ThemePolicy


@strawberry.input
class CreateInvitationInput:
    command_id: ID
    jam_id: ID
    relation: Relation
    role: Role = Role.PARTICIPANT
    max_uses: int = 1000
    expires_at: Timestamp


@strawberry.input
class InvitationInput:
    command_id: ID
    invitation_id: ID


@strawberry.input
class AcceptInvitationInput:
    command_id: ID
    token: str


@strawberry.input
class CreateCircleInput:
    command_id: ID
    jam_id: ID
    name: str
    member_ids: list[ID]


@strawberry.input
class ChangeCircleInput:
    command_id: ID
    circle_id: ID
    add_ids: list[ID] | None = UNSET
    remove_ids: list[ID] | None = UNSET


@strawberry.input
class ChangeRoleInput:
    command_id: ID
    jam_id: ID
    person_id: ID
    role: Role


@strawberry.input
class TokenInput:
    token_id: ID


@strawberry.input
class UpdateViewerInput:
    name: str | None = UNSET
    language: str | None = UNSET
    country: str | None = UNSET


@strawberry.input
class SaveDraftInput:
    jam_id: ID
    key: str
    body: str


@strawberry.input
class MarkSeenInput:
    jam_id: ID
    idea_ids: list[ID]


@strawberry.input(description="Whole milliseconds, measured since the last report; see JamLatency.")
class ReportLatencyInput:
    jam_id: ID
    own: list[int]
    drawn: list[int]
    clock_error: int


# ------------------------------------------------------------------------------------------- from the API to the domain
def local_text(texts: list[LocalTextInput] | None) -> Mapping[str, str] | None:
    """A text in several languages; None where nothing was sent."""
    kept = given(texts)
    return None if kept is None else {text.language: text.text for text in kept}


def schedule(plan: ScheduleInput) -> Schedule:
    return Schedule(plan.lobby_at, plan.ideation_at, plan.refinement_at, plan.review_at, plan.closes_at)


def audience(named: AudienceInput | None) -> Audience | None:
    """Whom something is for; None where nothing was sent."""
    kept = given(named)
    if kept is None:
        return None
    if kept.kind is AudienceKind.EVERYONE:
        return EVERYONE
    if kept.kind is AudienceKind.RELATIONS:
        return Audience(relations=tuple(dict.fromkeys(given(kept.relations) or ())))
    if not kept.circle_id:
        raise InvalidInput("audience", "Name the circle in `circleId`.")
    return Audience(circle=kept.circle_id)
