"""One worker's admission: knows how pressed it is, and answers whether there is room for something."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf
from random import random
from time import monotonic, perf_counter
from typing import Any

import structlog

from server.api.admission import Overloaded
from server.api.documents import Prepared
from server.live.limits import Bucket
from server.live.ports import Caller
from server.overload.gate import WriteGate, again_s
from server.overload.levels import FROM, PACES, Level, Pace, Shed, sheds
from server.overload.measuring import Gauges
from server.overload.pressure import Pressure, Readings, Thresholds, advance, reason_of
from server.overload.staff import Staff

log = structlog.get_logger()
LOOK_S = 0.1
"""Between two looks at the loop."""

SAMPLE_EVERY = 5
"""Looks between two readings: half a second."""

CONNECTIONS_OF_ARRIVAL = 4
"""Live connections opened for each who is let in: those who were here before come back as well."""

TYPING_HELP = frozenset({"Query.search", "Query.similarIdeas"})
HEAVY_QUERIES = frozenset({"Query.themeMap", "Jam.reach", "Jam.invitationTree"})
"""Fields by which an operation is known to be the one or the other."""

WORDS = {
    Shed.TYPING_HELP: "Searching is off for a moment, because very many people are here. Please try again soon.",
    Shed.HEAVY_QUERIES: "This takes long to work out, and very many people are here. Please try again in a little while.",
    Shed.WRITES: "Very many people are acting just now, and this was not taken. Send it again in a moment: nothing is lost.",
}
AGAIN_S = {Shed.TYPING_HELP: 10.0, Shed.HEAVY_QUERIES: 20.0}


class Overload:
    """An `Admission`. `changed` is called with the level and its pace whenever there is another one."""

    def __init__(
        self,
        gauges: Gauges,
        thresholds: Thresholds,
        gate: WriteGate,
        staff: Staff,
        changed: Callable[[Level, Pace], None] = lambda level, pace: None,
        is_on: bool = True,
        clock: Callable[[], float] = monotonic,
        chance: Callable[[], float] = random,
    ) -> None:
        self.gate = gate
        self.readings = Readings()
        self.shed: Counter[Shed] = Counter()
        self.staff = staff
        self._gauges = gauges
        self._thresholds = thresholds
        self._changed = changed
        self._is_on = is_on
        self._clock = clock
        self._chance = chance
        self._pressure = Pressure()
        self._arrivals = Bucket(0.0, clock())
        self._read_at = clock()

    @property
    def level(self) -> Level:
        """How pressed this worker is."""
        return self._pressure.level

    @property
    def pace(self) -> Pace:
        """How often things are told at this level."""
        return PACES[self.level]

    def is_off(self, shed: Shed) -> bool:
        """Whether something is done without just now."""
        return self.level >= FROM[shed]

    # ------------------------------------------------------------------------------------------------------- measuring
    async def run(self) -> None:
        """Looks and takes readings, until cancelled."""
        looks = 0
        while True:
            began = perf_counter()
            await asyncio.sleep(LOOK_S)
            self._gauges.lags.add(1_000 * (perf_counter() - began - LOOK_S))
            looks += 1
            if looks % SAMPLE_EVERY == 0:
                self.sample()

    def sample(self) -> None:
        """Takes the readings, and lets the level and the bound of writes follow them."""
        now = self._clock()
        elapsed_ms, self._read_at = 1_000 * (now - self._read_at), now
        self.readings = self._gauges.read(elapsed_ms, self.gate.share)
        self.gate.adapt()
        self._follow(self.readings, now)

    def _follow(self, readings: Readings, now: float) -> None:
        before = self.level
        if not self._is_on:
            return
        self._pressure = advance(self._pressure, readings, now, self._thresholds)
        if self.level != before:
            say = log.warning if self.level > before else log.info
            say("another level of pressure", kind=self.level.name, why=self._reason(readings))
            self._changed(self.level, self.pace)

    def _reason(self, readings: Readings) -> str:
        return reason_of(readings, self._thresholds)

    # ------------------------------------------------------------------------------------------------------- admitting
    @property
    def is_full(self) -> bool:
        """Whether a write of somebody without priority would be refused now."""
        return self._is_on and self.gate.is_full

    def hold_back(self, prepared: Prepared, caller: Caller | None) -> None:
        """Before a query is executed. Raises `Overloaded` for what is done without just now."""
        if self.level < Level.STRAINED:
            return
        for shed, fields in ((Shed.TYPING_HELP, TYPING_HELP), (Shed.HEAVY_QUERIES, HEAVY_QUERIES)):
            if self.is_off(shed) and not fields.isdisjoint(prepared.coordinates) and not self._goes_first(caller):
                raise self.refused(shed)

    def room_for(self, headers: Mapping[bytes, bytes], caller: Caller | None = None) -> None:
        """Before a write. Raises `Overloaded` where it would have to wait too long; those with priority wait."""
        if self.is_full and not self._goes_first(caller) and not self.staff.is_known(headers):
            # What is cheaper to lose is given up before, and in the same moment.
            if self.level < Level.FULL:
                self._follow(replace(self.readings, writes=1.0), self._clock())
            self.shed[Shed.WRITES] += 1
            raise Overloaded(Shed.WRITES, WORDS[Shed.WRITES], self.gate.turn_away())

    def enter(self) -> None:
        self.gate.enter()

    def leave(self, seconds: float) -> None:
        self.gate.leave(seconds)

    def known(self, headers: Mapping[bytes, bytes], caller: Caller | None) -> None:
        self.staff.learn(headers, caller)

    def may_connect(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether another live connection may be opened now: with too much to do so many a second, and those with priority.
        Who may not comes back by itself, after longer and longer pauses.
        """
        per_s = CONNECTIONS_OF_ARRIVAL * self.pace.arrivals_per_s
        if per_s == inf or self.staff.is_known(headers) or self._arrivals.take(self._clock(), per_s, per_s):
            return True
        self.shed[Shed.ARRIVALS] += 1
        return False

    def refused(self, shed: Shed) -> Overloaded:
        """The refusal of something that is off, counted, with when to come back."""
        self.shed[shed] += 1
        return Overloaded(shed, WORDS[shed], self._again(shed))

    def told(self) -> dict[str, Any] | None:
        """The level and what is done without, for pages; None while everything is as ever."""
        return {"level": self.level.name, "off": list(sheds(self.level))} if self.level else None

    def _again(self, shed: Shed) -> float:
        return again_s(0, 1, 1.0, self._chance()) * AGAIN_S[shed]

    def _goes_first(self, caller: Caller | None) -> bool:
        return caller is not None and self.staff.has_priority(caller.person_id)
