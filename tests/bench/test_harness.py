"""The load harness notices what is wrong: a measure that can't fail would prove nothing."""

import shutil
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from bench import preparing
from bench.crowd.acts import Crowd, Size
from bench.crowd.checking import Compared, compare
from bench.figures import Target
from bench.peering import BROADCAST, following, peer
from bench.preparing import JAM, TOPIC, join, open_jam, person_id
from bench.processes import BenchFailed
from bench.swarming import swarm
from bench.tools import OUT
from server.app.clock import wall_clock
from server.jam import commands as c
from server.jam.people import Relation, Role
from server.jam_store import JamStore
from server.journal.sqlite import SqliteJournal

SIZE = Size(people=40, ideas=30, votes=400, comments=20)


def played(size: Size) -> tuple[Crowd, list[dict[str, object]]]:
    """A crowd whose acts are all acknowledged at once, and what it sent."""
    crowd, sent = Crowd(size, JAM, TOPIC, ["invitation"]), []
    for acts in (crowd.joins(), crowd.opening(), crowd.acts()):
        for act in acts:
            told = {"seq": 1, "idea": {"id": f"i{len(sent)}"}, "comment": {"id": f"c{len(sent)}"}}
            sent.append(orjson.loads(act.body) | {"person": act.person})
            act.acknowledged(told)
    return crowd, sent


def test_a_crowd_does_exactly_as_much_as_was_asked_for() -> None:
    crowd, sent = played(SIZE)
    done = crowd.done
    assert (len(done.joined), len(done.ideas), len(done.comments), done.votes) == (40, 30, 20, 400)
    assert len(sent) == SIZE.acts == done.acts
    assert len({act["variables"]["input"]["commandId"] for act in sent}) == len(sent)  # type: ignore[index]


def test_a_crowd_knows_who_supports_what() -> None:
    crowd, sent = played(SIZE)
    held: list[set[str]] = [set() for _ in range(SIZE.people)]
    for act in sent:
        idea, person = act["variables"]["input"].get("ideaId"), act["person"]  # type: ignore[index]
        if "supportIdea" in str(act["query"]):
            held[person].add(idea)  # type: ignore[index]
        elif "withdrawSupport" in str(act["query"]):
            held[person].remove(idea)  # type: ignore[index]
    assert held == crowd.done.supports
    assert 0 < sum(map(len, held)) <= 400


def test_a_target_is_reached_at_its_limit_and_not_beyond() -> None:
    least, most = Target("a", "", least=0.75), Target("b", "", most=15)
    assert (least.is_met(0.75), least.is_met(0.749)) == (True, False)
    assert (most.is_met(15), most.is_met(15.1)) == (True, False)


@pytest.mark.anyio
async def test_a_vote_that_the_journal_lacks_is_counted_as_lost(tmp_path: Path) -> None:
    crowd = Crowd(Size(people=2, ideas=1, votes=1, comments=0), JAM, TOPIC, ["invitation"])
    journal = await SqliteJournal.open(tmp_path / "journal.sqlite")
    store = await JamStore.open(journal, wall_clock)
    await open_jam(store)
    await store.submit(JAM, join(person_id(0), Role.PARTICIPANT, Relation.EMPLOYEE))
    await store.submit(JAM, c.PostIdea(actor=person_id(0), id="an-idea", topic=TOPIC, title="An idea", body=""))
    state = store.get(JAM)
    assert state is not None
    idea = state.ideas[0].id
    await store.submit(JAM, c.SupportIdea(actor=person_id(0), id="a-vote", idea=idea))
    seq = state.seq
    await store.close()
    await journal.close()

    crowd.done.joined, crowd.done.ideas = [0], [idea]
    crowd.done.supports[0].add(idea)
    assert await compare(tmp_path, crowd.done) == Compared(seq, lost=0, unexpected=0)
    crowd.done.supports[1].add(idea)
    crowd.done.joined.append(1)
    # The vote, the membership, and the total that is one short.
    assert await compare(tmp_path, crowd.done) == Compared(seq, lost=3, unexpected=0)
    crowd.done.supports[0].clear()
    crowd.done.comments.append("c-missing")
    assert (await compare(tmp_path, crowd.done)).unexpected == 1


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_the_swarm_counts_what_reached_it_and_refuses_another_operations_id() -> None:
    OUT.mkdir(exist_ok=True)
    wanted = replace(following(BROADCAST, clients=3, seconds=0.4), warm=0.2, settle=0.2)
    with peer(BROADCAST, clients=3, interval_ms=20) as running:
        found = swarm(running, wanted)
    assert found.subscribed == 3
    assert found.most - found.least <= 1
    assert found.deliveries == found.tick.values > 0
    with peer(BROADCAST, clients=3, interval_ms=20) as running, pytest.raises(BenchFailed, match="wrong_id"):
        swarm(running, replace(wanted, shared_id=False))


def test_a_store_is_made_anew_for_other_code(monkeypatch: pytest.MonkeyPatch) -> None:
    before = preparing.Recipe().name()
    monkeypatch.setattr(preparing, "code_digest", lambda: "other")
    assert preparing.Recipe().name() != before
