"""Comments in threads: what they answer, who is told, what is counted, likes and edits."""

import pytest

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.decide.comments import DEEPEST
from server.jam.rejections import InvalidInput, Locked, NotAllowed, NotFound
from server.jam.texts import COMMENT
from server.jam.visibility import Audience, ContentStatus
from tests.jam.world import World

REASON = "Because it is so"


@pytest.fixture
def idea(world: World) -> str:
    return world.post("ann")


def test_a_comment_is_one_event(world: World, idea: str) -> None:
    command = world.command(c.PostComment, "ben", idea=idea, body="  Yes\r\nand no ", language="en")
    assert world.run(command) == (
        ev.CommentPosted(
            at=world.now, comment=command.derived(ids.COMMENT), idea=idea, parent=None, author="ben", body="Yes\nand no", language="en"
        ),
    )  # fmt: skip
    assert world.idea(idea).comment_count == 1
    assert world.member("ben").comment_count == 1


def test_the_language_is_detected_where_it_is_not_given(world: World, idea: str) -> None:
    assert world.remark(world.comment(idea, body="רעיון טוב")).language == "he"
    assert world.remark(world.comment(idea, body="A good idea")).language == "en"
    assert world.remark(world.comment(idea, body="123")).language == "en"


def test_threads_have_a_bottom_where_answers_stand_beside_each_other(world: World, idea: str) -> None:
    parent = None
    chain = []
    for _ in range(DEEPEST + 3):
        parent = world.comment(idea, parent=parent)
        chain.append(world.remark(parent))
    assert [comment.depth for comment in chain] == [*range(DEEPEST + 1), DEEPEST, DEEPEST]
    assert {comment.parent for comment in chain[DEEPEST:]} == {chain[DEEPEST - 1].id}
    assert [comment.reply_count for comment in chain] == [1] * (DEEPEST - 1) + [3, 0, 0, 0]


def test_the_deepest_comment_can_be_answered_although_the_one_above_it_was_hidden(world: World, idea: str) -> None:
    chain = [world.comment(idea)]
    for _ in range(DEEPEST):
        chain.append(world.comment(idea, parent=chain[-1]))
    world.do(c.HideComment, "mod", comment=chain[-2], reason=REASON)
    answer = world.comment(idea, "cat", parent=chain[-1])
    assert (world.remark(answer).parent, world.remark(answer).depth) == (chain[-2], DEEPEST)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"body": ""}, InvalidInput),
        ({"body": "\u200b \u2060"}, InvalidInput),
        ({"body": "a\u202eb"}, InvalidInput),
        ({"body": "a\x00b"}, InvalidInput),
        ({"body": "x" * (COMMENT + 1)}, InvalidInput),
        ({"language": "English"}, InvalidInput),
        ({"idea": "i"}, NotFound),
        ({"parent": "c"}, NotFound),
    ],
)
def test_what_can_not_be_posted(world: World, idea: str, fields: dict[str, str], why: type) -> None:
    world.refuse(why, c.PostComment, "ben", **{"idea": idea, "body": "A comment"} | fields)


def test_an_answer_belongs_to_the_idea_of_what_it_answers(world: World, idea: str) -> None:
    other = world.comment(world.post("cat"))
    assert world.refuse(InvalidInput, c.PostComment, "ben", idea=idea, body="Hm", parent=other).field == "parentId"


def test_nothing_is_added_to_what_is_locked_or_hidden(world: World, idea: str) -> None:
    remark = world.comment(idea)
    world.do(c.MarkIdea, "mod", idea=idea, mark="LOCKED", on=True, reason="Because")
    for kind, actor, fields in (
        (c.PostComment, "cat", {"idea": idea, "body": "Hm"}),
        (c.EditComment, "ben", {"comment": remark, "body": "Hm"}),
        (c.LikeComment, "cat", {"comment": remark}),
    ):
        assert world.refuse(Locked, kind, actor, **fields).id == idea
    world.do(c.MarkIdea, "mod", idea=idea, mark="LOCKED", on=False, reason="Because")
    world.do(c.ChangeTopic, "mod", topic=world.topic, locked=True)
    assert world.refuse(Locked, c.PostComment, "cat", idea=idea, body="Hm").id == world.topic
    world.do(c.ChangeTopic, "mod", topic=world.topic, locked=False)
    world.do(c.HideComment, "mod", comment=remark, reason=REASON)
    for kind, fields in ((c.EditComment, {"body": "Hm"}), (c.LikeComment, {})):
        assert world.refuse(Locked, kind, "ben", comment=remark, **fields).id == remark
    assert world.refuse(Locked, c.PostComment, "ben", idea=idea, body="Hm", parent=remark).id == remark


def test_a_comment_is_edited_by_its_author_only(world: World, idea: str) -> None:
    remark = world.comment(idea, body="Before")
    world.refuse(NotAllowed, c.EditComment, "mod", comment=remark, body="After")
    world.still(c.EditComment, "ben", comment=remark, body=" Before ")
    world.wait(5)
    assert world.do(c.EditComment, "ben", comment=remark, body="After") == (
        ev.CommentEdited(at=world.now, comment=remark, body="After", by="ben"),
    )
    assert (world.remark(remark).body, world.remark(remark).edited_at) == ("After", world.now)


def test_a_person_likes_a_comment_once(world: World, idea: str) -> None:
    remark = world.comment(idea)
    assert world.do(c.LikeComment, "cat", comment=remark) == (ev.CommentLiked(at=world.now, comment=remark, person="cat"),)
    world.still(c.LikeComment, "cat", comment=remark)
    assert list(world.remark(remark).likers) == [world.member("cat").number]
    assert world.do(c.WithdrawLike, "cat", comment=remark) == (ev.LikeWithdrawn(at=world.now, comment=remark, person="cat"),)
    world.still(c.WithdrawLike, "cat", comment=remark)
    assert list(world.remark(remark).likers) == []


def test_counts_follow_what_is_hidden_removed_and_restored(world: World, idea: str) -> None:
    top = world.comment(idea)
    answer = world.comment(idea, "cat", parent=top)
    counts = []
    for kind in (c.HideComment, c.RemoveComment, c.HideComment, c.RestoreComment):
        assert world.do(kind, "mod", comment=answer, reason=REASON)
        counts.append((world.idea(idea).comment_count, world.remark(top).reply_count))
    assert counts == [(1, 0), (1, 0), (1, 0), (2, 1)]
    world.still(c.RestoreComment, "mod", comment=answer, reason=REASON)
    assert world.notices("cat") == ["HIDDEN", "REMOVED", "HIDDEN", "RESTORED"]
    assert [entry.act for entry in world.state.log] == ["HIDDEN", "REMOVED", "HIDDEN", "RESTORED"]


def test_a_hidden_comment_is_seen_by_its_author_and_the_keepers(world: World, idea: str) -> None:
    remark = world.remark(world.comment(idea, "ben"))
    world.do(c.HideComment, "mod", comment=remark.id, reason=REASON)
    assert (remark.status, remark.reason) == (ContentStatus.HIDDEN, REASON)
    seeing = [
        person
        for person in ("ben", "mod", "org", "ann", "cat", "rev", "spo")
        if world.state.sees_comment(world.viewer(person), remark)
    ]
    assert seeing == ["ben", "mod", "org"]


def test_the_comments_of_a_hidden_idea_are_hidden_with_it(world: World, idea: str) -> None:
    remark = world.remark(world.comment(idea, "ben"))
    world.do(c.HideIdea, "mod", idea=idea, reason=REASON)
    seeing = [person for person in ("ann", "ben", "cat", "mod") if world.state.sees_comment(world.viewer(person), remark)]
    assert seeing == ["ann", "mod"]


def test_authors_are_told_once_of_what_answers_them(world: World, idea: str) -> None:
    top = world.comment(idea, "ben")
    assert (world.notices("ann"), world.notices("ben")) == (["COMMENTED"], [])
    world.comment(idea, "cat", parent=top)
    assert (world.notices("ann"), world.notices("ben")) == (["COMMENTED"] * 2, ["REPLIED"])
    own = world.comment(idea, "ann", parent=top)
    assert (world.notices("ann"), world.notices("ben")) == (["COMMENTED"] * 2, ["REPLIED"] * 2)
    world.comment(idea, "ben", parent=own)
    assert world.notices("ann")[-1] == "REPLIED"
    assert len(world.notices("ann")) == 3


def test_who_left_a_circle_is_told_nothing_of_it_any_more(world: World) -> None:
    circle = world.circle("ann", "ben", "cat")
    idea = world.post("ben", audience=Audience(circle=circle))
    remark = world.comment(idea, "cat")
    world.support(idea, "cat")
    world.do(c.ChangeCircle, "cat", circle=circle, remove=("cat",))
    world.do(c.ChangeCircle, "ben", circle=circle, remove=("ben",))
    before = (world.notices("ben"), world.notices("cat"))
    world.comment(idea, "ann", parent=remark)
    assert (world.notices("ben"), world.notices("cat")) == before


def test_a_voter_out_of_the_audience_is_not_told_of_a_merge(world: World) -> None:
    circle = world.circle("ann", "cat", "mod")
    one, two = (world.post("ann", audience=Audience(circle=circle)) for _ in range(2))
    world.support(one, "cat")
    world.do(c.ChangeCircle, "cat", circle=circle, remove=("cat",))
    world.do(c.MergeIdeas, "mod", idea=one, into=two, reason=REASON)
    world.do(c.UnmergeIdea, "mod", idea=one, reason=REASON)
    assert world.notices("cat") == []


def test_only_the_newest_notices_are_kept(world: World, idea: str) -> None:
    for _ in range(105):
        world.comment(idea)
    notices = world.member("ann").notices
    assert len(notices) == 100
    assert notices[-1].seq == world.state.seq
