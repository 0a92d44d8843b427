"""Subscribers who are told the same, in the same bytes but for the operation's id."""

from collections.abc import Callable, Hashable
from typing import Any

from server.api.documents import Prepared
from server.live.answers import Answer, Answers
from server.live.line import Line
from server.live.messages import prefix

REFETCH = -1
Entry = tuple[bytes, int, Callable[[bytes], None] | None, Callable[[], int], list[bytes], "Member"]


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


class Group:
    """Members are in step (they have everything up to `seq`) or lag (each at a number of its own).

    In step, `fast` holds those whose connection is in this group alone and writes to a transport; `corked` holds the
    others, whose frames are collected first so that a connection gets one write. Both keep what the hot loop needs.
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
        self.corked: dict[Member, Entry] = {}
        self.lagging: dict[Member, None] = {}
        self.version = 0
        self.answers: Answers = stage.answers_for(self)

    def __bool__(self) -> bool:
        return bool(self.fast or self.corked or self.lagging)

    def followers(self) -> int:
        """How many are in step."""
        return len(self.fast) + len(self.corked)

    def is_in_step(self, member: Member) -> bool:
        """Whether the member has everything up to the group's `seq`."""
        return member in self.fast or member in self.corked

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
        line, outlet = member.line, member.line.outlet
        is_fast = outlet.write is not None and len(line.members) == 1
        entry = (member.prefix, len(member.prefix), outlet.write, outlet.buffered, line.pending, member)
        (self.fast if is_fast else self.corked)[member] = entry

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
        self.corked.pop(member, None)
        self.lagging.pop(member, None)
