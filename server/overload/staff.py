"""Who keeps priority when there is too much to do: moderators and organizers, for they are needed most in the bad hour."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from server.jam import events as ev
from server.jam.people import KEEPERS
from server.jam.state import JamState
from server.jam_store import JamStore
from server.live.ports import Caller

MOST_KNOWN = 20_000
MOST_HEADERS = 5_000
CHANGING = (ev.RoleChanged, ev.RolesChanged, ev.MemberActUndone, ev.MemberErased, ev.MembersRestricted, ev.BranchRevoked)
"""Events after which somebody may have another role."""


class Staff:
    """Whether someone moderates or organizes any jam of the store. Headers are kept only of those who do: a hint by which they
    are let through before anybody has looked who asks. It gives no rights: that is looked at as ever.
    """

    def __init__(self, store: JamStore) -> None:
        self._store = store
        self._known: OrderedDict[str, bool] = OrderedDict()
        self._headers: OrderedDict[bytes, str] = OrderedDict()

    def watch(self, state: JamState, applied: Sequence[ev.Event]) -> None:
        """Called after every applied record."""
        for event in applied:
            if isinstance(event, ev.MemberJoined):
                self._known.pop(event.person, None)
            elif isinstance(event, CHANGING):
                self._known.clear()

    def has_priority(self, person_id: str) -> bool:
        """Whether the person moderates or organizes a jam, or may make jams."""
        known = self._known.get(person_id)
        if known is None:
            known = self._known[person_id] = self._looked_up(person_id)
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return known

    def is_known(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether these headers were found to be of somebody with priority."""
        key = _key(headers)
        person_id = None if key is None else self._headers.get(key)
        return person_id is not None and self.has_priority(person_id)

    def learn(self, headers: Mapping[bytes, bytes], caller: Caller | None) -> None:
        """These headers are this person's."""
        key = _key(headers)
        if caller is None or key is None or key in self._headers or not self.has_priority(caller.person_id):
            return
        self._headers[key] = caller.person_id
        if len(self._headers) > MOST_HEADERS:
            self._headers.popitem(last=False)

    def forget(self, person_id: str) -> None:
        """The person is being erased."""
        self._known.pop(person_id, None)
        for key in [key for key, person in self._headers.items() if person == person_id]:
            del self._headers[key]

    def _looked_up(self, person_id: str) -> bool:
        if person_id in self._store.organization.organizers:
            return True
        members = (state.member(person_id) for state in self._store.all())
        return any(member is not None and member.role in KEEPERS for member in members)


def _key(headers: Mapping[bytes, bytes]) -> bytes | None:
    return headers.get(b"authorization") or headers.get(b"cookie")
