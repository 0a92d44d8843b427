"""What happened around anonymous posts. None of these names their author: `sealed` holds the id encrypted to the audit key."""

from dataclasses import dataclass

from server.jam.events.base import Event, stored_as


@stored_as("audit.key_set")
@dataclass(frozen=True, slots=True, kw_only=True)
class AuditKeySet(Event):
    """Authors are sealed to this key from now on; what was sealed to another stays so. `eyes`: how many organizers it takes to
    open an author sealed to it.
    """

    fingerprint: str
    public: str
    eyes: int
    by: str


@stored_as("audit.posting_set")
@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymousPostingSet(Event):
    on: bool
    by: str


@stored_as("author.sealed")
@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorSealed(Event):
    """The author of the idea or comment `target`, in the same record as its posting."""

    target: str
    key: str
    sealed: str
    salt: str
    proof_hash: str


@stored_as("audit.requested")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRequested(Event):
    """An organizer asks to open the author of `target`."""

    target: str
    reason: str
    by: str


@stored_as("audit.declined")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningDeclined(Event):
    target: str
    reason: str
    by: str


@stored_as("audit.opened")
@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorOpened(Event):
    """From now on organizers are given the sealed author of `target`; `by` is the one whose consent opened it."""

    target: str
    reason: str
    by: str
