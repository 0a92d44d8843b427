"""What was posted without a name is told again without one, and nobody can open it in the replay."""

from server.jam import commands as c
from server.jam.anonymity import is_pseudonym
from server.jam.apply import apply_all
from server.jam.decide import decide
from server.jam.ids import SYSTEM, command_key
from server.jam.people import Relation
from server.jam.state import JamState
from server.jam.visibility import ContentStatus
from server.replaying.translate import Translator
from tests.jam import sealing
from tests.jam.world import SCHEDULE, Recorded


def replayed(world: Recorded) -> JamState:
    """The journal told again as the jam j2, each event at its time."""
    state, translator = JamState(), Translator("j2")
    made = c.CreateJam(
        actor=SYSTEM, id="1", jam="j2", slug="again", titles={"en": "Again"}, questions={"en": "?"}, descriptions={}, rules={},
        languages=("en",), main_language="en", schedule=SCHEDULE,
    )  # fmt: skip
    apply_all(state, None, decide(state, made, world.now))
    for event in (event for entry in world.journal for event in entry.events):
        command = translator.command(event)
        if command is not None:
            apply_all(state, command_key(command.actor, command.id), decide(state, command, event.at))
    return state


def test_it_is_posted_edited_and_taken_back_again_by_nobody() -> None:
    world = Recorded()
    sealing.open_for_all(world)
    world.do(c.SetActing, "org", topic=world.topic, relations=(Relation.EMPLOYEE,))
    kept, gone = sealing.post(world, "ann", "one"), sealing.post(world, "ann", "two", title="Taken back")
    remark = sealing.comment(world, kept, "ben", "three")
    edit = {"idea": kept, "title": "Reworded", "body": "", "base_version": 1}
    world.do(c.EditAnonymousIdea, sealing.author("one"), **sealing.mine("ann", "one"), **edit)
    world.do(c.EditAnonymousComment, sealing.author("three"), **sealing.mine("ben", "three"), comment=remark, body="Reworded")
    world.do(c.WithdrawAnonymous, sealing.author("two"), **sealing.mine("ann", "two"), target=gone)
    again = replayed(world)
    assert [(idea.title, idea.status) for idea in again.ideas] == [
        ("Reworded", ContentStatus.VISIBLE), ("", ContentStatus.REMOVED),
    ]  # fmt: skip
    assert [comment.body for comment in again.comments] == ["Reworded"]
    authors = {thing.author for thing in (*again.ideas, *again.comments)}
    assert len(authors) == 3
    assert all(map(is_pseudonym, authors))
    assert authors.isdisjoint(thing.author for thing in (*world.state.ideas, *world.state.comments))
    assert again.anonymity.seals == {}
    assert again.topics[again.ideas[0].topic].acting == (Relation.EMPLOYEE,)
