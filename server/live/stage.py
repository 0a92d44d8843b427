"""One jam on this worker: who listens, how far they are, and what a tick does for them."""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from math import inf
from typing import Any

from server.api.documents import Prepared
from server.api.execution import Engine
from server.live.answers import Answer, Answers, refetch
from server.live.cast import Cast
from server.live.codes import CloseCode
from server.live.groups import REFETCH, Group, Member
from server.live.limits import LiveLimits
from server.live.line import Line
from server.live.metrics import LiveCounters
from server.live.pacing import Pacing
from server.live.ports import Changes, Feed, Gate
from server.live.presence import Presence
from server.live.solos import Solo
from server.live.teller import Teller
from server.metrics.meters import TickMeter

Send = Callable[[Line, bytes, bytes], None]


@dataclass(frozen=True, slots=True)
class Tools:
    """What every stage works with; `clock` counts seconds, `wake` tells the ticker that something is to be told."""

    engine: Engine
    gate: Gate
    limits: LiveLimits
    counters: LiveCounters
    clock: Callable[[], float]
    wake: Callable[[], None]
    presence: Callable[[str], Presence] = Presence
    pacing: Pacing = field(default_factory=Pacing)


class Stage:
    """The audience of one jam. `number` counts its ticks: what was finished at one number is stale at the next."""

    def __init__(self, feed: Feed, tools: Tools) -> None:
        self.feed = feed
        self.number = 1
        self.presence = tools.presence(feed.jam_id)
        self.groups: dict[Hashable, Group] = {}
        self.solos: dict[Solo, None] = {}
        self._tools = tools
        self._limits = tools.limits
        self._counters = tools.counters
        self._teller = Teller(feed, tools.engine, tools.counters)
        self._stuck: dict[Line, None] = {}
        self._has_changed = False
        self._is_unfinished = False
        self._is_repeating = False
        self._ticked_at = 0.0
        self._told_here_at = tools.clock()
        self.meter = TickMeter()
        self._changed_at = 0.0
        feed.on_change(self._changed)

    def _changed(self) -> None:
        if not self._has_changed:
            self._has_changed = True
            self._changed_at = self._tools.clock()
        self._tools.wake()

    def nudge(self) -> None:
        """Tell the jam itself again, as when the number of people here changed."""
        self.presence.has_changed = True
        self._tools.wake()

    def tell_again(self) -> None:
        """Something that was held back is to be told, though nothing has changed since."""
        self._is_repeating = True
        self._tools.wake()

    # ---- joining and leaving

    def group(self, key: tuple[Hashable, Hashable], prepared: Prepared, variables: dict[str, Any]) -> Group:
        """The group of (what is asked, visibility class), made where there is none yet."""
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = Group(key, self, prepared, variables)
        return group

    async def follow(self, member: Member) -> None:
        """Take a member in and catch it up with its group at once."""
        line, group = member.line, member.group
        line.operations[member.id] = member
        line.members.append(member)
        self._came(member.person_id)
        group.lagging[member] = None
        if member.seq == group.seq:
            group.place(member)
        if len(line.members) > 1:
            self._replace(line)
        await self._catch_up_now(member)
        if member in group.lagging:
            self._tools.wake()

    async def follow_alone(self, solo: Solo) -> None:
        """Take in a subscription that cannot be shared and bring it up to date at once."""
        solo.line.operations[solo.id] = solo
        self.solos[solo] = None
        self._came(solo.person_id)
        changes = solo.news(self.feed)
        if changes is not None:
            await self._tell_alone(solo, changes, self._post)

    def drop(self, member: Member) -> None:
        """A member leaves; its group goes with the last one."""
        group, line = member.group, member.line
        group.remove(member)
        line.members.remove(member)
        self._went(member.person_id)
        self._replace(line)
        if not group and self.groups.get(group.key) is group:
            del self.groups[group.key]

    def drop_solo(self, solo: Solo) -> None:
        """A subscription of its own ends."""
        del self.solos[solo]
        self._went(solo.person_id)

    async def reclassify(self, member: Member, seen: Hashable) -> None:
        """Move a member to the group of its new visibility class and have it fetch afresh."""
        old = member.group
        self.drop(member)
        group = self.group((old.key[0], seen), old.prepared, old.variables)
        await self.follow(Member(member.line, member.id, group, member.person_id, REFETCH, self._tools.clock()))

    async def refresh(self, solo: Solo) -> None:
        """Have a subscription of its own fetch afresh, under what its person may see now."""
        await self._tell_alone(solo, refetch(self.feed), self._post)

    def answers_for(self, group: Group) -> Answers:
        """The answers of a new group."""
        prepared, variables, visibility = group.prepared, group.variables, group.visibility

        async def make(changes: Changes) -> Answer:
            context = self._tools.gate.shared_context(self.feed.jam_id, visibility)
            return await self._teller.answer(prepared, variables, context, changes)

        return Answers(self.feed, make, self._limits.exact_resumes)

    def _came(self, person_id: str | None) -> None:
        self._counters.subscriptions += 1
        if person_id is not None:
            self._tell_here(self.presence.enter, person_id)

    def _went(self, person_id: str | None) -> None:
        self._counters.subscriptions -= 1
        if person_id is not None:
            self._tell_here(self.presence.leave, person_id)

    def _tell_here(self, change: Callable[[str], None], person_id: str) -> None:
        """Wakes the ticker for the first change only: it knows then when the next tick is due, whoever else comes."""
        is_known = self.presence.has_changed
        change(person_id)
        if self.presence.has_changed and not is_known:
            self._tools.wake()

    def _replace(self, line: Line) -> None:
        """A connection with one group in step is written to directly; for others what they get is collected first."""
        for member in line.members:
            if member.group.is_in_step(member):
                member.group.place(member)

    async def _catch_up_now(self, member: Member) -> None:
        group, asked = member.group, member.seq
        if member in group.lagging and asked < group.seq and not self._is_full(member.line):
            answer = await asyncio.shield(group.answers.ask(asked, False))
            self._catch_up(member, asked, answer, self._post)

    # ---- when

    def due(self) -> float | None:
        """When the next tick is wanted, in seconds of the clock; None while nothing is to be told."""
        soonest = self._ticked_at + self._limits.tick_seconds * self._tools.pacing.tick_factor
        if self._has_changed or self._is_unfinished or self._is_repeating or self._stuck or self._has_laggards():
            return soonest
        if self.presence.has_changed and self._here_seconds < inf:
            return max(soonest, self._told_here_at + self._here_seconds)
        return None

    @property
    def _here_seconds(self) -> float:
        return max(self._limits.here_seconds, self._tools.pacing.here_seconds)

    def _has_laggards(self) -> bool:
        return any(group.lagging for group in self.groups.values())

    # ---- the tick

    async def tick(self) -> None:
        """Tell everyone what changed since the last tick. Ticks of one stage never overlap."""
        now = self._ticked_at = self._tools.clock()
        here = self._here_is_due(now)
        self.number += self._has_changed or here
        changed_at, delivered = self._changed_at if self._has_changed else None, self._counters.deliveries
        again, self._is_repeating = self._is_repeating, False
        self._has_changed = self._is_unfinished = False
        self._watch_the_stuck(now)
        cast = Cast(self._limits, self._counters)
        try:
            await self._tell_all(cast, here, again, now)
        finally:
            await cast.flush()
        self._count_tick(changed_at, now, self._counters.deliveries - delivered)

    def _count_tick(self, changed_at: float | None, began_at: float, width: int) -> None:
        ended_at = self._tools.clock()
        self._counters.ticks += 1
        self._counters.last_tick_seconds = ended_at - began_at
        self._counters.tick_seconds += self._counters.last_tick_seconds
        if changed_at is not None and width:
            self.meter.told(changed_at, began_at, ended_at, width)

    def _here_is_due(self, now: float) -> bool:
        if not self.presence.has_changed or now - self._told_here_at < self._here_seconds:
            return False
        self.presence.has_changed = False
        self._told_here_at = now
        return True

    async def _tell_all(self, cast: Cast, here: bool, again: bool, now: float) -> None:
        # All changes are read here, before the first await, so that every answer of this tick ends at the same number.
        steps = self._steps(here, again)
        late = [asked for group in list(self.groups.values()) for asked in self._late(group, here, now)]
        waiting = [(solo, changes) for solo in self.solos if (changes := self._news(solo, again, now)) is not None]
        waiting = await self._tell_some(waiting, cast, now)
        for group, before, answering in steps:
            await self._advance(cast, group, before, here, await answering)
        for member, asked, answering in late:
            self._catch_up(member, asked, await answering, cast.hold)
        await cast.flush()
        for solo, changes in waiting:
            await self._tell_alone(solo, changes, cast.hold)
            await cast.flush()

    def _steps(self, here: bool, again: bool) -> list[tuple[Group, int, asyncio.Task[Answer]]]:
        """The groups that are told something, the largest first, with the number they are at and what they are told."""
        steps = []
        for group in sorted(self.groups.values(), key=Group.lines, reverse=True):
            group.answers.new_tick()
            if not group.lines():
                group.seq = self.feed.seq
            elif here or again or self.feed.seq > group.seq:
                steps.append((group, group.seq, group.answers.ask(group.seq, here)))
        return steps

    async def _advance(self, cast: Cast, group: Group, before: int, here: bool, answer: Answer) -> None:
        def skip(member: Member) -> None:
            self._counters.skipped += 1
            group.lag(member, before, here, self._tools.clock())
            self._stuck[member.line] = None

        followers = list(group.in_step()) if answer.is_final else []
        group.seq = answer.seq
        delivered = self._counters.deliveries
        await cast.give(group, answer, skip)
        self._counters.bytes_out += len(answer.tail) * (self._counters.deliveries - delivered)
        if followers:
            await cast.flush()
        for member in followers:
            member.line.end(member.id)

    def _late(self, group: Group, here: bool, now: float) -> list[tuple[Member, int, asyncio.Task[Answer]]]:
        """What is told to those who lag and can be told something."""
        asked = []
        for member in list(group.lagging):
            member.here = member.here or here
            if self._is_full(member.line):
                self._stuck[member.line] = None
            elif member.seq > self.feed.seq:
                if now - member.since > self._limits.ahead_seconds:
                    asked.append((member, member.seq, group.answers.ask(REFETCH, False)))
            elif member.seq < self.feed.seq or member.here:
                asked.append((member, member.seq, group.answers.ask(member.seq, member.here)))
            elif member.seq == group.seq:
                group.place(member)
        return asked

    def _catch_up(self, member: Member, asked: int, answer: Answer, send: Send) -> None:
        if member.group.caught_up(member, asked, answer):
            self._counters.caught_up += 1
            send(member.line, member.prefix, answer.tail)
            self._counters.bytes_out += len(answer.tail)
            if answer.is_final:
                member.line.end(member.id)

    # ---- subscriptions of their own

    def _news(self, solo: Solo, again: bool, now: float) -> Changes | None:
        if self._is_full(solo.line):
            self._stuck[solo.line] = None
            return None
        if solo.seq > self.feed.seq and now - solo.since > self._limits.ahead_seconds:
            return refetch(self.feed)
        self._is_unfinished |= solo.is_busy or solo.seq > self.feed.seq
        return solo.news(self.feed) or (self.feed.changes_since(solo.seq) if again and solo.may_repeat else None)

    async def _tell_some(self, waiting: list[tuple[Solo, Changes]], cast: Cast, now: float) -> list[tuple[Solo, Changes]]:
        """Tell those who wait for a while, so that their messages share a write with the group's; return the others."""
        until = now + self._limits.solo_seconds
        told = 0
        while told < len(waiting) and self._tools.clock() < until:
            await self._tell_alone(*waiting[told], cast.hold)
            told += 1
        return waiting[told:]

    async def _tell_alone(self, solo: Solo, changes: Changes, send: Send) -> None:
        if solo.is_busy or solo not in self.solos:
            return
        solo.is_busy = True
        context = self._tools.gate.context(solo.caller)
        answer = await self._teller.answer(solo.prepared, solo.variables, context, changes)
        solo.is_busy = False
        if solo in self.solos:
            solo.seq = answer.seq
            self._is_unfinished |= solo.seq < self.feed.seq
            send(solo.line, solo.prefix, answer.tail)
            self._counters.bytes_out += len(answer.tail)
            if answer.is_final:
                solo.line.end(solo.id)

    def _post(self, line: Line, prefix: bytes, tail: bytes) -> None:
        line.post(prefix + tail)
        self._counters.deliveries += 1
        self._counters.writes += 1

    # ---- readers that do not read

    def _is_full(self, line: Line) -> bool:
        return line.outlet.buffered() > self._limits.high_water_bytes

    def _watch_the_stuck(self, now: float) -> None:
        for line in list(self._stuck):
            if line.closed or not self._is_full(line):
                line.recovered()
                del self._stuck[line]
            elif line.is_stalled(now, self._limits.stall_seconds):
                del self._stuck[line]
                self._counters.stalled += 1
                self._counters.closed_with(CloseCode.TOO_SLOW)
                line.close(CloseCode.TOO_SLOW, "Nothing was read: connect again and resume", self._limits.close_seconds)
