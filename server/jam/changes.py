"""What changed since when: each thing once, at its last change. Resuming costs what changed, not what there is."""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator
from typing import NamedTuple

from server.jam.people import Viewer
from server.jam.visibility import Reach, reaches

JAM, IDEA, COMMENT, THEMES, ANNOUNCEMENT, REPORT = "jam", "idea", "comment", "themes", "announcement", "report"
PROPOSALS = "proposals"


def told_to(kind: str, reach: Reach) -> str:
    """The kind under which a change is noted that only those whom `reach` reaches may notice: of an idea for them, of a theme
    whose count only they see. Nobody else is told that anything changed."""
    if reach.is_public:
        return kind
    return f"{kind}:{reach.relations}" if reach.circle is None else f"{kind}:{reach.relations}:{reach.circle}"


def is_of(noted: str, kind: str) -> bool:
    """Whether a noted kind is this one, whoever may notice."""
    return noted == kind or noted.startswith(f"{kind}:")


def may_notice(viewer: Viewer, noted: str) -> bool:
    """Whether a change noted under this kind is for the viewer."""
    _, *reach = noted.split(":")
    return not reach or reaches(viewer, Reach(int(reach[0]), reach[1] if len(reach) > 1 else None))


class ChangeLog:
    """The last sequence number of every changed thing, in order of change.

    `since(n)` walks back from the newest and so takes time in proportion to what changed after n.
    """

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, str], int] = OrderedDict()

    def note(self, kind: str, id: str, seq: int) -> None:
        key = (kind, id)
        self._last[key] = seq
        self._last.move_to_end(key)

    def since(self, after: int, most: int) -> list[tuple[str, str]] | None:
        """(kind, id) of what changed after `after`, newest first; None where that is more than `most` things."""
        found: list[tuple[str, str]] = []
        for key, seq in reversed(self._last.items()):
            if seq <= after:
                break
            if len(found) == most:
                return None
            found.append(key)
        return found

    def __iter__(self) -> Iterator[tuple[str, str, int]]:
        return ((kind, id, seq) for (kind, id), seq in self._last.items())


class PersonalChange(NamedTuple):
    """A vote given or withdrawn, for the voter's other screens."""

    seq: int
    person: str
    idea: str
    supported: bool


class PersonalLog:
    """The newest personal changes of everybody; who was away for longer asks for the whole of theirs.

    `since` takes time in proportion to the person's own changes: a merge changes the votes of thousands at once, each of whom
    asks.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._ring: deque[PersonalChange] = deque()
        self._by_person: defaultdict[str, deque[PersonalChange]] = defaultdict(deque)

    def note(self, change: PersonalChange) -> None:
        self._ring.append(change)
        self._by_person[change.person].append(change)
        if len(self._ring) > self._most:
            self._forget(self._ring.popleft().person)

    def _forget(self, person: str) -> None:
        """The oldest change of all is the oldest of its person."""
        theirs = self._by_person[person]
        theirs.popleft()
        if not theirs:
            del self._by_person[person]

    def __iter__(self) -> Iterator[PersonalChange]:
        return iter(self._ring)

    def since(self, person: str, after: int) -> dict[str, bool] | None:
        """Idea → supported or not, after `after`; None when the ring no longer reaches back that far."""
        if len(self._ring) == self._most and self._ring[0].seq > after:
            return None
        found: dict[str, bool] = {}
        for change in reversed(self._by_person.get(person, ())):
            if change.seq <= after:
                break
            found.setdefault(change.idea, change.supported)
        return found
