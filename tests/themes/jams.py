"""A real store over a journal in memory, with one jam to post into."""

from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.phases import Schedule
from server.jam.state import JamState
from server.jam.visibility import EVERYONE, Audience
from server.jam_store import JamStore
from server.journal.memory import MemoryJournal, MemoryStore

T0 = 1_800_000_000_000
HOUR = 3_600_000
NOW = T0 + 2 * HOUR + HOUR // 2
SCHEDULE = Schedule(T0 + HOUR, T0 + 2 * HOUR, T0 + 3 * HOUR, T0 + 4 * HOUR, T0 + 5 * HOUR)
FAMILY_ONLY = Audience(relations=(Relation.FAMILY,))


class Jam:
    """A published jam in ideation with the organizer `org`, members `ann` and `ben`, and one topic."""

    def __init__(self, store: JamStore, id: str) -> None:
        self.store = store
        self.id = id
        self.count = 0
        self.topic = ""

    @classmethod
    async def make(cls, journal: MemoryStore | None = None, id: str = "j1") -> "Jam":
        jam = cls(await JamStore.open(MemoryJournal(journal), lambda: NOW), id)
        await jam.store.grant_organizer("org")
        await jam.store.create(
            c.CreateJam(
                actor="org", id="make", jam=id, slug=id, titles={"en": "Jam"}, questions={"en": "What next?"},
                descriptions={}, rules={}, languages=("en", "he"), main_language="en", schedule=SCHEDULE,
            ),
            at=T0,
        )  # fmt: skip
        topic = c.AddTopic(actor="org", id="topic", titles={"en": "All"}, descriptions={})
        jam.topic = topic.derived(ids.TOPIC)
        await jam.submit(topic)
        await jam.submit(c.PublishJam(actor="org", id="publish"))
        for person in ("ann", "ben"):
            await jam.submit(
                c.AddMember(actor="org", id=person, person=person, role=Role.PARTICIPANT, relation=Relation.FAMILY)
            )
        return jam

    @property
    def state(self) -> JamState:
        state = self.store.get(self.id)
        assert state is not None
        return state

    async def submit(self, command: c.Command) -> int:
        return await self.store.submit(self.id, command)

    def name(self) -> str:
        self.count += 1
        return f"c{self.count}"

    async def post(self, title: str, body: str = "", language: str | None = None, audience: Audience = EVERYONE) -> str:
        """Posts as `ann`; the idea's id."""
        command = c.PostIdea(
            actor="ann", id=self.name(), topic=self.topic, title=title, body=body, language=language, audience=audience
        )
        await self.submit(command)
        return command.derived(ids.IDEA)
