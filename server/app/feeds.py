"""What changed in a jam, for the live transport."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from server.jam.events import Event
from server.jam.state import JamState
from server.jam_store import JamStore
from server.live.delta import LiveDelta, changes_after
from server.live.ports import Changes, Refused


class JamFeed:
    """One jam's feed: each changed thing once, as it is now. While the jam is out of order, nothing changes."""

    def __init__(self, state: JamState) -> None:
        self._state = state
        self._seq = state.seq
        self._callbacks: list[Callable[[], None]] = []

    @property
    def jam_id(self) -> str:
        return self._state.id

    @property
    def seq(self) -> int:
        if self._state.is_sound:
            self._seq = self._state.seq
        return self._seq

    def changes_since(self, after: int) -> Changes:
        """Everything that changed after `after`, in time proportional to that."""
        if not self._state.is_sound:
            return Changes(after, after, False, LiveDelta(self._state, (), after))
        return changes_after(self._state, after)

    def with_here(self, changes: Changes) -> Changes:
        return replace(changes, what=replace(changes.what, here_changed=True))

    def concerns(self, person_id: str, after: int) -> bool:
        """Whether something of this person's own changed: a vote, a notice, their role, or their circles' content."""
        member = self._state.member(person_id)
        return member is not None and member.touched > after

    def on_change(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def changed(self) -> None:
        for callback in self._callbacks:
            callback()


class Feeds:
    """The feeds of all jams."""

    def __init__(self, store: JamStore) -> None:
        self._store = store
        self._feeds: dict[str, JamFeed] = {}
        store.watch(self._applied)

    def get(self, jam_id: str) -> JamFeed:
        """Raises `Refused` for an unknown jam."""
        feed = self._feeds.get(jam_id)
        if feed is None:
            state = self._store.get(jam_id)
            if state is None:
                raise Refused("NOT_FOUND", "There is no such jam that you may see.")
            feed = self._feeds[jam_id] = JamFeed(state)
        return feed

    def _applied(self, state: JamState, events: Sequence[Event]) -> None:
        feed = self._feeds.get(state.id)
        if feed is not None:
            feed.changed()
