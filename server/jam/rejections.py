"""Why a command was refused. A refusal changes nothing.

* Rejection
  x InvalidInput      a field can't be taken as it is
  x NotFound          no such thing, or not for this person (the two can't be told apart)
  x NotAllowed        the permission table says no
  x Restricted        they were muted or suspended; until when, and why
  x PhaseClosed       the phase says no; when it closed or opens
  x TermsNotAccepted  the terms must be accepted first; which version of them
  x ReadingOnly       only some relations may act there; which
  x Locked            a moderator locked the idea or topic
  x Conflict          it contradicts what is there now
  x TooMany           a limit of this person; when to try again
  x QuotaUsed         more places than are left to this person; how many are
  x Unavailable       the store can't be reached; nothing was acknowledged
"""

from server.jam.people import Relation
from server.jam.phases import Phase


class Rejection(Exception):
    """A typed refusal with words for a person; `code` is the name that clients translate by."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def code(self) -> str:
        return type(self).__name__


class InvalidInput(Rejection):
    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NotFound(Rejection):
    def __init__(self, kind: str, id: str, message: str | None = None) -> None:
        super().__init__(message or f"There is no {kind} with the id {id[:40]!r} that you may see.")
        self.id = id


class NotAllowed(Rejection):
    def __init__(self, action: str, message: str | None = None) -> None:
        super().__init__(message or f"Your role does not allow you to {action.lower().replace('_', ' ')}.")
        self.action = action


class Restricted(Rejection):
    """`kind` is a RestrictionKind; `until` in milliseconds since 1970, None for an end that is not set."""

    def __init__(self, kind: str, until: int | None, reason: str) -> None:
        may = "may read and vote, but not write" if kind == "MUTED" else "may not take part"
        super().__init__(f"The moderators of this jam decided that you {may} for now.")
        self.kind, self.until, self.reason = kind, until, reason


class PhaseClosed(Rejection):
    """`closed_at` and `opens_at` in milliseconds since 1970, where they are known."""

    def __init__(self, action: str, phase: Phase, closed_at: int | None, opens_at: int | None) -> None:
        super().__init__(f"The jam is in its {phase.lower()} phase, which does not allow: {action.lower().replace('_', ' ')}.")
        self.action, self.phase, self.closed_at, self.opens_at = action, phase, closed_at, opens_at


class TermsNotAccepted(Rejection):
    """`version` is the newest of the jam `jam`: the one to read and accept."""

    def __init__(self, jam: str, version: int) -> None:
        super().__init__(f"Please read and accept the terms of this jam first (version {version}).")
        self.jam, self.version = jam, version


class Locked(Rejection):
    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"This {kind} was locked by a moderator: it can be read, but nothing can be added to it.")
        self.id = id


class ReadingOnly(Rejection):
    """`topic` can be read, and only `relations` may post, comment and vote there."""

    def __init__(self, topic: str, relations: tuple[Relation, ...]) -> None:
        names = ", ".join(relation.value.lower() for relation in relations) or "nobody but those who run the jam"
        super().__init__(f"You may read this topic, and not post, comment or vote in it: that is open to {names}.")
        self.topic, self.relations = topic, relations


class Conflict(Rejection):
    pass


class TooMany(Rejection):
    def __init__(self, message: str, retry_after_seconds: float) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class QuotaUsed(Rejection):
    """`left` places of `quota` can still be offered; more were wanted."""

    def __init__(self, wanted: int, left: int, quota: int) -> None:
        told = "You can't invite people to this jam." if quota == 0 else f"You can invite {left} more of {quota}, not {wanted}."
        super().__init__(told)
        self.left, self.quota = left, quota


class Unavailable(Rejection):
    def __init__(self, message: str, retry_after_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
