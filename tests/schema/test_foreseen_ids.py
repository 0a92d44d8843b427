"""A page knows the id of an idea before it has arrived (frontend/src/outbox/ids.ts), so that what follows upon it can wait behind it."""

import pytest

from server.jam.anonymity import POSTING, pseudonym_of
from server.jam.ids import IDEA, derive_id
from tests.schema.world import Api

pytestmark = pytest.mark.anyio
ANSWER = "... on IdeaSuccess { idea { id } }"


async def test_an_idea_has_the_id_that_a_page_foresees() -> None:
    api = Api()
    command = "6a0e3b5e-90c7-4a52-9d0f-0d6f6a3c8b11"
    given = {"commandId": command, "jamId": "j1", "topicId": api.topic, "title": "Foreseen", "body": ""}
    answer = await api.act("ann", "postIdea", ANSWER, **given)
    person = api.state.ideas[-1].author
    assert answer["idea"]["id"] == derive_id(IDEA, person, f"j1 {command}")


def test_the_ids_that_a_page_computes_are_ours() -> None:
    """The same examples as in frontend/src/outbox/ids.test.ts."""
    assert derive_id("i", "pnoa", "jhale 6a0e3b5e-90c7-4a52-9d0f-0d6f6a3c8b11") == "iafy7gr5x5nx4c"
    assert derive_id("i", pseudonym_of("j1", "0f" * 32), POSTING) == "ieq2x4kpclwz3m"
    assert derive_id("i", "נועה", "x" * 200) == "i76u3bpalbn6ta"
