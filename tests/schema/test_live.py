"""What subscriptions tell: absolute, once each, and nothing of what is not for whoever listens."""

from dataclasses import replace
from typing import Any

import pytest

from schema import schema
from server.jam import commands as c
from server.jam.people import Relation, Role
from server.jam.visibility import Audience
from server.live.delta import changes_after
from tests.jam.world import EMPLOYEES
from tests.schema.world import Api

pytestmark = pytest.mark.anyio

REASON = "For a reason"
TOLD = "jamChanges { fromSeq seq mustRefetch jam { seq } ideas { id supportCount } comments { id } themes { id } announcements { id } removedIds }"
OWN = "viewerChanges { seq supportedIdeaIds unsupportedIdeaIds notifications { kind isRead idea { id } } unreadCount membership { role jam { id } } ideas { id } comments { id } removedIds }"
DESK = "moderationChanges { seq openReports reports { id outcome } stream { __typename ... on Idea { id } ... on Comment { id } } }"


async def told(api: Api, person: str, after: int) -> Any:
    return await api.hear(api.context(person), TOLD, after)


async def test_each_thing_once_as_it_is_now(api: Api) -> None:
    idea, other = api.post("ann"), api.post("ben")
    after = api.state.seq
    api.support(idea, "ann", "ben", "cat")
    comment = api.comment(idea)
    news = await told(api, "fay", after)
    assert news == {
        "fromSeq": after, "seq": api.state.seq, "mustRefetch": False, "jam": {"seq": api.state.seq},
        "ideas": [{"id": idea, "supportCount": 3}], "comments": [{"id": comment}], "themes": [], "announcements": [],
        "removedIds": [],
    }  # fmt: skip
    api.support(other, "ann")
    assert [one["id"] for one in (await told(api, "fay", after))["ideas"]] == [idea, other]


async def test_nothing_is_told_when_nothing_changed(api: Api) -> None:
    api.post("ann")
    news = await told(api, "fay", api.state.seq)
    assert news["jam"] is None
    assert [news[name] for name in ("ideas", "comments", "themes", "announcements", "removedIds")] == [[]] * 5


async def test_who_is_here_is_told_with_the_jam_alone(api: Api) -> None:
    changes = changes_after(api.state, api.state.seq)
    changes = replace(changes, what=replace(changes.what, here_changed=True))
    assert await api.told(api.context("ann"), "jamChanges { jam { hereCount } ideas { id } }", changes) == {
        "jam": {"hereCount": 3},
        "ideas": [],
    }


async def test_announcements_and_themes(api: Api) -> None:
    first, second = api.post("ann", "one"), api.post("ann", "two")
    api.themed(first, second)
    after = api.state.seq
    api.do(c.Announce, "mod", texts={"en": "Hello"})
    api.do(c.RenameTheme, "mod", theme="h1", name="Better")
    news = await told(api, "fay", after)
    assert [one["id"] for one in news["announcements"]] == [api.state.announcements[0].id]
    assert news["themes"] == [{"id": "h1"}]
    after = api.state.seq
    split = api.make("h", c.SplitTheme, "mod", theme="h1", ideas=(second,), name="Apart")
    api.do(c.MergeThemes, "mod", theme="h1", into=split)
    news = await told(api, "fay", after)
    assert (news["themes"], news["removedIds"]) == ([{"id": split}], ["h1"])
    after = api.state.seq
    api.themed(first, second, theme="h7")
    news = await told(api, "fay", after)
    assert (news["themes"], set(news["removedIds"])) == ([{"id": "h7"}], {split}), "of h1 they know already"


async def test_what_is_hidden_goes_and_what_is_restored_comes_back(api: Api) -> None:
    idea = api.post("ann")
    comment = api.comment(idea)
    after = api.state.seq
    api.do(c.HideIdea, "mod", idea=idea, reason=REASON)
    for person in ("fay", "ann", "spo"):
        news = await told(api, person, after)
        assert (news["ideas"], news["comments"], news["removedIds"]) == ([], [], [idea, comment])
    news = await told(api, "mod", after)
    assert ([one["id"] for one in news["ideas"]], news["removedIds"]) == ([idea], [])
    api.do(c.RestoreIdea, "mod", idea=idea, reason=REASON)
    news = await told(api, "fay", after)
    assert ([one["id"] for one in news["ideas"]], [one["id"] for one in news["comments"]], news["removedIds"]) == (
        [idea],
        [comment],
        [],
    )


async def test_an_idea_that_moves_out_of_sight_goes_only_for_those_who_could_see_it(api: Api) -> None:
    idea, never = api.post("ann"), api.post("ann", audience=EMPLOYEES)
    after = api.state.seq
    api.do(c.MoveIdea, "mod", idea=idea, topic=api.staff, reason=REASON)
    api.do(c.MoveIdea, "mod", idea=never, topic=api.staff, reason=REASON)
    later = api.comment(idea, "ben", "For employees only")
    assert (await told(api, "fay", after))["removedIds"] == [idea]
    news = await told(api, "ben", after)
    assert ({one["id"] for one in news["ideas"]}, news["comments"], news["removedIds"]) == ({idea, never}, [{"id": later}], [])


async def test_votes_and_notifications_are_told_to_one_person_alone(api: Api) -> None:
    idea, other = api.post("ann"), api.post("ben")
    api.support(other, "cat")
    after = api.state.seq
    api.support(idea, "cat")
    api.do(c.WithdrawSupport, "cat", idea=other)
    api.comment(idea, "cat")
    mine = await api.hear(api.context("cat"), OWN, after)
    assert (mine["supportedIdeaIds"], mine["unsupportedIdeaIds"], mine["notifications"]) == ([idea], [other], [])
    assert (mine["membership"], mine["ideas"], mine["comments"], mine["removedIds"]) == (None, [], [], [])
    ann = await api.hear(api.context("ann"), OWN, after)
    assert (ann["supportedIdeaIds"], ann["unsupportedIdeaIds"]) == ([], [])
    assert ann["notifications"] == [{"kind": "COMMENTED", "isRead": False, "idea": {"id": idea}}]
    assert ann["unreadCount"] == 1
    api.do(c.ReadNotifications, "ann")
    assert (await api.hear(api.context("ann"), OWN, after))["unreadCount"] == 0


async def test_who_is_too_far_behind_is_told_to_fetch_afresh(api: Api) -> None:
    idea = api.post("ann")
    api.support(idea, "cat")
    changes = changes_after(api.state, 0, most=1)
    assert changes.must_refetch
    news = await api.told(api.context("cat"), TOLD, changes)
    assert (news["mustRefetch"], news["seq"], news["jam"], news["ideas"], news["removedIds"]) == (
        True,
        api.state.seq,
        None,
        [],
        [],
    )
    mine = await api.told(api.context("cat"), OWN, changes)
    assert (mine["supportedIdeaIds"], mine["unsupportedIdeaIds"]) == ([idea], [])
    assert mine["membership"] == {"role": "PARTICIPANT", "jam": {"id": "j1"}}


async def test_a_circle_is_told_to_who_is_in_it_now(api: Api) -> None:
    few = api.circle("ann", "fay")
    after = api.state.seq
    idea = api.post("ann", audience=Audience(circle=few))
    comment = api.comment(idea, "fay")
    for person in ("ann", "fay"):
        news = await told(api, person, after)
        assert (news["ideas"], news["comments"], news["removedIds"]) == ([], [], [])
        mine = await api.hear(api.context(person), OWN, after)
        assert (mine["ideas"], mine["comments"], mine["removedIds"]) == ([{"id": idea}], [{"id": comment}], [])
    for person in ("ben", "mod", "org"):
        mine = await api.hear(api.context(person), OWN, after)
        assert (mine["ideas"], mine["comments"], mine["removedIds"]) == ([], [], [])
    assert (await told(api, "mod", after))["removedIds"] == []


async def test_the_desk_hears_of_reports_and_of_everything_written(api: Api) -> None:
    idea = api.post("ann")
    after = api.state.seq
    report = api.make("r", c.FileReport, "ben", target=idea, reason="SPAM")
    comment = api.comment(idea)
    api.do(c.HideIdea, "mod", idea=idea, reason=REASON)
    news = await api.hear(api.of_class(Role.MODERATOR, Relation.FAMILY), DESK, after)
    assert news == {
        "seq": api.state.seq, "openReports": 1, "reports": [{"id": report, "outcome": None}],
        "stream": [{"__typename": "Idea", "id": idea}, {"__typename": "Comment", "id": comment}],
    }  # fmt: skip
    api.do(c.ResolveReport, "mod", report=report, outcome="UPHELD", reason="Because")
    news = await api.hear(api.context("org"), DESK, after)
    assert (news["openReports"], news["reports"]) == (0, [{"id": report, "outcome": "UPHELD"}])


@pytest.mark.parametrize(
    ("person", "code"), [("ann", "NotAllowed"), ("spo", "NotAllowed"), ("stranger", "NotFound"), (None, "NotFound")]
)
async def test_the_desk_is_closed_to_others(api: Api, person: str | None, code: str) -> None:
    result = await api.answer(
        api.context(person),
        'subscription { moderationChanges(jamId: "j1", afterSeq: 0) { openReports } }',
        changes_after(api.state, 0),
    )
    assert result.data is None
    assert [(error.extensions or {})["code"] for error in result.errors or ()] == [code]


@pytest.mark.parametrize("field", ["jamChanges", "viewerChanges"])
@pytest.mark.parametrize("person", ["stranger", None])
async def test_strangers_hear_nothing(api: Api, person: str | None, field: str) -> None:
    result = await api.answer(
        api.context(person), f'subscription {{ {field}(jamId: "j1", afterSeq: 0) {{ seq }} }}', changes_after(api.state, 0)
    )
    assert [(error.extensions or {})["code"] for error in result.errors or ()] == ["NotFound"]


async def test_a_stock_subscription_gets_one_answer(api: Api) -> None:
    idea = api.post("ann")
    document = 'subscription { jamChanges(jamId: "j1", afterSeq: 0) { seq ideas { id } } }'
    stream: Any = await schema.subscribe(document, context_value=api.context("fay"))
    answers = [answer async for answer in stream]
    assert [(answer.errors, answer.data) for answer in answers] == [
        (None, {"jamChanges": {"seq": api.state.seq, "ideas": [{"id": idea}]}})
    ]


async def test_stale_state_and_changes_make_the_fresh_state() -> None:
    """What a client has, with what it is told, is what it would fetch: for every class, after a bit of everything."""
    api = Api()
    board = "query($jam: ID!) { jam(id: $jam) { seq ideas(order: NEW, first: 100) { edges { node { id title supportCount commentCount status } } } } }"
    ideas = [api.post(person, f"Idea of {person}") for person in ("ann", "ben", "fay", "cleo")]
    ideas.append(api.post("ann", "Staff only", topic=api.staff))
    people = ("ben", "fay", "cleo", "mod", "rev", "org")

    async def fresh(person: str) -> dict[str, Any]:
        edges = (await api.ask(person, board))["jam"]["ideas"]["edges"]
        return {edge["node"]["id"]: edge["node"] for edge in edges}

    had = {person: await fresh(person) for person in people}
    after = api.state.seq
    api.support(ideas[0], "ann", "cat")
    api.do(c.HideIdea, "mod", idea=ideas[1], reason=REASON)
    api.do(c.MergeIdeas, "mod", idea=ideas[2], into=ideas[0], reason=REASON)
    api.do(c.MoveIdea, "mod", idea=ideas[3], topic=api.staff, reason=REASON)
    api.do(c.MoveIdea, "mod", idea=ideas[4], topic=api.topic, reason=REASON)
    api.post("pat", "New"), api.comment(ideas[0])
    changed = "jamChanges { ideas { id title supportCount commentCount status } removedIds }"
    for person in people:
        told = await api.hear(api.context(person), changed, after)
        merged = had[person] | {idea["id"]: idea for idea in told["ideas"]}
        listed = {id: idea for id, idea in merged.items() if id not in told["removedIds"] and idea["status"] == "VISIBLE"}
        assert listed == await fresh(person)
