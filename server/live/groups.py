"""Subscribers who are told the same, in the same bytes but for the operation's id."""

from collections.abc import Hashable, Iterator
from typing import Any

from server.api.documents import Prepared
from server.live.answers import Answer, Answers
from server.live.line import Line
from server.live.messages import prefix
from server.live.ranks import Choir, Rank, rank_key

REFETCH = -1


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

    Those in step are in `choirs`, by connection. A connection on which nobody follows anything else is written to directly:
    it stands in one of `ranks`. For the others, in `corked`, frames are collected first, so that a connection gets one write.
    """

    __slots__ = (
        "answers",
        "choirs",
        "corked",
        "key",
        "lagging",
        "prepared",
        "ranks",
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
        self.choirs: dict[Line, Choir] = {}
        self.corked: dict[Line, Choir] = {}
        self.ranks: dict[Hashable, Rank] = {}
        self.lagging: dict[Member, None] = {}
        self.version = 0
        self.answers: Answers = stage.answers_for(self)

    def __bool__(self) -> bool:
        return bool(self.choirs or self.lagging)

    def lines(self) -> int:
        """How many connections have someone in step."""
        return len(self.choirs)

    def in_step(self) -> Iterator[Member]:
        """Everyone who has everything up to the group's `seq`."""
        for choir in self.choirs.values():
            yield from choir.members

    def is_in_step(self, member: Member) -> bool:
        """Whether the member has everything up to the group's `seq`."""
        choir = self.choirs.get(member.line)
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
        choir = self.choirs.get(member.line)
        self._seat(member.line, (*choir.members, member) if choir else (member,))

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
        self.lagging.pop(member, None)
        choir = self.choirs.get(member.line)
        if choir is not None and member in choir.members:
            self._seat(member.line, tuple(one for one in choir.members if one is not member))

    def _seat(self, line: Line, members: tuple[Member, ...]) -> None:
        """From now on these, perhaps none, are the members in step on a connection."""
        self._unseat(line)
        if not members:
            return
        choir = self.choirs[line] = Choir(line, members)
        key = rank_key(choir)
        if key is None:
            self.corked[line] = choir
            return
        rank = self.ranks.get(key)
        if rank is None:
            rank = self.ranks[key] = Rank(choir)
        rank.add(choir)

    def _unseat(self, line: Line) -> None:
        choir = self.choirs.pop(line, None)
        if choir is None:
            return
        self.corked.pop(line, None)
        if choir.rank is not None:
            rank = choir.rank
            rank.remove(choir)
            if not rank.columns.choirs:
                self.ranks = {key: other for key, other in self.ranks.items() if other is not rank}
