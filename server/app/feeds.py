"""What changed in a jam, for the live transport."""

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from server.jam.changes import THEMES, is_of
from server.jam.events import Event
from server.jam.state import JamState
from server.jam_store import JamStore
from server.live.delta import LiveDelta, changes_after
from server.live.holding import Held
from server.live.pacing import Pacing
from server.live.ports import Changes, Refused

RECORDS_KEPT = 2_048
"""The newest records whose time is known: several ticks' worth."""


class JamFeed:
    """One jam's feed: each changed thing once, as it is now. While the jam is out of order, nothing changes.

    `clock` says when a record took effect (ms). While `pacing` says so, changes of themes are held back and told together:
    then `released` is called with the jam's id.
    """

    def __init__(
        self,
        state: JamState,
        clock: Callable[[], int],
        pacing: Pacing | None = None,
        released: Callable[[str], None] = lambda jam_id: None,
    ) -> None:
        self._state = state
        self._seq = state.seq
        self._clock = clock
        self._oldest = state.seq
        self._times: deque[tuple[int, int]] = deque(maxlen=RECORDS_KEPT)
        self._callbacks: list[Callable[[], None]] = []
        self._pacing = pacing
        self._released = released
        self._held = Held()

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
        changes = changes_after(self._state, after, changed_at=self._time_of_first(after))
        if self._held.holds(after):
            return _only(changes, without_themes(changes.what.changed))
        start = self._held.start(after)
        return changes if start == after else self._with_held(changes, start)

    def _with_held(self, changes: Changes, start: int) -> Changes:
        """The changes, and those of themes after `start`."""
        found = changes_after(self._state, start)
        if found.must_refetch:
            return replace(changes, must_refetch=True)
        told = frozenset(changes.what.changed)
        held = tuple(one for one in found.what.changed if is_of(one[0], THEMES) and one not in told)
        return _only(changes, (*changes.what.changed, *held))

    def _time_of_first(self, after: int) -> int | None:
        """When the first record after `after` took effect; None where there is none, or it is not kept any more."""
        if not self._times or after < self._oldest:
            return None
        place = bisect_right(self._times, after, key=lambda time: time[0])
        return self._times[place][1] if place < len(self._times) else None

    def with_here(self, changes: Changes) -> Changes:
        return replace(changes, what=replace(changes.what, here_changed=True))

    def concerns(self, person_id: str, after: int) -> bool:
        """Whether something of this person's own changed: a vote, a notice, their role, or their circles' content."""
        member = self._state.member(person_id)
        return member is not None and member.touched > after

    def on_change(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def changed(self) -> None:
        if len(self._times) == RECORDS_KEPT:
            self._oldest = self._times[0][0]
        self._times.append((self._state.seq, self._clock()))
        if self._pacing is not None and self._pacing.theme_seconds and self._held.since is None:
            self._held.begin(self._state.seq)
            asyncio.get_running_loop().call_later(self._pacing.theme_seconds, self._release)
        for callback in self._callbacks:
            callback()

    def _release(self) -> None:
        """What was held back is told with the next tick, if there is anything."""
        since = self._held.release(self.seq)
        if since is not None and since < self.seq and self._state.is_sound:
            found = changes_after(self._state, since)
            if found.must_refetch or any(is_of(kind, THEMES) for kind, _ in found.what.changed):
                self._released(self.jam_id)


def without_themes(changed: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """What changed, but for themes."""
    return tuple(one for one in changed if not is_of(one[0], THEMES))


def _only(changes: Changes, changed: tuple[tuple[str, str], ...]) -> Changes:
    return replace(changes, what=replace(changes.what, changed=changed))


class Feeds:
    """The feeds of all jams."""

    def __init__(
        self,
        store: JamStore,
        clock: Callable[[], int],
        pacing: Pacing | None = None,
        released: Callable[[str], None] = lambda jam_id: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._pacing = pacing
        self._released = released
        self._feeds: dict[str, JamFeed] = {}
        store.watch(self._applied)

    def get(self, jam_id: str) -> JamFeed:
        """Raises `Refused` for an unknown jam."""
        feed = self._feeds.get(jam_id)
        if feed is None:
            state = self._store.get(jam_id)
            if state is None:
                raise Refused("NOT_FOUND", "There is no such jam that you may see.")
            feed = self._feeds[jam_id] = JamFeed(state, self._clock, self._pacing, self._released)
        return feed

    def _applied(self, state: JamState, events: Sequence[Event]) -> None:
        feed = self._feeds.get(state.id)
        if feed is not None:
            feed.changed()
