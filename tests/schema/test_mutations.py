"""Every command through the API: what it answers, and every way in which it is refused with nothing changed."""

from dataclasses import replace
from typing import Any

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.phases import Phase
from server.jam.rejections import Unavailable
from server.jam.visibility import Audience
from tests.jam.world import HOUR, T0
from tests.schema.mutation_cases import CASES, PLAN, Case, Scene
from tests.schema.world import CORE

pytestmark = pytest.mark.anyio

ELSEWHERE = {
    "makeMinorLink", "createJam", "mergeThemes", "updateViewer", "markSeen", "saveDraft", "markNotificationsRead",
    "markSinceRead", "reportLatency", "endSession", "endOtherSessions", "confirmOpening", "renamePasskey", "removePasskey",
    "revokeToken",
    "addPushDevice",
    "choosePush",
    "endPushDevice",
    "setMailMode",
    "createWebhook",
    "pauseWebhook",
    "sendWebhookAgain",
    "endWebhook",
}  # fmt: skip
"""In `test_anonymity`, `test_mutations_apart`, `test_since`, `test_latency` and, as they need a vault, in `tests/web/test_account.py` and `test_webhooks.py`."""

BY_MODERATORS = [case for case in CASES if case.person in ("mod", "org")]
ABOUT_IDEAS = [
    case
    for case in CASES
    if (case.target in ("ideaId", "targetId") and case.mutation[-7:] != "Comment") or case.mutation == "postComment"
]
PHASED = [case for case in CASES if case.phases]
each = pytest.mark.parametrize("case", CASES, ids=str)


async def refused(scene: Scene, case: Case, person: str | None, kind: str, **changed: Any) -> Any:
    """The refusal, which is of this type and changed nothing."""
    before = scene.facts()
    answer = await scene.act(person, case.mutation, **case.given(scene) | changed)
    assert answer["__typename"] == answer["code"] == kind, answer
    assert answer["message"]
    assert scene.facts() == before
    return answer


def test_every_mutation_is_tested() -> None:
    mutations = CORE.mutation_type
    assert mutations is not None
    assert {case.mutation for case in CASES} | ELSEWHERE == set(mutations.fields)


@each
async def test_it_answers_with_the_thing_as_it_is_then(scene: Scene, case: Case) -> None:
    answer = await scene.act(case.person, case.mutation, case.answer, **case.given(scene))
    assert {key: value for key, value in answer.items() if key != "__typename"} == case.expected(scene), answer
    assert scene.asked_for == [(case.person, case.mutation)]


@each
async def test_the_same_command_twice_happens_once(scene: Scene, case: Case) -> None:
    given = case.given(scene) | {"commandId": "the-same-one"}
    has_seq = not case.mutation.startswith("regroup")
    answer = f"{case.answer} {case.answer.split('{')[0]} {{ seq }}" if has_seq else case.answer
    first = await scene.act(case.person, case.mutation, answer, **given)
    if has_seq:
        assert first.pop("seq") == scene.state.seq
    before = scene.facts()
    second = await scene.act(case.person, case.mutation, answer, **given)
    assert scene.facts() == before
    if has_seq:
        assert second.pop("seq") == scene.state.seq
    if case.mutation in ("createInvitation", "inviteByLink"):
        assert second["invitation"].pop("url") is None
        first["invitation"].pop("url")
    assert second == first


@each
async def test_nobody_is_nobody(scene: Scene, case: Case) -> None:
    await refused(scene, case, None, "SignInRequired")
    assert scene.asked_for == []


@each
async def test_too_often_is_too_often(scene: Scene, case: Case) -> None:
    scene.too_often.add(case.mutation)
    assert (await refused(scene, case, case.person, "TooMany"))["retryAfterSeconds"] == 3.5


@each
@pytest.mark.parametrize("id", ["", "short", "a" * 65, "with space", "ünicode-id", "12345678\n"])
async def test_a_command_id_must_be_usable(scene: Scene, case: Case, id: str) -> None:
    assert (await refused(scene, case, case.person, "InvalidInput", commandId=id))["field"] == "commandId"


@pytest.mark.parametrize("case", [case for case in CASES if case.mutation != "regroupThemes"], ids=str)
async def test_when_the_store_is_away_nothing_is_acknowledged(scene: Scene, case: Case) -> None:
    async def away(jam_id: str, command: c.Command) -> int:
        raise Unavailable("The store can't be reached.", 2.5)

    scene.services = replace(scene.services, submit=away)
    assert (await refused(scene, case, case.person, "Unavailable"))["retryAfterSeconds"] == 2.5


@each
async def test_what_is_not_there_and_what_is_not_for_one_are_refused_alike(scene: Scene, case: Case) -> None:
    """A stranger, a member who may not see the thing, and a thing that does not exist: the same words but for the id."""
    target = case.target or ""
    missing = await refused(scene, case, case.person, "NotFound", **{target: "missing"})
    if case.mutation != "acceptInvitation":
        there = str(case.given(scene)[target])
        unseen = await refused(scene, case, "stranger", "NotFound")
        assert unseen["message"] == missing["message"].replace("missing", there)
        assert unseen["id"] == there


@pytest.mark.parametrize("case", ABOUT_IDEAS, ids=str)
async def test_a_closed_circles_idea_is_not_there_even_for_organizers(scene: Scene, case: Case) -> None:
    for person in ("cat", "mod", "org"):
        unseen = await refused(scene, case, person, "NotFound", **{case.target or "": scene.secret})
        missing = await refused(scene, case, person, "NotFound", **{case.target or "": "i" * 14})
        assert unseen["message"].replace(scene.secret, "i" * 14) == missing["message"]


@pytest.mark.parametrize("field", ["intoId", "parentIds", "parentId", "topicId", "themeId"])
async def test_other_ids_that_a_command_names_are_not_there_either(scene: Scene, field: str) -> None:
    secret_remark = scene.comment(scene.secret, "ann")
    secret_topic = scene.make(
        ids.TOPIC, c.AddTopic, "org", titles={"en": "Few"}, descriptions={}, audience=Audience(circle=scene.few)
    )
    named = {
        "intoId": ("mergeIdeas", "mod", scene.secret), "parentIds": ("postIdea", "cat", [scene.secret]),
        "parentId": ("postComment", "cat", secret_remark), "topicId": ("moveIdea", "mod", secret_topic),
        "themeId": ("pinToTheme", "mod", "h9"),
    }  # fmt: skip
    mutation, person, value = named[field]
    case = next(case for case in CASES if case.mutation == mutation)
    unseen = await refused(scene, case, person, "NotFound", **{field: value})
    gone = ["missing"] if isinstance(value, list) else "missing"
    missing = await refused(scene, case, person, "NotFound", **{field: gone})
    there = value[0] if isinstance(value, list) else value
    assert unseen["message"].replace(there, "missing") == missing["message"]


@pytest.mark.parametrize("case", BY_MODERATORS, ids=str)
async def test_participants_may_not_do_what_moderators_do(scene: Scene, case: Case) -> None:
    kind = (
        "NotFound"
        if case.target in ("reportId", "invitationId", "proposalId") or case.mutation in ("restoreIdea", "restoreComment")
        else "NotAllowed"
    )
    answer = await refused(scene, case, "cat", kind)
    assert kind == "NotFound" or answer["action"] in (
        "MODERATE", "ORGANIZE", "ANNOUNCE", "STEER_PHASES", "EDIT_THEMES", "RESTRICT", "MANAGE_BRANCHES",
    )  # fmt: skip


@pytest.mark.parametrize("case", PHASED, ids=str)
async def test_a_phase_that_is_over_is_over(scene: Scene, case: Case) -> None:
    scene.go(Phase.REVIEW)
    answer = await refused(scene, case, case.person, "PhaseClosed")
    closed = T0 + (3 if case.mutation in ("postIdea", "postAnonymousIdea") else 4) * HOUR
    assert (answer["phase"], answer["closedAt"], answer["opensAt"]) == ("REVIEW", closed, None)


async def test_a_phase_that_has_not_come_says_when_it_does(scene: Scene) -> None:
    scene.go(Phase.LOBBY)
    answer = await refused(scene, CASES[0], "ben", "PhaseClosed")
    assert (answer["action"], answer["phase"], answer["closedAt"], answer["opensAt"]) == (
        "BUILD_ON",
        "LOBBY",
        None,
        T0 + 2 * HOUR,
    )


@pytest.mark.parametrize("mutation", ["postComment", "supportIdea", "editIdea"])
async def test_what_is_locked_stays_as_it_is(scene: Scene, mutation: str) -> None:
    scene.do(c.MarkIdea, "mod", idea=scene.one, mark="LOCKED", on=True, reason="Because")
    case = next(case for case in CASES if case.mutation == mutation)
    assert (await refused(scene, case, case.person, "Locked"))["id"] == scene.one


@pytest.mark.parametrize(
    ("mutation", "changed", "kind"),
    [
        ("editIdea", {"baseVersion": 7}, "Conflict"),
        ("postIdea", {"title": ""}, "InvalidInput"),
        ("postIdea", {"language": "English"}, "InvalidInput"),
        ("postIdea", {"audience": {"kind": "CIRCLE"}}, "InvalidInput"),
        ("postIdea", {"audience": {"kind": "RELATIONS"}}, "InvalidInput"),
        ("postIdea", {"audience": {"kind": "RELATIONS", "relations": ["FAMILY"]}}, "InvalidInput"),
        ("hideIdea", {"reason": ""}, "InvalidInput"),
        ("extendPhase", {"phase": "LOBBY"}, "Conflict"),
        ("extendPhase", {"until": T0}, "InvalidInput"),
        ("scheduleJam", {"schedule": PLAN | {"lobbyAt": T0}}, "Conflict"),
        ("describeJam", {"titles": []}, "InvalidInput"),
        ("addTopic", {"audience": {"kind": "CIRCLE", "circleId": "o-none"}}, "NotFound"),
        ("createInvitation", {"maxUses": 0}, "InvalidInput"),
        ("createInvitation", {"expiresAt": T0}, "InvalidInput"),
        ("changeRole", {"personId": "nobody"}, "NotFound"),
        ("changeRole", {"personId": "org", "role": "MODERATOR"}, "Conflict"),
        ("createCircle", {"memberIds": ["nobody"]}, "NotFound"),
        ("splitTheme", {"ideaIds": []}, "InvalidInput"),
        ("fileReport", {"reason": "APPEAL"}, "Conflict"),
    ],
)
async def test_what_contradicts_itself_or_the_jam(scene: Scene, mutation: str, changed: dict[str, Any], kind: str) -> None:
    case = next(case for case in CASES if case.mutation == mutation)
    await refused(scene, case, case.person, kind, **changed)
