"""Texts that were taken back without a name: out of the journal, the snapshots and the vectors of themes, as for the erased.

Nobody asks for it again, so whatever is withdrawn and still has its text in the journal is looked for at every start.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import structlog

from server.erasing.redacting import Withdrawn, find_texts
from server.erasing.service import patiently, take_out
from server.jam.anonymity import is_pseudonym
from server.jam.events import CommentWithdrawn, IdeaWithdrawn
from server.jam.state import JamState
from server.jam_store import PREFIX, JamStore

log = structlog.get_logger()

GATHERING_S = 2.0
"""What is taken back within so long is taken out together: each time the whole journal is read."""

AGAIN_S = 30.0
"""Until the next attempt, where the store could not be written to."""


class TakenBack:
    """`folder` has the derived files of the theme service. `save` keeps a new snapshot of a jam."""

    def __init__(self, store: JamStore, folder: Path, save: Callable[[JamState], Awaitable[None]]) -> None:
        self._store = store
        self._folder = folder
        self._save = save
        self._waiting: set[str] = {state.id for state in store.all()}
        self._came = asyncio.Event()
        store.watch(self._watch)

    def _watch(self, state: JamState, applied: Sequence[Any]) -> None:
        if any(isinstance(event, IdeaWithdrawn | CommentWithdrawn) for event in applied):
            self._waiting.add(state.id)
            self._came.set()

    async def run(self) -> None:
        """Takes out whatever waits, as it comes; until cancelled."""
        while True:
            await self.settle()
            await self._came.wait()
            await asyncio.sleep(GATHERING_S)
            self._came.clear()

    async def settle(self) -> None:
        """Returns when nothing waits any more."""
        while self._waiting:
            jam_id = min(self._waiting)
            try:
                state = self._store.get(jam_id)
                if state is not None:
                    await self._take_out(state)
                self._waiting.discard(jam_id)
            except Exception:
                log.exception("texts that were taken back could not be taken out yet", jam=jam_id)
                await asyncio.sleep(AGAIN_S)

    async def _take_out(self, state: JamState) -> None:
        withdrawn = _withdrawn(state)
        if withdrawn is None:
            return
        await find_texts(self._store.journal, withdrawn)
        if not withdrawn.texts:
            return
        await take_out(self._store.journal, self._folder, state, withdrawn)
        await patiently(self._store.journal.wipe)
        await self._save(state)
        await patiently(self._store.journal.wipe)


def _withdrawn(state: JamState) -> Withdrawn | None:
    """All that was taken back in a jam without a name; None where nothing was."""
    ideas = [idea for idea in state.ideas if idea.withdrawn and is_pseudonym(idea.author)]
    comments = [one for one in state.comments if one.withdrawn and is_pseudonym(one.author)]
    authors = [*(idea.author for idea in ideas), *(one.author for one in comments)]
    if not authors:
        return None
    found = frozenset(idea.id for idea in ideas), frozenset(one.id for one in comments)
    return Withdrawn(PREFIX + state.id, authors[0], *found)
