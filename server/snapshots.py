"""A jam's state as bytes, so that a worker starts on a large jam in seconds.

A snapshot is a cache of the fold: it may be dropped at any time. Its kind names the format; a snapshot of another format is
not read, the journal is.
"""

from array import array
from collections import OrderedDict
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec

from server.jam import entities as e
from server.jam.acting import Acting
from server.jam.anonymity import Anonymity
from server.jam.changes import PersonalChange
from server.jam.invitations import InvitationPolicy
from server.jam.member_acts import Branch, MemberAct
from server.jam.minors import MinorPolicy
from server.jam.phases import Schedule
from server.jam.state import JamState
from server.jam.terms import TermsVersion
from server.jam.theme_proposals import ThemePolicy, ThemeProposal

KIND = "jam-state-5"
"""Raise it whenever an entity or the way events are applied changes: older snapshots are then passed over."""


@dataclass
class _Frozen:
    """Everything of a state that is not derived from the rest."""

    seq: int
    id: str
    slug: str
    titles: dict[str, str]
    questions: dict[str, str]
    descriptions: dict[str, str]
    rules: dict[str, str]
    languages: tuple[str, ...]
    main_language: str
    created_at: int
    schedule: Schedule | None
    published: bool
    topics: dict[str, e.Topic]
    ideas: list[e.Idea]
    comments: list[e.Comment]
    members: list[e.Member]
    branches: dict[str, Branch]
    member_acts: dict[str, MemberAct]
    announcements: list[e.Announcement]
    reports: dict[str, e.Report]
    open_reports: list[str]
    invitations: dict[str, e.Invitation]
    circles: dict[str, e.Circle]
    terms: list[TermsVersion]
    themes: dict[str, e.Theme]
    theme_edits: e.ThemeEdits
    theme_run: e.ThemeRun | None
    theme_proposals: dict[str, ThemeProposal]
    theme_policy: ThemePolicy
    next_color: int
    acting: Acting
    anonymity: Anonymity
    log: list[e.LogEntry]
    minutes: list[tuple[int, list[int]]]
    commands: list[int]
    changes: list[tuple[str, str, int]]
    personal: list[PersonalChange]
    invitation_policy: InvitationPolicy = InvitationPolicy()  # noqa: RUF009  frozen
    minor_policy: MinorPolicy = MinorPolicy()  # noqa: RUF009  frozen


_PLAIN = (
    "seq", "id", "slug", "languages", "main_language", "created_at", "schedule", "published", "topics", "ideas", "comments",
    "members", "branches", "member_acts", "announcements", "reports", "invitations", "circles", "terms", "themes",
    "theme_edits", "theme_run", "theme_proposals", "theme_policy", "next_color", "acting", "anonymity", "log",
    "invitation_policy", "minor_policy",
)  # fmt: skip
_TEXTS = ("titles", "questions", "descriptions", "rules")


def _encode(value: Any) -> Any:
    if isinstance(value, array):
        return value.tobytes()
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in a snapshot")


def _decode(kind: type, value: Any) -> Any:
    if kind is array:
        numbers = array("I")
        numbers.frombytes(value)
        return numbers
    raise TypeError(f"a snapshot can't be read into {kind}")


_encoder = msgspec.msgpack.Encoder(enc_hook=_encode)
_decoder = msgspec.msgpack.Decoder(_Frozen, dec_hook=_decode)


def dump(state: JamState) -> bytes:
    """The state as bytes."""
    plain: dict[str, Any] = {name: getattr(state, name) for name in _PLAIN}
    texts: dict[str, Any] = {name: dict(getattr(state, name)) for name in _TEXTS}
    frozen = _Frozen(
        **plain,
        **texts,
        open_reports=list(state.open_reports),
        minutes=list(state.minutes.items()),
        commands=list(state.commands),
        changes=list(state.changes),
        personal=list(state.personal),
    )
    return _encoder.encode(frozen)


def load(data: bytes) -> JamState:
    """The state that was dumped. Raises `ValueError` for bytes that are no snapshot of this kind."""
    frozen = _decoder.decode(data)
    state = JamState()
    for name in (*_PLAIN, *_TEXTS):
        setattr(state, name, getattr(frozen, name))
    state.adopt(frozen.ideas)
    state.idea_numbers = {idea.id: idea.number for idea in frozen.ideas}
    state.comment_numbers = {comment.id: comment.number for comment in frozen.comments}
    state.member_numbers = {member.person: member.number for member in frozen.members if not member.erased}
    state.minors = {one.person: one.care.guardian for one in frozen.members if one.care is not None and not one.erased}
    state.erased_numbers = {member.person: member.number for member in frozen.members if member.erased}
    state.endings = {
        member.person: member.restriction.until
        for member in frozen.members
        if member.restriction is not None and member.restriction.until is not None
    }
    for invitation in frozen.invitations.values():
        state.keep_invitation(invitation)
    state.open_reports = dict.fromkeys(frozen.open_reports)
    state.minutes = OrderedDict(frozen.minutes)
    state.commands = OrderedDict.fromkeys(frozen.commands)
    for kind, id, seq in frozen.changes:
        state.changes.note(kind, id, seq)
    for change in frozen.personal:
        state.personal.note(change)
    return state
