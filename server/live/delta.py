"""What changed in a jam, as the payloads of subscriptions read it: the live state, and the ids that changed."""

from dataclasses import dataclass

from server.jam.changes import is_of, may_notice
from server.jam.people import Viewer
from server.jam.state import JamState
from server.live.ports import Changes

MOST_CHANGES = 1_000
"""Whoever is further behind than this many changed things fetches afresh."""


@dataclass(frozen=True, slots=True)
class LiveDelta:
    """`changed` holds (kind, id) as in `server.jam.changes`, newest first: everything that changed after `after`.

    `changed_at` is when the first of it took effect, in ms since 1970; None where that is long ago or not known.
    """

    state: JamState
    changed: tuple[tuple[str, str], ...]
    after: int
    here_changed: bool = False
    changed_at: int | None = None

    def ids(self, kind: str) -> list[str]:
        """Ids of the changed things of one kind, the longest unchanged first, whoever may notice; for things that pass the
        visibility rule themselves."""
        return list(dict.fromkeys(id for one, id in reversed(self.changed) if is_of(one, kind)))

    def ids_for(self, kind: str, viewer: Viewer) -> list[str]:
        """Ids of the changed things of one kind whose change the viewer may notice, the longest unchanged first."""
        noticed = (id for one, id in reversed(self.changed) if is_of(one, kind) and may_notice(viewer, one))
        return list(dict.fromkeys(noticed))


def changes_after(state: JamState, after: int, most: int = MOST_CHANGES, changed_at: int | None = None) -> Changes:
    """Everything that changed in (after, now]; `must_refetch` where that is more than `most` things."""
    found = state.changes.since(after, most)
    delta = LiveDelta(state, tuple(found or ()), after, changed_at=changed_at)
    return Changes(after, state.seq, found is None, delta)
