"""Which answers are the same for a whole visibility class, and until when."""

from collections.abc import Callable
from typing import Any

from server.api.documents import Documents, Prepared, RootField
from server.api.http import ShareKey
from server.app.gate import AppGate
from server.jam.people import VisibilityClass
from server.jam.phases import ORDER
from server.jam.state import JamState
from server.jam_store import JamStore
from server.live.ports import Caller, Refused


class Sharing:
    """Answers about one jam are shared within (jam, visibility class, tick and phase)."""

    def __init__(
        self, documents: Documents, store: JamStore, gate: AppGate, tick: Callable[[str], int], clock: Callable[[], int]
    ) -> None:
        self._documents = documents
        self._store = store
        self._gate = gate
        self._tick = tick
        self._clock = clock

    def key(self, prepared: Prepared, variables: dict[str, Any], caller: Caller | None) -> ShareKey | None:
        """None where the answer is not about exactly one jam, or the caller may not see it."""
        jams = {self._jam_of(root) for root in self._documents.roots(prepared, variables)}
        state = jams.pop() if len(jams) == 1 else None
        if state is None:
            return None
        try:
            visibility = self._gate.visibility(caller, state.id)
        except Refused:
            return None
        assert isinstance(visibility, VisibilityClass)
        phase = ORDER.index(state.phase(self._clock()))
        return ShareKey(state.id, visibility, self._tick(state.id) * len(ORDER) + phase)

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
