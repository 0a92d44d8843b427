"""Who sees what, on every way to it: the rule is written out here once more, by hand."""

from dataclasses import dataclass
from typing import Any

import pytest

from server.jam import commands as c
from server.jam.people import RELATIONS, Relation, Role
from server.jam.ranking import IdeaOrder
from server.jam.visibility import Audience
from tests.jam.world import PEOPLE
from tests.schema.world import Api

pytestmark = pytest.mark.anyio

REASON = "For a reason"
ALL = (*PEOPLE, "org")
CIRCLE = ("ann", "fay", "rev")
MEMBER_OF = {"org": (Role.ORGANIZER, Relation.EMPLOYEE)} | PEOPLE
CROSS = (Role.MODERATOR, Role.REVIEWER, Role.SPONSOR, Role.ORGANIZER)
AUTHOR = {
    Relation.EMPLOYEE: "cat",
    Relation.FAMILY: "fay",
    Relation.FRIEND: "fred",
    Relation.CLIENT: "cleo",
    Relation.PARTNER: "pat",
}


@dataclass(frozen=True)
class Kind:
    """What an idea is for whom, and what became of it."""

    relations: frozenset[Relation] = frozenset(RELATIONS)
    in_circle: bool = False
    status: str = "VISIBLE"
    author: str = "ann"

    def meant_for(self, person: str) -> bool:
        role, relation = MEMBER_OF[person]
        if self.in_circle:
            return person in CIRCLE
        return role in CROSS or relation in self.relations

    def seen_by(self, person: str, is_class: bool = False) -> bool:
        if not self.meant_for(person) or (is_class and self.in_circle):
            return False
        if self.status in ("VISIBLE", "MERGED"):
            return True
        return MEMBER_OF[person][0] in (Role.MODERATOR, Role.ORGANIZER) or (person == self.author and not is_class)


KINDS = {
    "public": Kind(),
    **{f"for {relation}": Kind(frozenset({relation}), author=AUTHOR[relation]) for relation in RELATIONS},
    "staff topic": Kind(frozenset({Relation.EMPLOYEE}), author="ben"),
    "circle": Kind(in_circle=True),
    "hidden": Kind(status="HIDDEN", author="fred"),
    "removed": Kind(status="REMOVED", author="fred"),
    "hidden circle": Kind(in_circle=True, status="HIDDEN", author="fay"),
    "merged": Kind(status="MERGED"),
}


class Crowd(Api):
    """A jam with an idea of each kind: each built on `hub`, each with a build-on, a comment and one supporter."""

    def __init__(self) -> None:
        super().__init__()
        self.few = self.circle(*CIRCLE)
        self.hub = self.post("ann", "hub")
        self.idea_of: dict[str, str] = {}
        self.comment_of: dict[str, str] = {}
        self.below: dict[str, str] = {}
        for name, kind in KINDS.items():
            self.add(name, kind)
        themed = [id for name, id in self.idea_of.items() if not KINDS[name].in_circle]
        self.themed(*themed)
        self.put_away()

    def add(self, name: str, kind: Kind) -> None:
        relations = None if len(kind.relations) == len(RELATIONS) else tuple(kind.relations)
        audience = Audience(relations, self.few if kind.in_circle else None)
        if name == "staff topic":
            audience = Audience()
        topic = self.staff if name == "staff topic" else self.topic
        id = self.post(kind.author, f"needle {name}", audience, topic=topic, parents=(self.hub,))
        self.idea_of[name] = id
        self.comment_of[name] = self.comment(id, kind.author, f"needle on {name}")
        self.below[name] = self.post(kind.author, f"below {name}", parents=(id,))
        self.support(id, kind.author)

    def put_away(self) -> None:
        self.target = self.post("ann", "target")
        self.do(c.MergeIdeas, "mod", idea=self.idea_of["merged"], into=self.target, reason=REASON)
        self.do(c.HideIdea, "mod", idea=self.idea_of["hidden"], reason=REASON)
        self.do(c.RemoveIdea, "mod", idea=self.idea_of["removed"], reason=REASON)
        self.do(c.ChangeCircle, "ann", circle=self.few, add=("mod",))
        self.do(c.HideIdea, "mod", idea=self.idea_of["hidden circle"], reason=REASON)
        self.do(c.ChangeCircle, "ann", circle=self.few, remove=("mod",))

    def seen(self, person: str, is_class: bool = False) -> set[str]:
        return {self.idea_of[name] for name, kind in KINDS.items() if kind.seen_by(person, is_class)}

    def listed(self, person: str) -> set[str]:
        """What stands on a board for a class."""
        return {
            self.idea_of[name]
            for name, kind in KINDS.items()
            if kind.status == "VISIBLE" and kind.seen_by(person, is_class=True)
        }

    def among(self, found: list[dict[str, Any]]) -> set[str]:
        """Of what was found, the ideas this is about."""
        return {one["id"] for one in found} & set(self.idea_of.values())

    def class_of(self, person: str) -> Any:
        return self.of_class(*MEMBER_OF[person])


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    """Tests only read it."""
    return Crowd()


def test_there_is_someone_of_every_role_and_relation() -> None:
    assert {role for role, _ in MEMBER_OF.values()} == set(Role)
    assert {relation for role, relation in MEMBER_OF.values() if role is Role.PARTICIPANT} == set(Relation)


# ---------------------------------------------------------------------------------------------------- one thing by its id
@pytest.mark.parametrize("person", ALL)
@pytest.mark.parametrize("name", KINDS)
async def test_a_thing_is_found_by_its_id_only_by_those_who_may_see_it(crowd: Crowd, person: str, name: str) -> None:
    query = (
        "query($i: ID!, $c: ID!) { idea(id: $i) { id } comment(id: $c) { id } i: node(id: $i) { id } c: node(id: $c) { id } }"
    )
    found = await crowd.ask(person, query, i=crowd.idea_of[name], c=crowd.comment_of[name])
    expected = {
        "idea": crowd.idea_of[name],
        "i": crowd.idea_of[name],
        "comment": crowd.comment_of[name],
        "c": crowd.comment_of[name],
    }
    seen = KINDS[name].seen_by(person)
    assert found == {key: {"id": id} if seen else None for key, id in expected.items()}


@pytest.mark.parametrize("person", ["stranger", None])
@pytest.mark.parametrize("name", KINDS)
async def test_who_is_no_member_finds_nothing(crowd: Crowd, person: str | None, name: str) -> None:
    query = "query($i: ID!, $c: ID!, $jam: ID!) { idea(id: $i) { id } comment(id: $c) { id } node(id: $i) { id } jam(id: $jam) { id } jams { id } theme(id: \"h1\") { id } }"  # fmt: skip
    found = await crowd.ask(person, query, i=crowd.idea_of[name], c=crowd.comment_of[name])
    assert found == {"idea": None, "comment": None, "node": None, "jam": None, "jams": [], "theme": None}


async def test_things_of_every_kind_are_found_by_their_id_and_only_by_those_they_are_for(crowd: Crowd) -> None:
    kinds = {
        crowd.topic: ("Topic", ALL),
        crowd.staff: ("Topic", tuple(p for p in ALL if MEMBER_OF[p][0] in CROSS or MEMBER_OF[p][1] is Relation.EMPLOYEE)),
        "h1": ("Theme", ALL),
        "j1": ("Jam", ALL),
        crowd.few: ("Circle", CIRCLE),
    }
    for id, (kind, people) in kinds.items():
        for person in ALL:
            node = (await crowd.ask(person, "query($id: ID!) { node(id: $id) { __typename id } }", id=id))["node"]
            assert node == ({"__typename": kind, "id": id} if person in people else None)


# ----------------------------------------------------------------------------------------------------------------- around
@pytest.mark.parametrize("person", ALL)
async def test_what_is_around_an_idea(crowd: Crowd, person: str) -> None:
    query = "query($id: ID!) { idea(id: $id) { buildOns { id } tree { id } mergedIdeas { id } } }"
    hub = (await crowd.ask(person, query, id=crowd.hub))["idea"]
    assert crowd.among(hub["buildOns"]) == crowd.among(hub["tree"]) == crowd.seen(person)
    target = (await crowd.ask(person, query, id=crowd.target))["idea"]
    assert crowd.among(target["mergedIdeas"]) == {crowd.idea_of["merged"]}


@pytest.mark.parametrize("person", ALL)
@pytest.mark.parametrize("name", KINDS)
async def test_parents_and_where_a_tree_goes_on(crowd: Crowd, person: str, name: str) -> None:
    query = "query($id: ID!) { idea(id: $id) { parents { id } tree { id } } }"
    child = (await crowd.ask(person, query, id=crowd.below[name]))["idea"]
    seen = KINDS[name].seen_by(person)
    assert child["parents"] == ([{"id": crowd.idea_of[name]}] if seen else [])
    assert (crowd.hub in {idea["id"] for idea in child["tree"]}) == seen


@pytest.mark.parametrize("person", ALL)
async def test_counts_of_build_ons_tell_nothing_of_what_is_not_for_all(crowd: Crowd, person: str) -> None:
    hub = (await crowd.ask(person, "query($id: ID!) { idea(id: $id) { buildOnCount } }", id=crowd.hub))["idea"]
    assert hub["buildOnCount"] == 1


async def test_an_idea_merged_into_one_that_then_moved_out_of_sight_stands_alone() -> None:
    api = Api()
    old, into = api.post("ann", "old"), api.post("ann", "into")
    api.do(c.MergeIdeas, "mod", idea=old, into=into, reason=REASON)
    api.do(c.MoveIdea, "mod", idea=into, topic=api.staff, reason=REASON)
    query = "query($id: ID!) { idea(id: $id) { mergedInto { id } viewerCanSupport } }"
    assert (await api.ask("ben", query, id=old))["idea"] == {"mergedInto": {"id": into}, "viewerCanSupport": True}
    assert (await api.ask("fred", query, id=old))["idea"] == {"mergedInto": None, "viewerCanSupport": False}


# ----------------------------------------------------------------------------------------------------------------- boards
@pytest.mark.parametrize("person", ALL)
@pytest.mark.parametrize("order", [order for order in IdeaOrder if order is not IdeaOrder.UNATTENDED])
async def test_boards_and_their_totals(crowd: Crowd, person: str, order: IdeaOrder) -> None:
    query = """query($jam: ID!, $order: IdeaOrder!, $topic: ID!) { jam(id: $jam) {
        all: ideas(order: $order, first: 100) { totalCount edges { node { id status } } }
        topic: ideas(order: $order, first: 100, topicId: $topic) { totalCount edges { node { id status } } }
        theme: ideas(order: $order, first: 100, themeId: "h1") { totalCount edges { node { id status } } }
        language: ideas(order: $order, first: 100, language: "en") { totalCount edges { node { id status } } } } }"""
    jam = (await crowd.ask(person, query, order=order.value, topic=crowd.topic))["jam"]
    for board in jam.values():
        assert board["totalCount"] == len(board["edges"])
        assert {edge["node"]["status"] for edge in board["edges"]} == {"VISIBLE"}
    ids = {name: crowd.among([edge["node"] for edge in board["edges"]]) for name, board in jam.items()}
    assert ids["all"] == ids["theme"] == ids["language"] == crowd.listed(person)
    assert ids["topic"] == crowd.listed(person) - {crowd.idea_of["staff topic"]}


@pytest.mark.parametrize("person", ALL)
async def test_a_topic_that_is_not_for_someone_has_nothing_in_it(crowd: Crowd, person: str) -> None:
    query = """query($jam: ID!, $t: ID!) { jam(id: $jam) { topic(id: $t) { ideaCount } topics { id }
        ideas(topicId: $t) { totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } } }"""
    jam = (await crowd.ask(person, query, t=crowd.staff))["jam"]
    role, relation = MEMBER_OF[person]
    if role in CROSS or relation is Relation.EMPLOYEE:
        assert jam["topic"] == {"ideaCount": 1}
        assert [edge["node"]["id"] for edge in jam["ideas"]["edges"]] == [crowd.idea_of["staff topic"]]
    else:
        assert jam["topic"] is None
        assert jam["topics"] == [{"id": crowd.topic}]
        assert jam["ideas"] == {"totalCount": 0, "edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}


@pytest.mark.parametrize("person", ALL)
async def test_every_count_is_of_what_one_may_see(crowd: Crowd, person: str) -> None:
    query = """query($jam: ID!, $t: ID!) { jam(id: $jam) { counts { ideas comments supports } topic(id: $t) { ideaCount }
        themes { ideaCount supportCount commentCount restrictedIdeaCount } } }"""
    jam = (await crowd.ask(person, query, t=crowd.topic))["jam"]
    listed, staff = crowd.listed(person), {crowd.idea_of["staff topic"]}
    others = 2 + len(crowd.below)
    # `target` took over the one vote of the idea that was merged into it.
    assert jam["counts"] == {"ideas": len(listed) + others, "comments": len(listed), "supports": len(listed) + 1}
    assert jam["topic"] == {"ideaCount": len(listed - staff) + others}
    restricted = len(listed) - 1 if MEMBER_OF[person][0] in CROSS else None
    count = len(listed)
    assert jam["themes"] == [
        {"ideaCount": count, "supportCount": count, "commentCount": count, "restrictedIdeaCount": restricted}
    ]


@pytest.mark.parametrize("person", ALL)
async def test_themes_and_their_map_show_only_what_one_may_see(crowd: Crowd, person: str) -> None:
    query = """query($jam: ID!) { themeMap(jamId: $jam) { points { ideaId } themes { id } }
        theme(id: "h1") { centralIdeas(first: 50) { id } ideas(first: 100) { totalCount edges { node { id } } } } }"""
    found = await crowd.ask(person, query)
    listed = crowd.listed(person)
    assert {point["ideaId"] for point in found["themeMap"]["points"]} == listed
    medoids = [crowd.idea_of[name] for name in list(KINDS)[:3]]
    assert [idea["id"] for idea in found["theme"]["centralIdeas"]] == [id for id in medoids if id in listed]
    assert found["theme"]["ideas"]["totalCount"] == len(listed)
    assert crowd.among([edge["node"] for edge in found["theme"]["ideas"]["edges"]]) == listed


@pytest.mark.parametrize("person", [p for p in ALL if MEMBER_OF[p][0] in CROSS])
async def test_briefings_count_what_one_may_see(crowd: Crowd, person: str) -> None:
    query = "query($jam: ID!) { jam(id: $jam) { themes { briefing { support supporters topics relations } } } }"
    briefing = (await crowd.ask(person, query))["jam"]["themes"][0]["briefing"]
    listed = [name for name, id in crowd.idea_of.items() if id in crowd.listed(person)]
    authors = {KINDS[name].author for name in listed}
    assert briefing == {
        "support": len(listed), "supporters": len(authors), "topics": 2, "relations": len({MEMBER_OF[a][1] for a in authors}),
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------- search and stream
@pytest.mark.parametrize("person", ALL)
async def test_search_and_similar_ideas(crowd: Crowd, person: str) -> None:
    query = """query($jam: ID!) { search(jamId: $jam, text: "needle", first: 50) { ideas { id } comments { id } }
        similarIdeas(jamId: $jam, text: "needle", first: 10) { idea { id status } } }"""
    found = await crowd.ask(person, query)
    seen = {name for name, kind in KINDS.items() if kind.seen_by(person)}
    assert {idea["id"] for idea in found["search"]["ideas"]} == {crowd.idea_of[name] for name in seen}
    assert {comment["id"] for comment in found["search"]["comments"]} == {crowd.comment_of[name] for name in seen}
    similar = [one["idea"] for one in found["similarIdeas"]]
    assert len(similar) == 10
    assert {idea["status"] for idea in similar} == {"VISIBLE"}
    assert crowd.among(similar) <= crowd.seen(person)


@pytest.mark.parametrize("person", ALL)
async def test_the_stream_is_for_moderators_and_shows_what_they_may_see(crowd: Crowd, person: str) -> None:
    query = "query($jam: ID!) { jam(id: $jam) { stream(first: 100) { ... on Idea { id } ... on Comment { id } } } }"
    stream = {item["id"] for item in (await crowd.ask(person, query))["jam"]["stream"]}
    if MEMBER_OF[person][0] not in (Role.MODERATOR, Role.ORGANIZER):
        assert stream == set()
    else:
        assert stream & set(crowd.idea_of.values()) == crowd.seen(person, is_class=True)
        seen = {name for name, kind in KINDS.items() if kind.seen_by(person, is_class=True)}
        assert stream & set(crowd.comment_of.values()) == {crowd.comment_of[name] for name in seen}


@pytest.mark.parametrize("person", ALL)
async def test_the_log_tells_of_what_was_meant_for_one_and_names_only_what_one_sees(crowd: Crowd, person: str) -> None:
    query = "query($jam: ID!) { jam(id: $jam) { moderationLog { act targetKind targetId reason } } }"
    log = (await crowd.ask(person, query))["jam"]["moderationLog"]
    is_keeper = MEMBER_OF[person][0] in (Role.MODERATOR, Role.ORGANIZER)
    assert [(line["act"], line["targetId"]) for line in log] == [
        ("REMOVED", crowd.idea_of["removed"] if is_keeper else None),
        ("HIDDEN", crowd.idea_of["hidden"] if is_keeper else None),
        ("MERGED", crowd.idea_of["merged"]),
    ]
    assert {(line["targetKind"], line["reason"]) for line in log} == {("IDEA", REASON)}


# --------------------------------------------------------------------------------------------------------------- the live
@pytest.mark.parametrize("person", ALL)
@pytest.mark.parametrize("is_class", [True, False])
async def test_jam_changes_tell_a_class_what_it_sees_and_what_it_no_longer_sees(
    crowd: Crowd, person: str, is_class: bool
) -> None:
    context = crowd.class_of(person) if is_class else crowd.context(person)
    told = await crowd.hear(context, "jamChanges { ideas { id } comments { id ideaId } removedIds }", 0)
    seen = {name for name, kind in KINDS.items() if kind.seen_by(person, is_class=True)}
    gone = {name for name, kind in KINDS.items() if kind.meant_for(person) and not kind.in_circle} - seen
    assert crowd.among(told["ideas"]) == {crowd.idea_of[name] for name in seen}
    assert {comment["id"] for comment in told["comments"]} == {crowd.comment_of[name] for name in seen}
    assert set(told["removedIds"]) == {of[name] for name in gone for of in (crowd.idea_of, crowd.comment_of)}


@pytest.mark.parametrize("person", ALL)
async def test_circles_are_told_to_their_members_alone(crowd: Crowd, person: str) -> None:
    told = await crowd.hear(crowd.context(person), "viewerChanges { ideas { id } comments { id } removedIds }", 0)
    circles = {name for name, kind in KINDS.items() if kind.in_circle}
    seen = {name for name in circles if KINDS[name].seen_by(person)}
    gone = {name for name in circles if KINDS[name].meant_for(person)} - seen
    assert {idea["id"] for idea in told["ideas"]} == {crowd.idea_of[name] for name in seen}
    assert {comment["id"] for comment in told["comments"]} == {crowd.comment_of[name] for name in seen}
    assert set(told["removedIds"]) == {of[name] for name in gone for of in (crowd.idea_of, crowd.comment_of)}


# ------------------------------------------------------------------------------------------------------------- one's own
@pytest.mark.parametrize("person", ALL)
async def test_reasons_are_for_authors_and_moderators(crowd: Crowd, person: str) -> None:
    query = "query($id: ID!) { idea(id: $id) { statusReason } }"
    merged = (await crowd.ask(person, query, id=crowd.idea_of["merged"]))["idea"]
    may_know = person == "ann" or MEMBER_OF[person][0] in (Role.MODERATOR, Role.ORGANIZER)
    assert merged == {"statusReason": REASON if may_know else None}


async def test_an_author_finds_what_was_hidden_of_theirs_among_their_own(crowd: Crowd) -> None:
    query = "query($jam: ID!) { viewer { ideas(jamId: $jam) { id status } } }"
    mine = (await crowd.ask("fred", query))["viewer"]["ideas"]
    assert {idea["id"]: idea["status"] for idea in mine if idea["status"] != "VISIBLE"} == {
        crowd.idea_of["hidden"]: "HIDDEN", crowd.idea_of["removed"]: "REMOVED",
    }  # fmt: skip


@pytest.mark.parametrize("person", ALL)
async def test_circles_and_their_ideas_are_found_by_way_of_ones_own_membership(crowd: Crowd, person: str) -> None:
    query = """query($jam: ID!, $t: ID!) { jam(id: $jam) { viewerCircles { id memberCount }
        viewerMembership { jam { ideas(topicId: $t, first: 100) { totalCount edges { node { id audience { kind circleId } } } } } } } }"""
    jam = (await crowd.ask(person, query, t=crowd.topic))["jam"]
    board = jam["viewerMembership"]["jam"]["ideas"]
    closed = [edge["node"] for edge in board["edges"] if edge["node"]["audience"]["kind"] == "CIRCLE"]
    assert board["totalCount"] == len(board["edges"])
    if person in CIRCLE:
        assert jam["viewerCircles"] == [{"id": crowd.few, "memberCount": 3}]
        assert closed == [{"id": crowd.idea_of["circle"], "audience": {"kind": "CIRCLE", "circleId": crowd.few}}]
    else:
        assert (jam["viewerCircles"], closed) == ([], [])


async def test_what_somebody_says_in_a_circle_counts_for_no_organizer(api: Api) -> None:
    idea = api.post("ann", "In the circle", Audience(circle=api.circle("ann", "fay")))
    api.comment(idea, "fay")
    api.comment(api.post("ann", "For all"), "fay")
    members = '{ jam(id: "j1") { members(query: "fay") { edges { node { commentCount } } } } }'
    told = await api.ask("org", members)
    assert told["jam"]["members"]["edges"] == [{"node": {"commentCount": 1}}]
