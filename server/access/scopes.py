"""What an API token may do: the scope that each root field of the schema asks for. There is no other table of scopes.

A token never does more than its person may; the permission table goes on to decide that. What is about the account itself
(sessions, passkeys, tokens, one's own data) is closed to tokens, and so is whatever is not in the table.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any


class Scope(StrEnum):
    """READ: everything its person may read. POST: ideas, comments, circles, reports. VOTE: support and likes. MODERATE: what
    moderators do, themes and phases included. ORGANIZE: what organizers do.
    """

    READ = "READ"
    POST = "POST"
    VOTE = "VOTE"
    MODERATE = "MODERATE"
    ORGANIZE = "ORGANIZE"


READING = frozenset({"Query", "Subscription"})
"""Types whose fields are all for reading."""

ACCOUNT = frozenset({"Viewer.sessions", "Viewer.passkeys", "Viewer.tokens", "Viewer.push"})
"""Fields that no token reads."""

_POST = (
    "postIdea", "editIdea", "postComment", "editComment", "fileReport", "createCircle", "changeCircle", "renameCircle",
    "closeCircle", "postAnonymousIdea", "postAnonymousComment", "editAnonymousIdea", "editAnonymousComment",
    "withdrawAnonymous", "saveDraft",
)  # fmt: skip
_VOTE = ("supportIdea", "withdrawSupport", "likeComment", "withdrawLike", "markSeen")
_READ = ("markNotificationsRead", "markSinceRead", "reportLatency")
_MODERATE = (
    "hideIdea", "restoreIdea", "removeIdea", "hideComment", "restoreComment", "removeComment", "mergeIdeas", "unmergeIdea",
    "markIdea", "moveIdea", "resolveReport", "reopenReport", "announce", "extendPhase", "closePhaseEarly", "reopenPhase",
    "renameTheme", "mergeThemes", "splitTheme", "pinToTheme", "excludeFromTheme", "regroupThemes", "acceptThemeProposal",
    "declineThemeProposal",
)  # fmt: skip
_ORGANIZE = (
    "createJam", "describeJam", "scheduleJam", "publishJam", "addTopic", "changeTopic", "setThemePolicy", "changeRole",
    "createInvitation", "revokeInvitation", "setInvitationPolicy", "publishTerms", "setActing", "setAnonymousPosting",
    "revokeBranch", "restoreBranch", "restrictMembers", "liftRestrictions", "changeRoles", "scopeModerator", "undoMemberAct",
    "setMinorPolicy", "createCode", "inviteAgain", "inviteByLink", "inviteByMail", "revokeInvitationsOf",
    "pauseWebhook", "sendWebhookAgain", "endWebhook",
)  # fmt: skip
_NEVER = (
    "addMinor", "makeMinorLink", "pauseMinor", "removeMinor",
    "addPushDevice", "choosePush", "endPushDevice",
    "setMailMode", "createWebhook", "endSession", "endOtherSessions", "renamePasskey", "removePasskey",
    "revokeToken", "updateViewer", "acceptInvitation",
    "acceptTerms", "setAuditKey", "requestOpening", "confirmOpening", "declineOpening",
)  # fmt: skip

MUTATIONS: Mapping[str, Scope | None] = {
    **dict.fromkeys(_READ, Scope.READ),
    **dict.fromkeys(_POST, Scope.POST),
    **dict.fromkeys(_VOTE, Scope.VOTE),
    **dict.fromkeys(_MODERATE, Scope.MODERATE),
    **dict.fromkeys(_ORGANIZE, Scope.ORGANIZE),
    **dict.fromkeys(_NEVER, None),
}
"""The scope of each mutation; None for what is done by people in person only."""

IN_PERSON = "A token can't do that: sign in and do it yourself."


def scopes_of(caller: Any) -> frozenset[str] | None:
    """The scopes of whoever calls by a token; None for people, who may do all that they may."""
    scopes: frozenset[str] | None = getattr(caller, "scopes", None)
    return scopes


def refusal(scopes: Collection[str] | None, mutation: str) -> tuple[str, str] | None:
    """Why a mutation is refused, as (what is missing, words); None where the scopes allow it."""
    if scopes is None:
        return None
    wanted = MUTATIONS.get(mutation)
    if wanted is None:
        return "IN_PERSON", IN_PERSON
    return None if wanted in scopes else _lacks(wanted)


def reading_refusal(scopes: Collection[str] | None, coordinates: Collection[str]) -> tuple[str, str] | None:
    """The same for the fields ("Type.field") that an operation touches, whatever its kind."""
    if scopes is None:
        return None
    if not ACCOUNT.isdisjoint(coordinates):
        return "IN_PERSON", IN_PERSON
    reads = any(coordinate.partition(".")[0] in READING for coordinate in coordinates)
    return _lacks(Scope.READ) if reads and Scope.READ not in scopes else None


def _lacks(scope: Scope) -> tuple[str, str]:
    return scope.value, f"This token has not the scope {scope.value}: make one that has it."
