"""Ideas: posted, built on, edited in versions, voted on once, hidden and restored, marked and seen."""

from typing import Any

import pytest

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.entities import Version
from server.jam.people import Relation
from server.jam.rejections import Conflict, InvalidInput, Locked, NotAllowed, NotFound, Rejection
from server.jam.visibility import EVERYONE, Audience, ContentStatus
from tests.jam.world import EMPLOYEES, World

REASON = "Because it is so"


# ------------------------------------------------------------------------------------------------------------------ post
def test_an_idea_is_one_event(world: World) -> None:
    command = world.command(c.PostIdea, "ann", topic=world.topic, title="  An\u0301 idea ", body=" a\r\nb ", language="en")
    id = command.derived(ids.IDEA)
    assert world.run(command) == (
        ev.IdeaPosted(
            at=world.now, idea=id, topic=world.topic, author="ann", title="Ań idea", body="a\nb", language="en", parents=(),
            audience=EVERYONE,
        ),
    )  # fmt: skip
    assert world.idea(id).versions == [Version("Ań idea", "a\nb", world.now, 0, False)]
    assert list(world.member("ann").ideas) == [world.idea(id).number]


def test_the_same_post_again_names_the_same_idea_and_adds_none(world: World) -> None:
    command = world.command(c.PostIdea, "ann", topic=world.topic, title="An idea", body="")
    id = command.derived(ids.IDEA)
    assert world.run(command)
    assert world.run(command) == ()
    assert [idea.id for idea in world.state.ideas] == [id]
    world.state.commands.clear()
    assert world.run(command) == ()


def test_the_same_command_id_of_another_person_is_another_idea(world: World) -> None:
    ideas = {world.post(person, id="one") for person in ("ann", "ben")}
    assert len(ideas) == 2


@pytest.mark.parametrize(
    ("fields", "why", "field"),
    [
        ({"title": "ab"}, InvalidInput, "title"),
        ({"title": ""}, InvalidInput, "title"),
        ({"title": "\u200b" * 5}, InvalidInput, "title"),
        ({"title": "two\nlines"}, InvalidInput, "title"),
        ({"title": "x" * 121}, InvalidInput, "title"),
        ({"title": "evil\u202ereversed"}, InvalidInput, "title"),
        ({"body": "x" * 8001}, InvalidInput, "body"),
        ({"body": "\x1b[31m"}, InvalidInput, "body"),
        ({"body": "\ud800"}, InvalidInput, "body"),
        ({"language": "Klingon"}, InvalidInput, "language"),
        ({"topic": "t"}, NotFound, None),
        ({"parents": ("i",)}, NotFound, None),
        ({"parents": ("i",) * 6}, InvalidInput, "parentIds"),
        ({"audience": Audience(relations=())}, InvalidInput, "audience"),
        ({"audience": Audience(relations=(Relation.FAMILY,))}, InvalidInput, "audience"),
        ({"audience": Audience(circle="o")}, NotFound, None),
    ],
)
def test_what_can_not_be_posted(world: World, fields: dict[str, Any], why: type[Rejection], field: str | None) -> None:
    refusal = world.refuse(why, c.PostIdea, "ann", **{"topic": world.topic, "title": "An idea", "body": ""} | fields)
    assert getattr(refusal, "field", None) == field


def test_the_topic_of_a_circle_takes_no_idea_for_another_circle(world: World) -> None:
    mine, other = world.circle("org", "ann"), world.circle("ann", "ben")
    closed = world.make(ids.TOPIC, c.AddTopic, "org", titles={"en": "Few"}, descriptions={}, audience=Audience(circle=mine))
    assert world.idea(world.post("ann", topic=closed)).reach.circle == mine
    refusal = world.refuse(
        InvalidInput, c.PostIdea, "ann", topic=closed, title="An idea", body="", audience=Audience(circle=other)
    )
    assert refusal.field == "audience"


# -------------------------------------------------------------------------------------------------------------- build on
def test_a_build_on_names_its_parents_once_and_credits_their_authors(world: World) -> None:
    first, second = world.post("ann"), world.post("cat")
    child = world.post("ben", parents=(second, first, second))
    assert world.idea(child).parents == (second, first)
    assert [world.idea(id).children for id in (first, second)] == [[child], [child]]
    assert [world.idea(id).build_on_count for id in (first, second)] == [1, 1]
    assert (world.notices("ann"), world.notices("cat"), world.notices("ben")) == (["BUILT_ON"], ["BUILT_ON"], [])
    world.post("ann", parents=(first,))
    assert world.notices("ann") == ["BUILT_ON"]


def test_a_build_on_that_is_not_for_the_parents_author_tells_them_nothing(world: World) -> None:
    parent = world.post("fay")
    world.post("ann", parents=(parent,), audience=EMPLOYEES)
    assert world.notices("fay") == []
    assert world.idea(parent).build_on_count == 0


def test_a_build_on_leaves_the_count_while_it_is_hidden(world: World) -> None:
    parent = world.post()
    child = world.post("ben", parents=(parent,))
    counts = []
    for kind in (c.HideIdea, c.RemoveIdea, c.RestoreIdea):
        world.do(kind, "mod", idea=child, reason=REASON)
        counts.append(world.idea(parent).build_on_count)
    assert counts == [0, 0, 1]


def test_nothing_builds_on_what_is_locked_or_hidden(world: World) -> None:
    parent = world.post("ann")
    fields = {"topic": world.topic, "title": "A build-on", "body": "", "parents": (parent,)}
    world.do(c.MarkIdea, "mod", idea=parent, mark="LOCKED", on=True, reason="Because")
    assert world.refuse(Locked, c.PostIdea, "ben", **fields).id == parent
    world.do(c.MarkIdea, "mod", idea=parent, mark="LOCKED", on=False, reason="Because")
    world.do(c.HideIdea, "mod", idea=parent, reason=REASON)
    assert world.refuse(Locked, c.PostIdea, "ann", **fields).id == parent


def test_the_tree_around_an_idea_is_shown_as_far_as_one_may_see_it(world: World) -> None:
    root, other = world.post("ann"), world.post("fay")
    middle = world.post("ben", parents=(root, other))
    narrow = world.post("ann", parents=(middle,), audience=EMPLOYEES)
    beyond = world.post("cat", parents=(narrow,))
    alone = world.post("cat")
    assert [idea.id for idea in world.state.lineage(world.idea(middle), world.viewer("ben"))] == [
        root,
        other,
        middle,
        narrow,
        beyond,
    ]
    assert [idea.id for idea in world.state.lineage(world.idea(root), world.viewer("fay"))] == [root, other, middle]
    assert [idea.id for idea in world.state.lineage(world.idea(alone), world.viewer("ben"))] == [alone]
    assert len(world.state.lineage(world.idea(root), world.viewer("ben"), most=3)) == 3


# ------------------------------------------------------------------------------------------------------------------ edit
def edit(
    world: World, idea: str, actor: str = "ann", title: str = "An idea", body: str = "", base: int = 1
) -> tuple[ev.Event, ...]:
    return world.do(c.EditIdea, actor, idea=idea, title=title, body=body, base_version=base)


def test_an_edit_is_a_new_version(world: World) -> None:
    idea = world.post()
    world.support(idea, "ben", "cat")
    world.wait(1000)
    assert edit(world, idea, body="More") == (
        ev.IdeaEdited(at=world.now, idea=idea, title="An idea", body="More", large=False, by="ann"),
    )
    assert world.idea(idea).versions[1:] == [Version("An idea", "More", world.now, 2, False)]
    assert world.idea(idea).edited_at == world.now
    assert world.do(c.EditIdea, "ann", idea=idea, title=" An idea", body="More ", base_version=2) == ()


def test_an_edit_of_an_older_version_is_refused(world: World) -> None:
    idea = world.post()
    edit(world, idea, body="More")
    for base in (0, 1, 3):
        world.refuse(Conflict, c.EditIdea, "ann", idea=idea, title="An idea", body="Less", base_version=base)


@pytest.mark.parametrize(
    ("voted", "title", "marked"),
    [
        (False, "Something else entirely", False),
        (True, "Something else entirely", True),
        (True, "one two three four five six seven nine", False),
        (True, "one two three four five nine ten eleven", False),
        (True, "one two three four nine ten eleven twelve", True),
    ],
)
def test_a_large_edit_is_marked_only_after_votes(world: World, voted: bool, title: str, marked: bool) -> None:
    idea = world.post(title="one two three four five six seven eight")
    if voted:
        world.support(idea, "ben")
    (event,) = edit(world, idea, title=title)
    assert isinstance(event, ev.IdeaEdited)
    assert event.large is world.idea(idea).edited_after_votes is marked
    edit(world, idea, title=f"{title}!", base=2)
    assert world.idea(idea).edited_after_votes is marked


def test_who_and_what_can_not_edit(world: World) -> None:
    idea = world.post()
    fields = {"idea": idea, "title": "Another", "body": "", "base_version": 1}
    world.refuse(NotAllowed, c.EditIdea, "org", **fields)
    for changed in ({"title": "ab"}, {"body": "x" * 8001}):
        world.refuse(InvalidInput, c.EditIdea, "ann", **fields | changed)
    world.do(c.HideIdea, "mod", idea=idea, reason=REASON)
    world.refuse(Locked, c.EditIdea, "ann", **fields)


# ----------------------------------------------------------------------------------------------------------------- votes
def test_a_person_has_one_vote_however_often_they_tap(world: World) -> None:
    idea = world.post()
    assert world.do(c.SupportIdea, "ben", idea=idea) == (ev.IdeaSupported(at=world.now, idea=idea, person="ben"),)
    world.still(c.SupportIdea, "ben", idea=idea)
    assert (world.idea(idea).support, list(world.member("ben").supports)) == (1, [0])
    assert world.do(c.WithdrawSupport, "ben", idea=idea) == (ev.SupportWithdrawn(at=world.now, idea=idea, person="ben"),)
    world.still(c.WithdrawSupport, "ben", idea=idea)
    assert (world.idea(idea).support, list(world.member("ben").supports), world.idea(idea).rising) == (0, [], float("-inf"))


def test_the_author_may_support_their_own_idea(world: World) -> None:
    idea = world.post("ann")
    world.support(idea, "ann")
    assert world.voters(idea) == {"ann"}


def test_a_locked_idea_takes_no_vote_but_gives_one_back(world: World) -> None:
    idea = world.post()
    world.support(idea, "ben")
    world.do(c.MarkIdea, "mod", idea=idea, mark="LOCKED", on=True, reason="Because")
    world.refuse(Locked, c.SupportIdea, "cat", idea=idea)
    assert world.do(c.WithdrawSupport, "ben", idea=idea)


def test_the_last_stance_counts(world: World) -> None:
    idea = world.post()
    seen = []
    for stance in ("agree", "disagree", "pass", "pass", "agree", "disagree"):
        world.do(c.RecordStance, ids.SYSTEM, idea=idea, person="ben", stance=stance)
        found = world.idea(idea)
        seen.append((found.support, found.disagrees, found.passes))
    assert seen == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 1), (1, 0, 0), (0, 1, 0)]
    world.refuse(NotAllowed, c.RecordStance, "org", idea=idea, person="ben", stance="agree")
    world.refuse(InvalidInput, c.RecordStance, ids.SYSTEM, idea=idea, person="ben", stance="like")
    world.refuse(NotFound, c.RecordStance, ids.SYSTEM, idea=idea, person="nobody", stance="pass")
    world.refuse(NotFound, c.RecordStance, ids.SYSTEM, idea="i", person="ben", stance="pass")


# ------------------------------------------------------------------------------------------------------------ moderation
@pytest.mark.parametrize(
    ("kind", "event", "status"),
    [(c.HideIdea, ev.IdeaHidden, ContentStatus.HIDDEN), (c.RemoveIdea, ev.IdeaRemoved, ContentStatus.REMOVED)],
)
def test_an_idea_is_hidden_or_removed_and_restored(world: World, kind: Any, event: Any, status: ContentStatus) -> None:
    idea = world.post()
    world.still(c.RestoreIdea, "mod", idea=idea, reason=REASON)
    assert world.do(kind, "mod", idea=idea, reason=f" {REASON} ") == (event(at=world.now, idea=idea, reason=REASON, by="mod"),)
    assert (world.idea(idea).status, world.idea(idea).reason) == (status, REASON)
    world.still(kind, "org", idea=idea, reason=REASON)
    assert world.notices("ann") == [status.value]
    assert (world.state.log[-1].act, world.state.log[-1].target, world.state.log[-1].reason) == (status.value, idea, REASON)
    assert world.do(c.RestoreIdea, "mod", idea=idea, reason=REASON)
    assert world.idea(idea).status is ContentStatus.VISIBLE
    assert world.notices("ann") == [status.value, "RESTORED"]


@pytest.mark.parametrize("kind", [c.HideIdea, c.RestoreIdea, c.RemoveIdea])
@pytest.mark.parametrize("reason", ["", "  ", "ab", "two\nlines", "x" * 501, "\u202e because"])
def test_every_act_has_a_reason(world: World, kind: Any, reason: str) -> None:
    assert world.refuse(InvalidInput, kind, "mod", idea=world.post(), reason=reason).field == "reason"


@pytest.mark.parametrize("mark", ["PINNED", "FEATURED", "LOCKED"])
def test_an_idea_is_marked_and_unmarked(world: World, mark: str) -> None:
    idea = world.post()
    world.still(c.MarkIdea, "mod", idea=idea, mark=mark, on=False, reason="Because")
    assert world.do(c.MarkIdea, "mod", idea=idea, mark=mark, on=True, reason="Because") == (
        ev.IdeaMarked(at=world.now, idea=idea, mark=mark, on=True, reason="Because", by="mod"),
    )
    assert world.idea(idea).marks == {mark}
    world.still(c.MarkIdea, "mod", idea=idea, mark=mark, on=True, reason="Because")
    world.do(c.MarkIdea, "mod", idea=idea, mark=mark, on=False, reason="Because")
    assert world.idea(idea).marks == frozenset()
    assert [entry.act for entry in world.state.log] == [mark, f"NOT_{mark}"]
    assert world.notices("ann") == (["FEATURED"] if mark == "FEATURED" else [])
    world.refuse(InvalidInput, c.MarkIdea, "mod", idea=idea, mark="GOLD", on=True, reason="Because")


def test_views_are_counted_by_the_server_only(world: World) -> None:
    one, two = world.post(), world.post()
    assert world.do(c.CountSeen, ids.SYSTEM, counts={one: 3, two: 0, "i": 5}) == (ev.IdeasSeen(at=world.now, counts={one: 3}),)
    world.do(c.CountSeen, ids.SYSTEM, counts={one: 2, two: 1})
    assert [world.idea(id).seen for id in (one, two)] == [5, 1]
    world.still(c.CountSeen, ids.SYSTEM, counts={"i": 5, two: -1})
    world.refuse(NotAllowed, c.CountSeen, "org", counts={one: 1})
