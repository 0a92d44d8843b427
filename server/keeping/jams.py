"""What a jam comes to: its events and the digest of their fold, by which two copies are compared."""

from dataclasses import dataclass

from server.jam.digest import digest
from server.jam.state import JamState
from server.jam_store import PREFIX, load_organization, load_state
from server.journal.codec import UnknownEvent
from server.journal.port import Journal
from server.keeping.refused import KeepingRefused
from server.progress import Progress
from server.snapshots import KIND


@dataclass(frozen=True, slots=True)
class JamSum:
    """A jam: its address, its id, how many events it has and the digest of its state when they are replayed from zero.

    `form` names the form of that state: only digests of one form can be compared, and a newer program may have another.
    """

    slug: str
    id: str
    events: int
    digest: str
    form: str

    def agrees(self, other: "JamSum") -> bool:
        """Whether both may be the same jam."""
        same = (self.slug, self.id, self.events) == (other.slug, other.id, other.events)
        return same and (self.form != other.form or self.digest == other.digest)


def sum_of(state: JamState) -> JamSum:
    """The sum of a state folded from zero."""
    return JamSum(state.slug, state.id, state.seq, digest(state), KIND)


async def sum_of_jams(journal: Journal, progress: Progress) -> tuple[JamSum, ...]:
    """The sums of all jams of the organization, by address. A jam that was begun and never made has none."""
    slugs = sorted((await load_organization(journal)).slugs.items())
    progress.begin("replay of every jam", len(slugs))
    sums = []
    for place, (slug, jam_id) in enumerate(slugs, 1):
        state = await replayed(journal, jam_id, slug)
        sums += [sum_of(state)] if state.exists else []
        progress.reach(place)
    return tuple(sums)


async def replayed(journal: Journal, jam_id: str, slug: str) -> JamState:
    """A jam's state folded from zero. Raises `KeepingRefused` where its journal can't be replayed."""
    try:
        return await load_state(journal, PREFIX + jam_id, from_zero=True)
    except (UnknownEvent, ValueError, TypeError, LookupError) as error:
        raise KeepingRefused(f"The jam {slug} can't be replayed ({error}): run `hothouse verify {slug}`.") from error
