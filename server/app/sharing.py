"""Which answers are the same for a whole visibility class, and until when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server.api.documents import Documents, Prepared, RootField
from server.api.sharing import Share, Sight
from server.app.gate import class_in
from server.jam.phases import ORDER, Phase, next_change
from server.jam.state import JamState
from server.jam_store import JamStore
from server.live.ports import Caller

MADE_ANEW_MS = 1_000
"""An answer is no older than this, though nothing happens in the jam: names, and what is counted by the clock, change too."""

FOR_EVER = 2**63


@dataclass(frozen=True, slots=True)
class Span:
    """The phase from `since` until before `until`, as the schedule stands after event `seq`."""

    seq: int
    since: int
    until: int
    phase: Phase
    place: int


class Sharing:
    """Answers about one jam are shared within (jam, visibility class, tick and phase): see `server.api.sharing.Sharing`."""

    def __init__(self, documents: Documents, store: JamStore, tick: Callable[[str], int], clock: Callable[[], int]) -> None:
        self._documents = documents
        self._store = store
        self._tick = tick
        self._clock = clock
        self._spans: dict[str, Span] = {}
        self._shares: dict[tuple[str, int], Share] = {}

    def about(self, prepared: Prepared, variables: dict[str, Any]) -> str | None:
        """The one jam that all root fields are about, but for those that are the caller's own."""
        roots = [root for root in self._documents.roots(prepared, variables) if not self._is_own(root)]
        jams = {state.id if (state := self._jam_of(root)) is not None else None for root in roots}
        return jams.pop() if len(jams) == 1 else None

    def sight(self, jam_id: str, caller: Caller | None) -> Sight | None:
        """What the caller is to be shown now; None where they may not see the jam."""
        state = self._store.get(jam_id)
        if state is None or caller is None:
            return None
        now = self._clock()
        span = self._span(state, now)
        seen = class_in(state, caller.person_id, span.phase, now)
        if seen is None:
            return None
        share = self._shares.get((jam_id, id(seen)))
        if share is None:
            share = self._shares[jam_id, id(seen)] = Share(jam_id, seen)
        return Sight(share, (self._tick(jam_id), span.place, now // MADE_ANEW_MS), state.seq)

    def _span(self, state: JamState, now: int) -> Span:
        """The phase now, found out again when something happened or it is over."""
        span = self._spans.get(state.id)
        if span is None or span.seq != state.seq or not span.since <= now < span.until:
            phase, ahead = state.phase(now), next_change(state.schedule, state.published, now)
            span = Span(state.seq, now, FOR_EVER if ahead is None else ahead[1], phase, ORDER.index(phase))
            self._spans[state.id] = span
        return span

    def _is_own(self, root: RootField) -> bool:
        return f"Query.{root.name}" in self._documents.own

    def _jam_of(self, root: RootField) -> JamState | None:
        given = {name: value for name, value in root.arguments.items() if isinstance(value, str)}
        match root.name:
            case "jam":
                slug, id = given.get("slug"), given.get("id")
                return self._store.by_slug(slug) if slug and not id else self._store.get(id or "")
            case "themeMap":
                return self._store.get(given.get("jam_id", given.get("jamId", "")))
            case "theme":
                return self._holding(lambda state, id: id in state.themes, given)
        return None

    def _holding(self, has: Callable[[JamState, str], bool], given: dict[str, str]) -> JamState | None:
        id = given.get("id", "")
        return next((state for state in self._store.all() if has(state, id)), None)
