"""The same command id in two jams makes two things, and sent again in one of them, none."""

from typing import Any

import pytest

from tests.schema.world import Api

pytestmark = pytest.mark.anyio
WORDS = [{"language": "en", "text": "Some words"}]


@pytest.fixture
def two() -> Api:
    """Jam "j1", and beside it "j2", made alike but for its id."""
    api, other = Api(), Api()
    other.state.id, other.state.slug = "j2", "other"
    api.states.append(other.state)
    return api


MADE = [
    ("ann", "postIdea", "... on IdeaSuccess { idea { id jamId } }", {"title": "Same idea", "body": ""}),
    ("ann", "createCircle", "... on CircleSuccess { circle { id } }", {"name": "We", "memberIds": []}),
    ("org", "addTopic", "... on TopicSuccess { topic { id } }", {"titles": WORDS}),
    ("org", "announce", "... on AnnouncementSuccess { announcement { id } }", {"texts": WORDS}),
    ("org", "createInvitation", "... on InvitationSuccess { invitation { id } }", {"relation": "FRIEND"}),
]


def _id(answer: dict[str, Any]) -> str:
    return next(str(value["id"]) for value in answer.values() if isinstance(value, dict))


@pytest.mark.parametrize(("person", "mutation", "answer", "given"), MADE, ids=[one[1] for one in MADE])
async def test_a_thing_is_made_in_each_jam(two: Api, person: str, mutation: str, answer: str, given: dict[str, Any]) -> None:
    async def sent(jam: str) -> str:
        more: dict[str, Any] = {"topicId": two.topic} if mutation == "postIdea" else {}
        more |= {"expiresAt": two.now + 60_000} if mutation == "createInvitation" else {}
        return _id(await two.act(person, mutation, answer, commandId="the-same-id", jamId=jam, **given, **more))

    first, second = await sent("j1"), await sent("j2")
    assert first != second
    assert (await sent("j1"), await sent("j2")) == (first, second)


async def test_a_found_idea_is_the_one_of_its_own_jam(two: Api) -> None:
    given = {"commandId": "the-same-id", "topicId": two.topic, "body": ""}
    made = []
    for jam in ("j1", "j2"):
        answer = await two.act("ann", "postIdea", "... on IdeaSuccess { idea { id } }", jamId=jam, title=f"In {jam}", **given)
        made.append(answer["idea"]["id"])
    for id, jam in zip(made, ("j1", "j2"), strict=True):
        found = await two.ask("ann", "query($id: ID!) { idea(id: $id) { title jamId } }", id=id)
        assert found == {"idea": {"title": f"In {jam}", "jamId": jam}}
