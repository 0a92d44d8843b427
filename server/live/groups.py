"""Subscribers who are told the same, in the same bytes but for the operation's id."""

from collections.abc import Callable, Hashable, Iterator
from typing import Any

from server.api.documents import Prepared
from server.live.answers import Answer, Answers
from server.live.line import Line
from server.live.messages import prefix

REFETCH = -1
Entry = tuple[bytes, int, Callable[[bytes], int], "Member"]
"""A member's prefix and its length, and `send_now` of its outlet."""


class Member:
    """One subscription in a group.

    `seq` and `here` say what it still lacks, and count only while it lags; `seq` is REFETCH when it must fetch afresh.
    """

    __slots__ = ("group", "here", "id", "line", "person_id", "prefix", "seq", "since")

    def __init__(self, line: Line, operation_id: str, group: "Group", person_id: str | None, seq: int, now: float) -> None:
        self.line = line
        self.person_id = person_id
        self.id = operation_id
        self.prefix = prefix(operation_id)
        self.group = group
        self.seq = seq
        self.here = False
        self.since = now

    def end(self) -> None:
        self.group.stage.drop(self)


class Choir:
    """The members of a group on one connection that has several subscriptions; another one is made when they change.

    `length` is that of all prefixes, or 0 where they differ.
    """

    __slots__ = ("length", "line", "members", "pending", "prefixes")

    def __init__(self, line: Line, members: tuple[Member, ...]) -> None:
        self.line = line
        self.pending = line.pending
        self.members = members
        self.prefixes = [member.prefix for member in members]
        lengths = {len(one) for one in self.prefixes}
        self.length = lengths.pop() if len(lengths) == 1 else 0


class Group:
    """Members are in step (they have everything up to `seq`) or lag (each at a number of its own).

    In step, `fast` holds those that are alone on their connection and can be written to directly; `corked` holds the others
    by connection, whose frames are collected first so that a connection gets one write. Both keep what the hot loop needs.
    """

    __slots__ = (
        "answers",
        "corked",
        "fast",
        "key",
        "lagging",
        "prepared",
        "seq",
        "stage",
        "variables",
        "version",
        "visibility",
    )

    def __init__(self, key: tuple[Hashable, Hashable], stage: Any, prepared: Prepared, variables: dict[str, Any]) -> None:
        self.key = key
        self.stage = stage
        self.prepared = prepared
        self.variables = variables
        self.visibility = key[1]
        self.seq: int = stage.feed.seq
        self.fast: dict[Member, Entry] = {}
        self.corked: dict[Line, Choir] = {}
        self.lagging: dict[Member, None] = {}
        self.version = 0
        self.answers: Answers = stage.answers_for(self)

    def __bool__(self) -> bool:
        return bool(self.fast or self.corked or self.lagging)

    def lines(self) -> int:
        """How many connections have someone in step."""
        return len(self.fast) + len(self.corked)

    def in_step(self) -> Iterator[Member]:
        """Everyone who has everything up to the group's `seq`."""
        yield from self.fast
        for choir in self.corked.values():
            yield from choir.members

    def is_in_step(self, member: Member) -> bool:
        """Whether the member has everything up to the group's `seq`."""
        if member in self.fast:
            return True
        choir = self.corked.get(member.line)
        return choir is not None and member in choir.members

    def lag(self, member: Member, seq: int, here: bool, now: float) -> None:
        """The member goes on from `seq` by itself; `here` when it also missed who is here."""
        self.remove(member)
        member.seq = seq
        member.here = member.here or here
        member.since = now
        self.lagging[member] = None

    def place(self, member: Member) -> None:
        """Put a member in step where its connection's other subscriptions want it."""
        self.remove(member)
        member.here = False
        line, send_now = member.line, member.line.outlet.send_now
        if send_now is not None and len(line.members) == 1:
            self.fast[member] = (member.prefix, len(member.prefix), send_now, member)
            return
        choir = self.corked.get(line)
        self.corked[line] = Choir(line, (*choir.members, member) if choir else (member,))

    def caught_up(self, member: Member, asked: int, answer: Answer) -> bool:
        """Note that a lagging member is given an answer to what it asked; False when it is too late for that."""
        if member not in self.lagging or member.seq != asked:
            return False
        member.seq = answer.seq
        member.here = False
        if member.seq == self.seq:
            self.place(member)
        return True

    def remove(self, member: Member) -> None:
        """Take a member out, wherever it is."""
        self.version += 1
        self.fast.pop(member, None)
        self.lagging.pop(member, None)
        choir = self.corked.get(member.line)
        if choir is not None and member in choir.members:
            self._without(member, choir)

    def _without(self, member: Member, choir: Choir) -> None:
        others = tuple(one for one in choir.members if one is not member)
        if others:
            self.corked[choir.line] = Choir(choir.line, others)
        else:
            del self.corked[choir.line]
