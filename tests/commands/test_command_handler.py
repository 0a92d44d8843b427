"""Group commit: what shares a record, what waits, what survives a lost race, a lost answer and a store that is away."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import structlog

from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.phases import Schedule
from server.jam.rejections import Conflict, NotFound, PhaseClosed, Unavailable
from server.jam.state import JamState
from server.jam_store import JAM_CODEC, PREFIX, JamStore, load_state
from server.journal.memory import MemoryJournal, MemoryStore
from server.journal.port import MAX_PAYLOAD, JournalUnavailable, Record
from server.snapshots import dump
from tests.patience import PATIENCE_S

HOUR = 3_600_000
OPEN = Schedule(0, HOUR, 10 * HOUR, 11 * HOUR, 12 * HOUR)
pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.now = 2 * HOUR

    def __call__(self) -> int:
        return self.now


class Flaky(MemoryJournal):
    """A real journal whose line can be cut: before the append, or after it with the answer lost."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self.lost_answers = 0
        self.away = False
        self.appends: list[int] = []

    async def append(self, stream: str, after: int, count: int, payload: bytes, token: str) -> None:
        if self.away:
            raise JournalUnavailable("away", uncertain=False)
        await super().append(stream, after, count, payload, token)
        self.appends.append(count)
        if self.lost_answers:
            self.lost_answers -= 1
            raise JournalUnavailable("the answer was lost", uncertain=True)


@pytest.fixture
def shared() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def journal(shared: MemoryStore) -> Flaky:
    return Flaky(shared)


@pytest.fixture
async def store(journal: Flaky, clock: Clock) -> AsyncIterator[JamStore]:
    opened = await JamStore.open(journal, clock)
    await found(opened)
    yield opened
    await opened.close()


async def found(store: JamStore) -> None:
    """A running jam "j" with one topic, forty members and one idea."""
    await store.create(
        c.CreateJam(
            actor=ids.SYSTEM, id="create", jam="j", slug="jam", titles={"en": "A jam"}, questions={"en": "What?"}, descriptions={},
            rules={}, languages=("en",), main_language="en", schedule=OPEN,
        )
    )  # fmt: skip
    await store.submit("j", c.AddTopic(actor=ids.SYSTEM, id="topic", titles={"en": "All"}, descriptions={}))
    await store.submit("j", c.PublishJam(actor=ids.SYSTEM, id="publish"))
    for number in range(40):
        await store.submit("j", join(f"p{number}"))
    await store.submit("j", post("p0", "first"))


def join(person: str) -> c.AddMember:
    return c.AddMember(actor=ids.SYSTEM, id=f"join-{person}", person=person, role=Role.PARTICIPANT, relation=Relation.EMPLOYEE)


def post(actor: str, id: str, title: str = "A bus at night") -> c.PostIdea:
    return c.PostIdea(actor=actor, id=id, topic=ids.derive_id("t", ids.SYSTEM, "topic"), title=title, body="")


def state_of(store: JamStore) -> JamState:
    state = store.get("j")
    assert state is not None
    return state


def the_idea(store: JamStore) -> str:
    return state_of(store).ideas[0].id


def votes(store: JamStore, count: int = 30) -> list[c.SupportIdea]:
    return [c.SupportIdea(actor=f"p{n}", id=f"vote-{n}", idea=the_idea(store)) for n in range(count)]


async def entries(journal: MemoryJournal) -> list[Record]:
    return [record async for record in journal.read(PREFIX + "j")]


async def test_votes_that_arrive_together_are_one_record(store: JamStore, journal: Flaky) -> None:
    before = len(journal.appends)
    seqs = await asyncio.gather(*(store.submit("j", vote) for vote in votes(store)))
    assert journal.appends[before:] == [30]
    assert set(seqs) == {state_of(store).seq}
    assert state_of(store).ideas[0].support == 30


async def test_votes_that_come_one_by_one_share_a_record_as_long_as_they_come(store: JamStore, journal: Flaky) -> None:
    before, answers = len(journal.appends), []
    for number, vote in enumerate(votes(store, 9)):
        answers.append(asyncio.ensure_future(store.submit("j", vote)))
        for _ in range(1 + number % 2):
            await asyncio.sleep(0)
    await asyncio.gather(*answers)
    assert journal.appends[before:] == [9]


async def test_a_record_does_not_wait_for_ever_for_more(store: JamStore, journal: Flaky) -> None:
    first, more = votes(store, 30)[0], iter(votes(store, 30)[1:])
    answer, others = asyncio.ensure_future(store.submit("j", first)), []
    while not answer.done():
        others.append(asyncio.ensure_future(store.submit("j", next(more))))
        await asyncio.sleep(0)
    assert len(others) < 29
    await asyncio.gather(*others)


async def test_many_long_texts_fit_their_records_whatever_their_letters(store: JamStore, journal: Flaky) -> None:
    """512 ideas of 8,000 characters, four bytes each, are more than a record can hold."""
    topic = ids.derive_id("t", ids.SYSTEM, "topic")
    posts = [
        c.PostIdea(actor=f"p{n % 40}", id=f"long-{n}", topic=topic, title=f"Idea {n}", body="\U0001f33f" * 8_000)
        for n in range(512)
    ]
    await asyncio.gather(*(store.submit("j", one) for one in posts))
    assert len(state_of(store).ideas) == 513
    assert max(len(record.payload) for record in await entries(journal)) < MAX_PAYLOAD


async def test_likes_of_one_comment_are_one_record(store: JamStore, journal: Flaky) -> None:
    await store.submit("j", c.PostComment(actor="p0", id="comment", idea=the_idea(store), body="Indeed"))
    comment, before = state_of(store).comments[0], len(journal.appends)
    likes = [c.LikeComment(actor=f"p{n}", id=f"like-{n}", comment=comment.id) for n in range(30)]
    await asyncio.gather(*(store.submit("j", like) for like in likes))
    assert (journal.appends[before:], len(comment.likers)) == ([30], 30)


@pytest.mark.parametrize(("places", "records"), [(100, [30]), (25, [25]), (1, [1])])
async def test_joins_by_one_link_share_a_record_and_never_exceed_its_places(
    store: JamStore, journal: Flaky, clock: Clock, places: int, records: list[int]
) -> None:
    await store.submit(
        "j", c.CreateInvitation(
            actor=ids.SYSTEM, id="link", token_hash="link", relation=Relation.FRIEND, role=Role.PARTICIPANT, max_uses=places,
            expires_at=clock.now + HOUR,
        ),
    )  # fmt: skip
    before, members = len(journal.appends), len(state_of(store).members)
    joins = [c.AcceptInvitation(actor=f"new{n}", id=f"join-{n}", token_hash="link") for n in range(30)]
    answers = await asyncio.gather(*(store.submit("j", one) for one in joins), return_exceptions=True)
    assert journal.appends[before:] == records
    assert len(state_of(store).members) - members == min(places, 30) == sum(isinstance(answer, int) for answer in answers)
    assert all(isinstance(answer, int | NotFound) for answer in answers)
    assert state_of(store).invitations["link"].uses == min(places, 30)


async def test_a_command_sent_twice_happens_once_and_gets_the_same_answer(store: JamStore, journal: Flaky) -> None:
    seqs = await asyncio.gather(*(store.submit("j", post("p1", "same")) for _ in range(5)))
    again = await store.submit("j", post("p1", "same"))
    assert [idea.title for idea in state_of(store).ideas] == ["A bus at night"] * 2
    assert seqs[0] == again == state_of(store).seq


async def test_a_withdrawn_vote_stays_withdrawn_when_its_first_command_is_sent_again(store: JamStore) -> None:
    vote = votes(store, 1)[0]
    await store.submit("j", vote)
    await store.submit("j", c.WithdrawSupport(actor="p0", id="back", idea=the_idea(store)))
    await store.submit("j", vote)
    assert state_of(store).ideas[0].support == 0


async def test_commands_that_touch_the_same_idea_wait_for_each_other(store: JamStore, journal: Flaky) -> None:
    """A vote sent after the idea was hidden in the same moment sees it hidden."""
    hide = c.HideIdea(actor=ids.SYSTEM, id="hide", idea=the_idea(store), reason="off topic")
    before = len(journal.appends)
    answers = await asyncio.gather(
        store.submit("j", hide), *(store.submit("j", vote) for vote in votes(store, 5)), return_exceptions=True
    )
    assert isinstance(answers[0], int)
    # The author sees a hidden idea, and is told that nothing can be added; to the others it does not exist.
    assert [type(answer).__name__ for answer in answers[1:]] == ["Locked"] + ["NotFound"] * 4
    assert journal.appends[before:] == [1]
    assert state_of(store).ideas[0].support == 0


async def test_a_refused_command_changes_nothing(store: JamStore, journal: Flaky, clock: Clock) -> None:
    before, appends = dump(state_of(store)), list(journal.appends)
    with pytest.raises(NotFound):
        await store.submit("j", c.SupportIdea(actor="p1", id="x", idea="inone"))
    clock.now = OPEN.refinement_at
    with pytest.raises(PhaseClosed) as refused:
        await store.submit("j", post("p1", "late"))
    assert refused.value.closed_at == OPEN.refinement_at
    assert (dump(state_of(store)), journal.appends) == (before, appends)


async def test_a_lost_acknowledgement_is_found_and_not_written_twice(store: JamStore, journal: Flaky) -> None:
    journal.lost_answers = 2
    await store.submit("j", post("p1", "lost"))
    assert len(state_of(store).ideas) == 2
    assert sum(b'"idea.posted"' in record.payload for record in await entries(journal)) == 2


async def test_a_store_that_stays_away_refuses_and_forgets_nothing(
    store: JamStore, journal: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.command_handler.PATIENCE_S", 0.2)
    before = dump(state_of(store))
    journal.away = True
    with pytest.raises(Unavailable):
        await store.submit("j", post("p1", "away"))
    assert dump(state_of(store)) == before
    journal.away = False
    await store.submit("j", post("p1", "away"))
    assert len(state_of(store).ideas) == 2


async def test_those_who_wait_are_told_even_if_nothing_can_be_logged(
    store: JamStore, journal: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("server.command_handler.PATIENCE_S", 0.0)
    before = structlog.get_config()
    structlog.configure(processors=[full])
    journal.away = True
    try:
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(Unavailable):
                await store.submit("j", post("p1", "away"))
    finally:
        structlog.configure(**before)


async def test_an_answer_lost_for_good_is_given_when_the_command_comes_again(
    store: JamStore, journal: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written, never acknowledged, refused as unavailable: the same command finds what it did."""
    monkeypatch.setattr("server.command_handler.PATIENCE_S", 0.0)
    journal.lost_answers = 1
    with pytest.raises(Unavailable):
        await store.submit("j", post("p1", "lost"))
    assert len(state_of(store).ideas) == 1
    await store.submit("j", post("p1", "lost"))
    assert len(state_of(store).ideas) == 2
    assert sum(b'"idea.posted"' in record.payload for record in await entries(journal)) == 2


async def test_two_writers_of_one_jam_lose_and_double_nothing(store: JamStore, shared: MemoryStore, clock: Clock) -> None:
    other = await JamStore.open(MemoryJournal(shared), clock)
    idea = the_idea(store)

    async def all_votes(worker: JamStore, people: range) -> None:
        for n in people:
            await worker.submit("j", c.SupportIdea(actor=f"p{n}", id=f"vote-{n}", idea=idea))

    await asyncio.gather(all_votes(store, range(25)), all_votes(other, range(15, 40)))
    fresh = await load_state(MemoryJournal(shared), PREFIX + "j")
    assert fresh.ideas[0].support == 40
    await store.submit("j", post("p1", "after"))
    assert state_of(store).ideas[0].support == 40
    await other.close()


async def test_following_shows_what_another_worker_wrote(store: JamStore, shared: MemoryStore, clock: Clock) -> None:
    other = await JamStore.open(MemoryJournal(shared), clock, follow=True)
    await store.submit("j", post("p1", "elsewhere"))
    await _until(lambda: len(state_of(other).ideas) == 2)
    assert dump(state_of(other)) == dump(state_of(store))
    await other.close()


async def test_following_opens_a_jam_that_another_worker_made(store: JamStore, shared: MemoryStore, clock: Clock) -> None:
    other = await JamStore.open(MemoryJournal(shared), clock, follow=True)
    command = c.CreateJam(
        actor=ids.SYSTEM, id="second", jam="k", slug="second", titles={"en": "B"}, questions={"en": "Why?"}, descriptions={},
        rules={}, languages=("en",), main_language="en", schedule=OPEN,
    )  # fmt: skip
    await store.create(command)
    await _until(lambda: other.by_slug("second") is not None)
    await other.close()


async def test_two_jams_never_share_an_address(store: JamStore) -> None:
    command = c.CreateJam(
        actor=ids.SYSTEM, id="second", jam="k", slug="jam", titles={"en": "B"}, questions={"en": "Why?"}, descriptions={},
        rules={}, languages=("en",), main_language="en", schedule=OPEN,
    )  # fmt: skip
    with pytest.raises(Conflict):
        await store.create(command)
    assert [state.id for state in store.all()] == ["j"]


async def test_a_snapshot_and_the_rest_of_the_journal_are_the_same_as_the_whole(store: JamStore, journal: Flaky) -> None:
    await store.save_snapshot(state_of(store))
    assert store.due_for_snapshot(1) == [state_of(store)]
    assert store.due_for_snapshot(1) == []
    await asyncio.gather(*(store.submit("j", vote) for vote in votes(store)))
    resumed = await load_state(journal, PREFIX + "j")
    replayed = await load_state(journal, PREFIX + "j", from_zero=True)
    assert dump(resumed) == dump(replayed) == dump(state_of(store))


async def test_events_come_back_from_the_journal_as_they_went(store: JamStore, journal: Flaky) -> None:
    await store.submit("j", c.Announce(actor=ids.SYSTEM, id="hello", texts={"en": "Hello"}))
    for record in await entries(journal):
        assert JAM_CODEC.encode(JAM_CODEC.decode(record.payload)) == record.payload


async def _until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  the thing waited for has no event of its own
            await asyncio.sleep(0.01)
