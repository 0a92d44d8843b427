"""What a jam shows before it opens, and to whom."""

from typing import Any

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.phases import Phase
from tests.jam.world import PEOPLE, T0, World
from tests.schema.world import Api

pytestmark = pytest.mark.anyio

JAM = """query($jam: ID!) { jam(id: $jam) { id phase nextPhase phaseEndsAt viewerCanPost viewerCanModerate viewerCanOrganize
    viewerCanReadBriefing viewerCanExport counts { ideas members themes } ideas { totalCount edges { node { id } } }
    themes { id } themeRun { id } topics { viewerCanPost ideaCount } moderationLog { act } } }"""
REST = """query($jam: ID!, $id: ID!) { idea(id: $id) { id } node(id: $id) { id } theme(id: "h1") { id }
    themeMap(jamId: $jam) { points { ideaId } themes { id } runId } similarIdeas(jamId: $jam, text: "x") { score }
    search(jamId: $jam, text: "idea") { ideas { id } } viewer { ideas(jamId: $jam) { id } supportedIdeaIds(jamId: $jam) } }"""


def imported(phase: Phase) -> tuple[Api, str]:
    """A jam that already has an idea and a theme when its doors are still closed: taken over from elsewhere."""
    api = Api(Phase.IDEATION)
    idea = api.post("ann")
    api.support(idea, "ann")
    api.themed(idea)
    api.do(c.MarkIdea, "mod", idea=idea, mark="PINNED", on=True, reason="Because")
    if phase is Phase.DRAFT:
        api.state.published = False
    api.go(phase)
    return api, idea


@pytest.mark.parametrize("person", [*PEOPLE, "stranger", None])
async def test_a_draft_is_there_for_its_organizers_only(person: str | None) -> None:
    api, idea = imported(Phase.DRAFT)
    assert await api.ask(person, "query($jam: ID!, $id: ID!) { jam(id: $jam) { id } bySlug: jam(slug: \"jam\") { id } jams { id } idea(id: $id) { id } }", id=idea) == {"jam": None, "bySlug": None, "jams": [], "idea": None}  # fmt: skip
    assert await api.code(person, "query($jam: ID!) { themeMap(jamId: $jam) { runId } }") == "NotFound"
    assert await api.code(person, 'query($jam: ID!) { search(jamId: $jam, text: "x") { ideas { id } } }') == "NotFound"
    mine = "query($jam: ID!) { viewer { memberships { role } notifications(jamId: $jam) { id } ideas(jamId: $jam) { id } drafts(jamId: $jam) { key } } }"
    expected = None if person is None else {"memberships": [], "notifications": [], "ideas": [], "drafts": []}
    assert await api.ask(person, mine) == {"viewer": expected}


async def test_an_organizer_works_in_the_draft() -> None:
    api, idea = imported(Phase.DRAFT)
    jam = (await api.ask("org", JAM))["jam"]
    assert (jam["phase"], jam["viewerCanOrganize"], jam["ideas"]["totalCount"]) == ("DRAFT", True, 1)
    assert (jam["nextPhase"], jam["phaseEndsAt"]) == (None, None)
    assert (await api.ask("org", "query($id: ID!) { idea(id: $id) { id } }", id=idea))["idea"] == {"id": idea}


@pytest.mark.parametrize("person", PEOPLE)
async def test_the_lobby_shows_the_jam_but_no_ideas(person: str) -> None:
    api, idea = imported(Phase.LOBBY)
    jam = (await api.ask(person, JAM))["jam"]
    assert (jam["phase"], jam["nextPhase"], jam["phaseEndsAt"]) == ("LOBBY", "IDEATION", T0 + 2 * 3_600_000)
    assert jam["counts"] == {"ideas": 0, "members": 11, "themes": 0}
    assert jam["ideas"] == {"totalCount": 0, "edges": []}
    assert (jam["themes"], jam["themeRun"], jam["moderationLog"]) == ([], None, [])
    assert {topic["ideaCount"] for topic in jam["topics"]} == {0}
    assert not any(topic["viewerCanPost"] for topic in jam["topics"])
    assert await api.ask(person, REST, id=idea) == {
        "idea": None, "node": None, "theme": None, "themeMap": {"points": [], "themes": [], "runId": None},
        "similarIdeas": [], "search": {"ideas": []}, "viewer": {"ideas": [], "supportedIdeaIds": []},
    }  # fmt: skip
    told = await api.hear(api.context(person), "jamChanges { ideas { id } themes { id } removedIds jam { id } }", 0)
    assert told == {"ideas": [], "themes": [], "removedIds": [], "jam": {"id": "j1"}}


async def test_the_doors_open_by_themselves() -> None:
    api, idea = imported(Phase.LOBBY)
    api.go(Phase.IDEATION)
    jam = (await api.ask("ben", JAM))["jam"]
    assert (jam["phase"], jam["nextPhase"], jam["viewerCanPost"]) == ("IDEATION", "REFINEMENT", True)
    assert jam["ideas"] == {"totalCount": 1, "edges": [{"node": {"id": idea}}]}


CAN = ("viewerCanPost", "viewerCanModerate", "viewerCanOrganize", "viewerCanReadBriefing", "viewerCanExport")
EXPECTED = {
    Role.PARTICIPANT: (True, False, False, False, False),
    Role.MODERATOR: (True, True, False, True, True),
    Role.REVIEWER: (True, False, False, True, True),
    Role.SPONSOR: (True, False, False, True, True),
    Role.ORGANIZER: (True, True, True, True, True),
}


@pytest.mark.parametrize("person", ["ann", "mod", "rev", "spo", "org"])
async def test_what_a_role_may_do(api: Api, person: str) -> None:
    jam = (await api.ask(person, JAM))["jam"]
    assert tuple(jam[name] for name in CAN) == EXPECTED[api.member(person).role]


@pytest.mark.parametrize("phase", [Phase.IDEATION, Phase.REFINEMENT, Phase.REVIEW, Phase.CLOSED])
async def test_what_one_may_do_with_an_idea_by_phase(phase: Phase) -> None:
    api, idea = imported(Phase.IDEATION)
    comment = api.comment(idea, "ben")
    locked = api.post("ann", "locked")
    api.do(c.MarkIdea, "mod", idea=locked, mark="LOCKED", on=True, reason="Because")
    api.go(phase)
    text = "query($i: ID!, $c: ID!) { idea(id: $i) { viewerCanSupport viewerCanComment viewerCanBuildOn viewerCanEdit viewerCanModerate } comment(id: $c) { viewerCanEdit viewerCanModerate viewerHasLiked } }"
    working = phase in (Phase.IDEATION, Phase.REFINEMENT)
    found = await api.ask("ann", text, i=idea, c=comment)
    assert found["idea"] == {
        "viewerCanSupport": working, "viewerCanComment": working, "viewerCanBuildOn": phase is Phase.IDEATION,
        "viewerCanEdit": working, "viewerCanModerate": False,
    }  # fmt: skip
    assert found["comment"] == {"viewerCanEdit": False, "viewerCanModerate": False, "viewerHasLiked": False}
    assert (await api.ask("ben", text, i=idea, c=comment))["comment"]["viewerCanEdit"] is working
    assert (await api.ask("mod", text, i=idea, c=comment))["comment"]["viewerCanModerate"] is True
    assert set((await api.ask("ann", text, i=locked, c=comment))["idea"].values()) == {False}


async def test_which_jam_is_asked_for_must_be_said_one_way(api: Api) -> None:
    assert await api.code("ann", "{ jam { id } }") == "InvalidInput"
    assert await api.code("ann", '{ jam(id: "j1", slug: "jam") { id } }') == "InvalidInput"
    assert await api.ask("ann", '{ jam(slug: "jam") { id hereCount serverTime } other: jam(id: "j9") { id } }') == {
        "jam": {"id": "j1", "hereCount": 3, "serverTime": api.now}, "other": None,
    }  # fmt: skip


async def test_texts_come_in_the_language_asked_for_or_the_main_one() -> None:
    api = Api()
    api.do(c.DescribeJam, "org", titles={"en": "Jam", "he": "ג׳אם"}, descriptions={"en": "About"}, rules={"en": "Be kind"})
    api.do(c.Announce, "mod", texts={"en": "Hello", "he": "שלום"})
    text = """query($jam: ID!, $l: String) { jam(id: $jam) { title(language: $l) question(language: $l) description(language: $l)
        descriptionHtml(language: $l) rules(language: $l) rulesHtml(language: $l) languages mainLanguage slug
        announcements { text(language: $l) madeAt } topics { title(language: $l) description descriptionHtml position isLocked } } }"""
    he = (await api.ask("ann", text, l="he"))["jam"]
    assert (he["title"], he["question"], he["description"]) == ("ג׳אם", "What next?", "About")
    assert (he["descriptionHtml"], he["rules"], he["rulesHtml"]) == ("<p>About</p>", "Be kind", "<p>Be kind</p>")
    assert (he["languages"], he["mainLanguage"], he["slug"]) == (["en", "he"], "en", "jam")
    assert he["announcements"] == [{"text": "שלום", "madeAt": api.now}]
    assert he["topics"][0]["title"] == "Everything"
    assert (await api.ask("ann", text))["jam"]["title"] == (await api.ask("ann", text, l="xx"))["jam"]["title"] == "Jam"


async def test_an_invitation_shows_what_it_leads_to() -> None:
    api = Api(Phase.LOBBY)
    fields: dict[str, Any] = {
        "relation": Relation.FAMILY,
        "role": Role.PARTICIPANT,
        "max_uses": 1,
        "expires_at": api.now + 1000,
    }
    made = api.make(ids.INVITATION, c.CreateInvitation, "org", token_hash="hash of t", **fields)
    text = '{ invitationPreview(token: "t") { jamTitle jamQuestion invitedBy relation expiresAt isUsable jamSlug } none: invitationPreview(token: "u") { isUsable } }'
    preview = {"jamTitle": "Jam", "jamQuestion": "What next?", "invitedBy": "Org", "relation": "FAMILY", "expiresAt": api.now + 1000, "isUsable": True, "jamSlug": "jam"}  # fmt: skip
    assert await api.ask(None, text) == {"invitationPreview": preview, "none": None}
    api.do(c.RevokeInvitation, "org", invitation=made)
    assert await api.ask(None, text) == {"invitationPreview": None, "none": None}, "like one that never was"


async def test_nobody_learns_from_a_world_that_is_not_theirs() -> None:
    """A second jam beside the first: its ids, its people and its ideas stay its own."""
    api, other = Api(), World()
    other.state.id, other.state.slug = "j2", "other"
    theirs = other.run(other.command(c.PostIdea, "ann", id="in-the-other", topic=other.topic, title="Other idea", body=""))[0].idea  # type: ignore[attr-defined]  # fmt: skip
    api.states.append(other.state)
    api.do(c.AddMember, "org", person="only1", role=Role.PARTICIPANT, relation=Relation.EMPLOYEE)
    text = '{ jams { id } idea(id: "%s") { id jamId } viewer { ideas(jamId: "j2") { id } } }' % theirs  # noqa: UP031
    assert await api.ask("only1", text) == {"jams": [{"id": "j1"}], "idea": None, "viewer": {"ideas": []}}
    both = await api.ask("ann", text)
    assert {jam["id"] for jam in both["jams"]} == {"j1", "j2"}
    assert both["idea"] == {"id": theirs, "jamId": "j2"}
    assert both["viewer"] == {"ideas": [{"id": theirs}]}
