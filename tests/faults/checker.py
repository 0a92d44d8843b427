"""Compares what clients were told with what the journal says, so that nobody has to judge by eye.

Every client keeps a history: each command it sent, when it first sent it, and when and how it was answered. Held against the
records of the jam it must be that

* what was acknowledged is there, and what was refused is not (`lost`, `denied`);
* nothing is there twice: no command, no idea or comment, no vote for what was voted for already (`doubled`);
* what was acknowledged before something else was sent comes before it (`disordered`), and the number that the client was
  told is one at which the command was in effect (`misnumbered`);
* the votes that the journal leads to are those of a plain recount, and of the state that people see (`miscounted`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.jam import events as ev
from server.jam.ids import command_key


@dataclass(slots=True)
class Attempt:
    """A command of a client, sent again with the same id until it was answered. Times in seconds of one clock."""

    person: str
    command: str
    sent_at: float
    settled_at: float | None = None
    seq: int | None = None
    refused: str | None = None
    tries: int = 0
    turned_away: int = 0
    """How often no connection was taken for it, or the server said that it can't now."""

    @property
    def key(self) -> int:
        return command_key(self.person, self.command)

    @property
    def is_acknowledged(self) -> bool:
        return self.seq is not None


@dataclass(frozen=True, slots=True)
class Entered:
    """An entry of the journal: a command's key, its events, and the number of the last of them."""

    key: int | None
    events: tuple[ev.Event, ...]
    seq: int


@dataclass
class Findings:
    """What was compared, and everything that is wrong, in words."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    misnumbered: list[str] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        return self.lost + self.denied + self.doubled + self.disordered + self.misnumbered + self.miscounted


def check(history: Sequence[Attempt], entries: Sequence[Entered], totals: Mapping[str, int]) -> Findings:
    """What is wrong, if anything. `totals` are the votes of each idea as people see them in the end."""
    found = Findings(acknowledged=sum(attempt.is_acknowledged for attempt in history))
    places = {entry.key: entry.seq for entry in entries if entry.key is not None}
    _presence(found, history, places)
    _repetition(found, entries)
    _order(found, history, places)
    _votes(found, entries, totals)
    return found


def _presence(found: Findings, history: Iterable[Attempt], places: Mapping[int | None, int]) -> None:
    for attempt in history:
        place = places.get(attempt.key)
        if attempt.seq is not None and place is None:
            found.lost.append(f"{attempt.command} of {attempt.person} was acknowledged at {attempt.seq} and is not there")
        if attempt.refused is not None and place is not None:
            found.denied.append(f"{attempt.command} of {attempt.person} was refused ({attempt.refused}) and is there")
        if attempt.seq is not None and place is not None and attempt.seq < place:
            found.misnumbered.append(f"{attempt.command}: told {attempt.seq}, in effect at {place}")


def _repetition(found: Findings, entries: Sequence[Entered]) -> None:
    commands = Counter(entry.key for entry in entries if entry.key is not None)
    found.doubled += [f"the command {key} is there {count} times" for key, count in commands.items() if count > 1]
    made = Counter(map(_made, (event for entry in entries for event in entry.events)))
    found.doubled += [f"{thing} was made {count} times" for thing, count in made.items() if thing and count > 1]
    holds: set[tuple[str, str]] = set()
    for entry in entries:
        for event in entry.events:
            found.doubled += _vote(holds, event, entry.seq)


def _made(event: ev.Event) -> str:
    """What the event made, by its words as well as its id: the same words twice are one thing sent twice."""
    match event:
        case ev.IdeaPosted():
            return f"the idea {event.title!r} of {event.author}"
        case ev.CommentPosted():
            return f"the comment {event.body!r} of {event.author}"
    return ""


def _vote(holds: set[tuple[str, str]], event: ev.Event, seq: int) -> list[str]:
    """Takes a vote into account, and tells what is wrong with it."""
    if not isinstance(event, ev.IdeaSupported | ev.SupportWithdrawn):
        return []
    vote, is_given = (event.person, event.idea), isinstance(event, ev.IdeaSupported)
    is_wrong = (vote in holds) == is_given
    (holds.add if is_given else holds.discard)(vote)
    return [
        f"the vote of {event.person} for {event.idea} was {'given' if is_given else 'withdrawn'} twice, at {seq}"
    ] * is_wrong


def _order(found: Findings, history: Iterable[Attempt], places: Mapping[int | None, int]) -> None:
    """Whoever had been answered before a command was first sent comes before it, whoever they are."""
    settled = sorted((one.settled_at, places[one.key], one.command) for one in history if one.settled_at and one.key in places)
    highest, last, next_place = 0, "", 0
    for attempt in sorted(history, key=lambda one: one.sent_at):
        while next_place < len(settled) and settled[next_place][0] < attempt.sent_at:
            if settled[next_place][1] > highest:
                highest, last = settled[next_place][1], settled[next_place][2]
            next_place += 1
        place = places.get(attempt.key)
        if place is not None and place <= highest:
            found.disordered.append(f"{attempt.command} at {place} was sent after {last} at {highest} was acknowledged")


def _votes(found: Findings, entries: Iterable[Entered], totals: Mapping[str, int]) -> None:
    held: dict[tuple[str, str], bool] = {}
    for entry in entries:
        for event in entry.events:
            if isinstance(event, ev.IdeaSupported | ev.SupportWithdrawn):
                held[event.person, event.idea] = isinstance(event, ev.IdeaSupported)
    counted = Counter(idea for (_, idea), is_held in held.items() if is_held)
    for idea in counted.keys() | totals.keys():
        if counted[idea] != totals.get(idea, 0):
            found.miscounted.append(f"{idea} has {counted[idea]} votes by the journal, {totals.get(idea, 0)} on the board")
