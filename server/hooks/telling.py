"""What a webhook tells of an event: its kind and the ids it is about, never a text, a name or an address.

Who is told fetches the rest by the API with a token of their own, and so sees what that token may see; and what is erased
from the journal is not left in somebody's queue. What is in a circle is not told, for organizers do not see it either.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from server.jam import events as ev
from server.jam.ids import COMMENT
from server.jam.state import JamState

TOLD: dict[type[ev.Event], tuple[str, tuple[str, ...]]] = {
    ev.IdeaPosted: ("idea.posted", ("idea", "topic", "parents")),
    ev.IdeaEdited: ("idea.edited", ("idea",)),
    ev.IdeaHidden: ("idea.hidden", ("idea",)),
    ev.IdeaRestored: ("idea.restored", ("idea",)),
    ev.IdeaRemoved: ("idea.removed", ("idea",)),
    ev.IdeaMerged: ("idea.merged", ("idea", "into")),
    ev.IdeaMoved: ("idea.moved", ("idea", "topic")),
    ev.IdeaSupported: ("idea.supported", ("idea",)),
    ev.SupportWithdrawn: ("idea.support_withdrawn", ("idea",)),
    ev.CommentPosted: ("comment.posted", ("comment", "idea", "parent")),
    ev.IdeaUnmerged: ("idea.unmerged", ("idea",)),
    ev.IdeaWithdrawn: ("idea.withdrawn", ("idea",)),
    ev.CommentHidden: ("comment.hidden", ("comment",)),
    ev.CommentRestored: ("comment.restored", ("comment",)),
    ev.CommentRemoved: ("comment.removed", ("comment",)),
    ev.CommentWithdrawn: ("comment.withdrawn", ("comment",)),
    ev.ReportFiled: ("report.filed", ("report", "target", "reason")),
    ev.AnnouncementMade: ("announcement.made", ("announcement",)),
    ev.JamPublished: ("jam.published", ()),
    ev.JamScheduled: ("jam.scheduled", ("why", "phase")),
    ev.ThemesGrouped: ("themes.grouped", ("run",)),
    ev.MemberJoined: ("member.joined", ("relation",)),
}
KINDS = tuple(kind for kind, _ in TOLD.values())
QUIET = frozenset({"idea.supported", "idea.support_withdrawn", "member.joined"})
"""What comes by the thousand: told only to those who ask for it by name."""


def told(state: JamState, seq: int, event: ev.Event) -> tuple[str, dict[str, Any]] | None:
    """The kind and what is said, or None for what is not told. `state` has the event already."""
    found = TOLD.get(type(event))
    if found is None or _is_closed(state, event):
        return None
    kind, names = found
    about = {name: _plain(getattr(event, name)) for name in names}
    return kind, {"kind": kind, "jam": state.id, "seq": seq, "at": event.at, **about}


def all_told(state: JamState, after: int, events: Iterable[ev.Event], kinds: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """(what tells it from all others of the jam, kind, JSON) for each event behind the number `after` of one of the kinds."""
    for seq, event in enumerate(events, after + 1):
        found = told(state, seq, event)
        if found is not None and found[0] in kinds:
            yield str(seq), found[0], json.dumps(found[1], sort_keys=True)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _is_closed(state: JamState, event: ev.Event) -> bool:
    """Whether it is about something in a circle, or about something that is not there any more."""
    ids = (getattr(event, name, None) for name in ("idea", "comment", "target"))
    return any(_in_a_circle(state, id) for id in ids if id is not None)


def _in_a_circle(state: JamState, id: str) -> bool:
    comment = state.comment(id) if id.startswith(COMMENT) else None
    idea = state.idea(id if comment is None else comment.idea)
    return idea is None or idea.reach.circle is not None
