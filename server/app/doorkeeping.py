"""What follows from decisions about members: who is suspended is out everywhere at once, and back when it is over."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Any
from uuid import uuid4

import structlog

from server.access.sessions import Sessions
from server.jam import events as ev
from server.jam.commands import LiftRestrictions
from server.jam.decide.restrictions import MOST_PEOPLE
from server.jam.ids import SYSTEM
from server.jam.state import JamState
from server.jam_store import JamStore
from server.live.hub import Hub
from server.vault.port import VaultUnavailable

log = structlog.get_logger()
AT_MOST_S = 1.0
"""A new end, or one that is not lifted yet, is noticed within this time."""

IN_A_ROW = 200
"""People whose live connections are told of a change in one turn of the loop."""


def concerned(event: ev.Event) -> Sequence[str]:
    """The people who may see other things than before the event; who comes back with a restored branch asks anew."""
    match event:
        case ev.RoleChanged():
            return (event.person,)
        case ev.MembersRestricted() | ev.RestrictionsLifted() | ev.RolesChanged() | ev.MemberActUndone() | ev.BranchRevoked():
            return event.people
        case ev.MinorPaused() | ev.MinorOfAge() | ev.MemberErased():
            return (event.person,)
        case _:
            return ()


def with_minors(state: JamState, people: Sequence[str]) -> Sequence[str]:
    """The people, and the minors under their accounts: who are out while their guardian is."""
    if not people or not state.minors:
        return people
    guardians = frozenset(people)
    return (*people, *(minor for minor, guardian in state.minors.items() if guardian in guardians))


class Doorkeeper:
    """On every worker: each sees every event, closes its own sockets, and asks the vault to end the sessions.

    To ask twice does no harm: only sessions that began before the decision end, and signing in again is allowed.
    """

    def __init__(self, sessions: Sessions, hub: Callable[[], Hub], soon: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        self._sessions = sessions
        self._hub = hub
        self._soon = soon

    def watch(self, state: JamState, applied: Sequence[ev.Event]) -> None:
        """Called after every applied record, whoever wrote it."""
        for event in applied:
            people = with_minors(state, concerned(event))
            if not people:
                continue
            out = {person for person in people if (member := state.member(person)) is not None and member.is_suspended}
            if out:
                self._soon(self._send_out(out, event.at))
            self._soon(self._reclassify([person for person in people if person not in out], state.id))

    async def _send_out(self, people: Collection[str], decided_at: int) -> None:
        """The sockets after the sessions: a page that is hung up on asks at once whether it is still signed in."""
        try:
            await self._sessions.end_all_of(people, decided_at)
        except VaultUnavailable as error:
            log.warning("sessions of who is suspended could not be ended; the jam is closed to them", reason=error.reason)
        finally:
            for person in people:
                self._hub().end_person(person)

    async def _reclassify(self, people: Sequence[str], jam_id: str) -> None:
        for place, person in enumerate(people):
            await self._hub().reclassify(person, jam_id)
            if place % IN_A_ROW == IN_A_ROW - 1:
                await asyncio.sleep(0)


class RestrictionClock:
    """Lifts restrictions at the instant at which they end. Of several workers that try, one does."""

    def __init__(self, store: JamStore, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled. A store that can't be reached is asked again within a second."""
        while True:
            await asyncio.sleep(self._pause())
            now = self._clock()
            for state in self._store.all():
                over = [person for person, until in state.endings.items() if until <= now]
                if over and state.is_sound:
                    await self._lift(state.id, over)

    async def _lift(self, jam_id: str, people: Sequence[str]) -> None:
        for start in range(0, len(people), MOST_PEOPLE):
            part = tuple(people[start : start + MOST_PEOPLE])
            try:
                await self._store.submit(jam_id, LiftRestrictions(actor=SYSTEM, id=f"over-{uuid4().hex}", people=part))
            except Exception:
                log.exception("restrictions that are over could not be lifted; it is tried again", jam=jam_id)
                await asyncio.sleep(AT_MOST_S)

    def _pause(self) -> float:
        """Seconds until the next restriction of any jam ends, at most `AT_MOST_S`."""
        now = self._clock()
        ends = (min(state.endings.values()) - now for state in self._store.all() if state.endings)
        return min(AT_MOST_S, max(0.001, min(ends, default=int(AT_MOST_S * 1000)) / 1000))
