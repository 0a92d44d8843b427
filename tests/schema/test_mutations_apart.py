"""Commands that answer in a way of their own, or depend on more than one other."""

from dataclasses import replace
from typing import Any

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.phases import Phase
from tests.jam.world import HOUR
from tests.schema.mutation_cases import CASES, PLAN, REASON, THEME, Scene, text
from tests.schema.world import CORE, Api

pytestmark = pytest.mark.anyio

NEW_JAM = {
    "slug": "new-jam", "titles": text("New"), "questions": text("What?"), "languages": ["en"], "mainLanguage": "en", "schedule": PLAN,
}  # fmt: skip


async def test_a_jam_is_made_by_those_who_may(scene: Scene) -> None:
    answer = "... on JamSuccess { seq jam { id slug phase title viewerCanOrganize } }"
    first = await scene.act("org", "createJam", answer, commandId="create-it", **NEW_JAM)
    assert first["jam"] == {
        "id": scene.states[1].id,
        "slug": "new-jam",
        "phase": "DRAFT",
        "title": "New",
        "viewerCanOrganize": True,
    }
    assert first["jam"]["id"] == ids.derive_id("j", "org", "create-it")
    assert await scene.act("org", "createJam", answer, commandId="create-it", **NEW_JAM) == first
    before = scene.facts()
    assert (await scene.act("ann", "createJam", **NEW_JAM))["__typename"] == "NotAllowed"
    assert (await scene.act(None, "createJam", **NEW_JAM))["__typename"] == "SignInRequired"
    assert (await scene.act("org", "createJam", **NEW_JAM))["__typename"] == "Conflict"
    for wrong in ({"slug": "No Slug"}, {"mainLanguage": "fr"}, {"schedule": PLAN | {"closesAt": 0}}, {"titles": []}):
        assert (await scene.act("org", "createJam", **NEW_JAM | {"slug": "third"} | wrong))["__typename"] == "InvalidInput"
    assert scene.facts() == before


async def test_themes_merge(scene: Scene) -> None:
    split = scene.make(ids.THEME, c.SplitTheme, "mod", theme="h1", ideas=(scene.two,), name="Apart")
    given = {"themeId": split, "intoId": "h1", "commandId": "merge-them"}
    merged = {"__typename": "ThemeSuccess", "theme": {"name": "Name of h1", "ideaCount": 2}, "themes": [{"name": "Name of h1"}]}
    assert await scene.act("mod", "mergeThemes", THEME, **given) == merged
    assert await scene.act("mod", "mergeThemes", THEME, **given | {"commandId": "merge-again"}) == merged
    before = scene.facts()
    assert (await scene.act("mod", "mergeThemes", themeId="h1", intoId="h1"))["__typename"] == "Conflict"
    assert (await scene.act("cat", "mergeThemes", themeId="h1", intoId="h1"))["__typename"] == "NotAllowed"
    assert (await scene.act("mod", "mergeThemes", themeId="h1", intoId="h9"))["__typename"] == "NotFound"
    assert scene.facts() == before


async def test_a_report_filed_again_is_the_same_report(scene: Scene) -> None:
    answer = "... on ReportSuccess { reportId report { id } }"
    again = await scene.act("cat", "fileReport", answer, targetId=scene.one, reason="ABUSE")
    assert (again["reportId"], again["report"]) == (scene.report_id, None)
    mine = await scene.act("mod", "fileReport", answer, targetId=scene.remark_id, reason="ABUSE", note="Look")
    assert mine["report"] == {"id": mine["reportId"]}
    appeal = await scene.act("ann", "fileReport", answer, targetId=scene.away, reason="APPEAL", note="Please look again")
    assert scene.state.reports[appeal["reportId"]].reason == "APPEAL"


async def test_a_vote_on_what_was_merged_goes_where_it_went(scene: Scene) -> None:
    answer = "... on IdeaSuccess { idea { id viewerHasSupported supportCount mergedInto { supportCount viewerHasSupported } } }"
    found = (await scene.act("fay", "supportIdea", answer, ideaId=scene.old))["idea"]
    assert found == {
        "id": scene.old,
        "viewerHasSupported": True,
        "supportCount": 0,
        "mergedInto": {"supportCount": 2, "viewerHasSupported": True},
    }


async def test_an_invitation_made_by_a_race_is_told_without_its_link(scene: Scene) -> None:
    """Two requests with the same command id: the second finds that its own secret was not taken."""
    submit, raced = scene.services.submit, []

    async def twice(jam_id: str, command: c.Command) -> int:
        if not raced:
            raced.append(await submit(jam_id, replace(command, token_hash="hash of the other request")))  # type: ignore[call-arg]
        return await submit(jam_id, command)

    scene.services = replace(scene.services, submit=twice)
    answer = "... on InvitationSuccess { invitation { url maxUses } }"
    given = {"jamId": "j1", "relation": "FAMILY", "expiresAt": scene.now + HOUR, "maxUses": 3}
    assert (await scene.act("org", "createInvitation", answer, **given))["invitation"] == {"url": None, "maxUses": 3}
    assert "hash of token-1" not in scene.state.invitations


async def test_who_accepts_twice_stays_what_they_are(scene: Scene) -> None:
    answer = "... on MembershipSuccess { membership { role relation } }"
    assert (await scene.act("mod", "acceptInvitation", answer, token="kept"))["membership"] == {
        "role": "MODERATOR",
        "relation": "FAMILY",
    }
    scene.do(c.RevokeInvitation, "org", invitation=scene.link)
    before = scene.facts()
    assert (await scene.act("newcomer", "acceptInvitation", token="kept"))["__typename"] == "NotFound"
    assert (await scene.act("newcomer", "acceptInvitation", token="other"))["__typename"] == "NotFound"
    assert scene.facts() == before


async def test_who_joins_a_draft_sees_its_name_and_nothing_in_it() -> None:
    api = Api(Phase.DRAFT)
    fields: dict[str, Any] = {
        "relation": Relation.FRIEND,
        "role": Role.PARTICIPANT,
        "max_uses": 5,
        "expires_at": api.now + HOUR,
    }
    api.do(c.CreateInvitation, "org", token_hash="hash of t", **fields)
    answer = "... on MembershipSuccess { membership { role jam { title topics { id } counts { members } announcements { id } viewerCanPost } } }"
    joined = await api.act("newcomer", "acceptInvitation", answer, token="t")
    assert joined["membership"] == {
        "role": "PARTICIPANT", "jam": {"title": "Jam", "topics": [], "counts": {"members": 0}, "announcements": [], "viewerCanPost": False},
    }  # fmt: skip


async def test_regrouping_is_asked_for_by_those_who_edit_themes(scene: Scene) -> None:
    assert (await scene.act("cat", "regroupThemes", jamId="j1"))["__typename"] == "NotAllowed"
    assert scene.finder.regrouped == []
    await scene.act("mod", "regroupThemes", jamId="j1")
    assert scene.finder.regrouped == ["j1"]


# ------------------------------------------------------------------------------------------------------------- one's own
async def own(scene: Scene, person: str | None, mutation: str, **given: Any) -> Any:
    kind = CORE.mutation_type.fields[mutation].args["input"].type  # type: ignore[union-attr]
    return await scene.answer(scene.context(person), f"mutation A($input: {kind}) {{ {mutation}(input: $input) }}", input=given)


async def test_seeing_counts_for_what_one_may_see(scene: Scene) -> None:
    seen = [scene.one, scene.one, scene.secret, scene.away, "missing", scene.two]
    result = await own(scene, "cat", "markSeen", jamId="j1", ideaIds=seen)
    assert (result.errors, result.data) == (None, {"markSeen": True})
    assert scene.views_counted == [("j1", "cat", (scene.one, scene.two))]


@pytest.mark.parametrize(
    ("person", "mutation", "given", "code"),
    [
        (None, "markSeen", {"jamId": "j1", "ideaIds": []}, "SignInRequired"),
        ("cat", "markSeen", {"jamId": "j1", "ideaIds": ["i"] * 101}, "InvalidInput"),
        ("stranger", "markSeen", {"jamId": "j1", "ideaIds": []}, "NotFound"),
        ("stranger", "saveDraft", {"jamId": "j1", "key": "idea", "body": ""}, "NotFound"),
        (None, "saveDraft", {"jamId": "j1", "key": "idea", "body": ""}, "SignInRequired"),
        ("cat", "saveDraft", {"jamId": "j1", "key": "", "body": ""}, "InvalidInput"),
        ("cat", "saveDraft", {"jamId": "j1", "key": "idea", "body": "א" * 32_769}, "InvalidInput"),
        ("cat", "saveDraft", {"jamId": "j1", "key": "idea", "body": "\ud800"}, "InvalidInput"),
    ],
)
async def test_small_commands_are_refused_by_a_code(
    scene: Scene, person: str | None, mutation: str, given: dict[str, Any], code: str
) -> None:
    scene.do(c.SetAnonymousPosting, "org", on=False)
    before = scene.facts()
    result = await own(scene, person, mutation, **given)
    assert [(error.extensions or {})["code"] for error in result.errors or ()] == [code]
    assert scene.facts() == before


async def test_drafts_are_kept_for_their_writer(scene: Scene) -> None:
    scene.do(c.SetAnonymousPosting, "org", on=False)
    body = "א" * 32_768
    assert (await own(scene, "cat", "saveDraft", jamId="j1", key="idea", body=body)).data == {"saveDraft": True}
    text = "query($jam: ID!) { viewer { drafts(jamId: $jam) { key body updatedAt } } }"
    assert (await scene.ask("cat", text))["viewer"]["drafts"] == [{"key": "idea", "body": body, "updatedAt": 1}]
    assert (await scene.ask("ann", text))["viewer"]["drafts"] == []


async def test_a_profile_changes_by_what_was_sent(scene: Scene) -> None:
    answer = "... on ViewerSuccess { viewer { name language country } }"
    found = await scene.act("ann", "updateViewer", answer, name=" Ann Other ")
    assert found["viewer"] == {"name": "Ann Other", "language": "en", "country": "IL"}
    found = await scene.act("ann", "updateViewer", answer, language="he", country="")
    assert found["viewer"] == {"name": "Ann Other", "language": "he", "country": None}
    before = scene.facts()
    for wrong in ({"name": ""}, {"language": "Hebrew"}, {"country": "Israel"}, {"country": "il"}):
        refusal = await scene.act("ann", "updateViewer", **wrong)
        assert (refusal["__typename"], refusal["field"]) == ("InvalidInput", next(iter(wrong)))
    assert (await scene.act(None, "updateViewer"))["__typename"] == "SignInRequired"
    assert scene.facts() == before


async def test_notifications_are_read(scene: Scene) -> None:
    text = "query($jam: ID!) { viewer { unreadCount(jamId: $jam) notifications(jamId: $jam) { id kind isRead reason comment { id } } } }"
    viewer = (await scene.ask("ann", text))["viewer"]
    kinds = [(one["kind"], one["isRead"], one["reason"]) for one in viewer["notifications"]]
    assert viewer["unreadCount"] == len(kinds) == len({one["id"] for one in viewer["notifications"]})
    assert ("MERGED", False, REASON) in kinds
    read = await scene.answer(scene.context("ann"), 'mutation { markNotificationsRead(jamId: "j1") }')
    assert read.data == {"markNotificationsRead": True}
    viewer = (await scene.ask("ann", text))["viewer"]
    assert viewer["unreadCount"] == 0
    assert {one["isRead"] for one in viewer["notifications"]} == {True}
    scene.comment(scene.one, "ben")
    drawn = (await scene.ask("ann", "query($jam: ID!) { viewer { notifications(jamId: $jam) { seq } } }"))["viewer"]
    scene.comment(scene.one, "ben")
    up_to = f'mutation {{ markNotificationsRead(jamId: "j1", upToSeq: {drawn["notifications"][0]["seq"]}) }}'
    assert (await scene.answer(scene.context("ann"), up_to)).data == {"markNotificationsRead": True}
    assert (await scene.ask("ann", text))["viewer"]["unreadCount"] == 1
    before = scene.facts()
    for person, code in (("stranger", "NotFound"), (None, "SignInRequired")):
        result = await scene.answer(scene.context(person), 'mutation { markNotificationsRead(jamId: "j1") }')
        assert [(error.extensions or {})["code"] for error in result.errors or ()] == [code]
    assert scene.facts() == before


async def test_likes_of_ones_own(scene: Scene) -> None:
    text = 'query($id: ID!) { viewer { likedCommentIds(ideaId: $id) supportedIdeaIds(jamId: "j1") } }'
    assert (await scene.ask("cat", text, id=scene.one))["viewer"] == {
        "likedCommentIds": [scene.remark_id],
        "supportedIdeaIds": [scene.two],
    }
    assert (await scene.ask("ben", text, id=scene.one))["viewer"] == {"likedCommentIds": [], "supportedIdeaIds": []}
    assert (await scene.ask("cat", text, id=scene.secret))["viewer"]["likedCommentIds"] == []


@pytest.mark.parametrize("mutation", ["postIdea", "postComment", "editIdea", "editComment"])
async def test_a_post_asks_for_the_newest_terms_and_may_be_sent_again(scene: Scene, mutation: str) -> None:
    case = next(case for case in CASES if case.mutation == mutation)
    scene.do(c.PublishTerms, "org", follows=1, texts={"en": "Be kinder"}, note={"en": "Kinder"})
    before, given = scene.facts(), {"commandId": "one-and-the-same", **case.given(scene)}
    answer = await scene.act(case.person, mutation, **given)
    assert (answer["__typename"], answer["version"], answer["jamId"]) == ("TermsNotAccepted", 2, "j1")
    assert scene.facts() == before
    accepted = await scene.act(case.person, "acceptTerms", jamId="j1", version=2, language="en")
    assert accepted["__typename"] == "AcceptanceSuccess"
    assert (await scene.act(case.person, mutation, case.answer, **given))["__typename"].endswith("Success")


async def test_who_accepted_is_told_to_them_and_how_many_did_to_organizers(scene: Scene) -> None:
    document = "query($jam: ID!) { jam(id: $jam) { terms { version acceptedCount } termsVersions { version } viewerAcceptances { version language } } }"
    told = (await scene.ask("fred", document))["jam"]
    assert told == {"terms": {"version": 1, "acceptedCount": None}, "termsVersions": [{"version": 1}], "viewerAcceptances": []}
    told = (await scene.ask("org", document))["jam"]
    assert told["terms"]["acceptedCount"] == 10
    assert told["viewerAcceptances"] == [{"version": 1, "language": "en"}]
