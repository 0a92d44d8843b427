"""Every command through the API: what it answers, and every way in which it is refused with nothing changed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.phases import Phase
from server.jam.rejections import Unavailable
from server.jam.visibility import Audience
from tests.jam.world import HOUR, T0
from tests.schema.world import CORE, Api, split_of

pytestmark = pytest.mark.anyio

REASON = "For a reason"
PLAN = {
    "lobbyAt": T0 + HOUR,
    "ideationAt": T0 + 2 * HOUR,
    "refinementAt": T0 + 3 * HOUR,
    "reviewAt": T0 + 5 * HOUR,
    "closesAt": T0 + 6 * HOUR,
}


def text(value: str) -> list[dict[str, str]]:
    return [{"language": "en", "text": value}]


class Scene(Api):
    """A jam with one of each thing that commands are about."""

    def __init__(self) -> None:
        super().__init__()
        self.one = self.post("ann", "One")
        self.two = self.post("ben", "Two")
        self.old = self.post("ann", "Old")
        self.away = self.post("ann", "Away")
        self.themed(self.one, self.two, proposals=(split_of("h1", self.two),))
        (self.proposal_id,) = self.state.theme_proposals
        self.remark_id = self.comment(self.one, "ben")
        self.away_remark = self.comment(self.one, "ben")
        self.do(c.HideComment, "mod", comment=self.away_remark, reason=REASON)
        self.do(c.HideIdea, "mod", idea=self.away, reason=REASON)
        self.do(c.MergeIdeas, "mod", idea=self.old, into=self.two, reason=REASON)
        self.support(self.two, "cat")
        self.do(c.LikeComment, "cat", comment=self.remark_id)
        self.report_id = self.make(ids.REPORT, c.FileReport, "cat", target=self.one, reason="SPAM")
        self.settled_id = self.make(ids.REPORT, c.FileReport, "cat", target=self.remark_id, reason="SPAM")
        self.do(c.ResolveReport, "mod", report=self.settled_id, outcome="DISMISSED", reason="Because")
        self.few = self.circle("ann", "ben")
        self.secret = self.post("ann", "Secret", Audience(circle=self.few))
        fields: dict[str, Any] = {"relation": Relation.FRIEND, "role": Role.PARTICIPANT, "max_uses": 5}
        fields |= {"expires_at": self.now + HOUR, "token_hash": "hash of kept"}
        self.link = self.make(ids.INVITATION, c.CreateInvitation, "org", **fields)


@dataclass(frozen=True)
class Case:
    """A mutation as `person` does it; `target` is the field that names what it is about."""

    mutation: str
    person: str
    given: Callable[[Scene], dict[str, Any]]
    answer: str
    expected: Callable[[Scene], Any]
    target: str | None
    phases: bool = True

    def __str__(self) -> str:
        return self.mutation


IDEA = "... on IdeaSuccess { idea { title supportCount viewerHasSupported status isPinned topic { title } mergedInto { title } parents { title } } }"
COMMENT = "... on CommentSuccess { comment { body likeCount viewerHasLiked status } }"


def idea(**changed: Any) -> Callable[[Scene], Any]:
    plain: dict[str, Any] = {
        "title": "One", "supportCount": 0, "viewerHasSupported": False, "status": "VISIBLE", "isPinned": False,
        "topic": {"title": "Everything"}, "mergedInto": None, "parents": [],
    }  # fmt: skip
    return lambda scene: {"idea": plain | changed}


def comment(**changed: Any) -> Callable[[Scene], Any]:
    plain: dict[str, Any] = {"body": "A comment", "likeCount": 1, "viewerHasLiked": False, "status": "VISIBLE"}
    return lambda scene: {"comment": plain | changed}


def jam(**expected: Any) -> Callable[[Scene], Any]:
    return lambda scene: {"jam": expected}


def moderated(mutation: str, target: str, answer: str, expected: Callable[[Scene], Any]) -> Case:
    return Case(
        mutation,
        "mod",
        lambda s: {"targetId": getattr(s, target), "reason": REASON},
        answer,
        expected,
        "targetId",
        phases=False,
    )


def steered(mutation: str, **fields: Any) -> Case:
    return Case(
        mutation, "mod", lambda s: {"jamId": "j1", **fields}, JAM, jam(phase=PHASE_AFTER[mutation]), "jamId", phases=False
    )


JAM = "... on JamSuccess { jam { phase } }"
THEME = "... on ThemeSuccess { theme { name ideaCount } themes { name } }"
PROPOSAL = "... on ThemeProposalSuccess { proposal { status themes { name } } themes { name } }"
PHASE_AFTER = {"extendPhase": "IDEATION", "closePhaseEarly": "REFINEMENT"}
ORG = {"person": "org", "phases": False}

CASES = [
    Case("postIdea", "ben", lambda s: {"jamId": "j1", "topicId": s.topic, "title": "New", "body": "b", "parentIds": [s.one]},
         IDEA, idea(title="New", parents=[{"title": "One"}]), "jamId"),
    Case("editIdea", "ann", lambda s: {"ideaId": s.one, "title": "Better", "body": "", "baseVersion": 1}, IDEA, idea(title="Better"), "ideaId"),
    Case("supportIdea", "cat", lambda s: {"ideaId": s.one}, IDEA, idea(supportCount=1, viewerHasSupported=True), "ideaId"),
    Case("withdrawSupport", "cat", lambda s: {"ideaId": s.two}, IDEA, idea(title="Two"), "ideaId"),
    Case("postComment", "cat", lambda s: {"ideaId": s.one, "body": "Yes", "parentId": s.remark_id}, COMMENT, comment(body="Yes", likeCount=0), "ideaId"),
    Case("editComment", "ben", lambda s: {"commentId": s.remark_id, "body": "No"}, COMMENT, comment(body="No"), "commentId"),
    Case("likeComment", "ann", lambda s: {"commentId": s.remark_id}, COMMENT, comment(likeCount=2, viewerHasLiked=True), "commentId"),
    Case("withdrawLike", "cat", lambda s: {"commentId": s.remark_id}, COMMENT, comment(likeCount=0), "commentId"),
    Case("fileReport", "ben", lambda s: {"targetId": s.two, "reason": "ABUSE"}, "... on ReportSuccess { report { id } }",
         lambda s: {"report": None}, "targetId", phases=False),
    moderated("hideIdea", "one", IDEA, idea(status="HIDDEN")),
    moderated("restoreIdea", "away", IDEA, idea(title="Away")),
    moderated("removeIdea", "one", IDEA, idea(status="REMOVED")),
    moderated("hideComment", "remark_id", COMMENT, comment(status="HIDDEN")),
    moderated("restoreComment", "away_remark", COMMENT, comment(likeCount=0)),
    moderated("removeComment", "remark_id", COMMENT, comment(status="REMOVED")),
    moderated("unmergeIdea", "old", IDEA, idea(title="Old")),
    Case("mergeIdeas", "mod", lambda s: {"ideaId": s.one, "intoId": s.two, "reason": REASON}, IDEA,
         idea(status="MERGED", mergedInto={"title": "Two"}), "ideaId", phases=False),
    Case("markIdea", "mod", lambda s: {"ideaId": s.one, "mark": "PINNED", "on": True, "reason": "Because"}, IDEA, idea(isPinned=True), "ideaId", phases=False),
    Case("moveIdea", "mod", lambda s: {"ideaId": s.one, "topicId": s.staff, "reason": REASON}, IDEA, idea(topic={"title": "Staff"}), "ideaId", phases=False),
    Case("resolveReport", "mod", lambda s: {"reportId": s.report_id, "outcome": "UPHELD", "reason": REASON},
         "... on ReportSuccess { reportId report { outcome resolution resolvedAt resolvedBy { name } sameTargetCount idea { title } comment { id } reporter { name } note reason } }",
         lambda s: {"reportId": s.report_id, "report": {"outcome": "UPHELD", "resolution": REASON, "resolvedAt": s.now, "resolvedBy": {"name": "Mod"},
                    "sameTargetCount": 0, "idea": {"title": "One"}, "comment": None, "reporter": {"name": "Cat"}, "note": "", "reason": "SPAM"}},
         "reportId", phases=False),
    Case("reopenReport", "mod", lambda s: {"reportId": s.settled_id, "reason": REASON},
         "... on ReportSuccess { reportId report { outcome resolution reopenedAt reopenedReason } }",
         lambda s: {"reportId": s.settled_id, "report": {
             "outcome": None, "resolution": "Because", "reopenedAt": s.now, "reopenedReason": REASON}},
         "reportId", phases=False),
    Case("announce", "mod", lambda s: {"jamId": "j1", "texts": text("Hello")}, "... on AnnouncementSuccess { announcement { text } }",
         lambda s: {"announcement": {"text": "Hello"}}, "jamId", phases=False),
    Case("describeJam", given=lambda s: {"jamId": "j1", "titles": text("Better")}, answer="... on JamSuccess { jam { title question } }",
         expected=jam(title="Better", question="What next?"), target="jamId", **ORG),
    Case("scheduleJam", given=lambda s: {"jamId": "j1", "schedule": PLAN}, answer="... on JamSuccess { jam { schedule { reviewAt closesAt } } }",
         expected=jam(schedule={"reviewAt": T0 + 5 * HOUR, "closesAt": T0 + 6 * HOUR}), target="jamId", **ORG),
    Case("publishJam", given=lambda s: {"jamId": "j1"}, answer=JAM, expected=jam(phase="IDEATION"), target="jamId", **ORG),
    steered("extendPhase", phase="IDEATION", until=T0 + 10 * HOUR),
    steered("closePhaseEarly", phase="IDEATION"),
    Case("reopenPhase", "mod", lambda s: {"jamId": "j1", "phase": "LOBBY", "until": s.now + HOUR}, JAM, jam(phase="LOBBY"), "jamId", phases=False),
    Case("addTopic", given=lambda s: {"jamId": "j1", "titles": text("New"), "audience": {"kind": "RELATIONS", "relations": ["FAMILY"]}},
         answer="... on TopicSuccess { topic { title position audience { kind relations circleId } } }",
         expected=lambda s: {"topic": {"title": "New", "position": 2, "audience": {"kind": "RELATIONS", "relations": ["FAMILY"], "circleId": None}}},
         target="jamId", **ORG),
    Case("changeTopic", given=lambda s: {"topicId": s.topic, "isLocked": True, "audience": {"kind": "EVERYONE"}},
         answer="... on TopicSuccess { topic { isLocked title } }", expected=lambda s: {"topic": {"isLocked": True, "title": "Everything"}},
         target="topicId", **ORG),
    Case("createInvitation", given=lambda s: {"jamId": "j1", "relation": "FAMILY", "expiresAt": s.now + HOUR},
         answer="... on InvitationSuccess { invitation { relation role url maxUses uses isRevoked createdAt expiresAt } }",
         expected=lambda s: {"invitation": {"relation": "FAMILY", "role": "PARTICIPANT", "url": "https://jam.example/join/token-1", "maxUses": 1000,
                             "uses": 0, "isRevoked": False, "createdAt": s.now, "expiresAt": s.now + HOUR}},
         target="jamId", **ORG),
    Case("revokeInvitation", given=lambda s: {"invitationId": s.link}, answer="... on InvitationSuccess { invitation { isRevoked url } }",
         expected=lambda s: {"invitation": {"isRevoked": True, "url": None}}, target="invitationId", **ORG),
    Case("acceptInvitation", "newcomer", lambda s: {"token": "kept"}, "... on MembershipSuccess { membership { role relation joinedAt jam { slug } } }",
         lambda s: {"membership": {"role": "PARTICIPANT", "relation": "FRIEND", "joinedAt": s.now, "jam": {"slug": "jam"}}}, "token", phases=False),
    Case("changeRole", given=lambda s: {"jamId": "j1", "personId": "ben", "role": "REVIEWER"}, answer="... on MembershipSuccess { membership { role relation } }",
         expected=lambda s: {"membership": {"role": "REVIEWER", "relation": "EMPLOYEE"}}, target="jamId", **ORG),
    Case("createCircle", "cat", lambda s: {"jamId": "j1", "name": "We two", "memberIds": ["fay"]}, "... on CircleSuccess { circle { name memberCount } }",
         lambda s: {"circle": {"name": "We two", "memberCount": 2}}, "jamId", phases=False),
    Case("changeCircle", "ann", lambda s: {"circleId": s.few, "addIds": ["cat", "fay"], "removeIds": ["ben"]}, "... on CircleSuccess { circle { memberCount } }",
         lambda s: {"circle": {"memberCount": 3}}, "circleId", phases=False),
    Case("renameTheme", "mod", lambda s: {"themeId": "h1", "name": "Given"}, THEME,
         lambda s: {"theme": {"name": "Given", "ideaCount": 2}, "themes": [{"name": "Given"}]}, "themeId", phases=False),
    Case("splitTheme", "mod", lambda s: {"themeId": "h1", "ideaIds": [s.two], "name": "Apart"}, THEME,
         lambda s: {"theme": {"name": "Apart", "ideaCount": 1}, "themes": [{"name": "Apart"}, {"name": "Name of h1"}]}, "themeId", phases=False),
    Case("excludeFromTheme", "mod", lambda s: {"ideaId": s.one, "themeId": "h1"}, THEME,
         lambda s: {"theme": {"name": "Name of h1", "ideaCount": 1}, "themes": [{"name": "Name of h1"}]}, "ideaId", phases=False),
    Case("pinToTheme", "mod", lambda s: {"ideaId": s.one, "themeId": "h1"}, THEME,
         lambda s: {"theme": {"name": "Name of h1", "ideaCount": 2}, "themes": [{"name": "Name of h1"}]}, "ideaId", phases=False),
    Case("acceptThemeProposal", "mod", lambda s: {"proposalId": s.proposal_id, "name": "Apart"}, PROPOSAL,
         lambda s: {"proposal": {"status": "ACCEPTED", "themes": [{"name": "Name of h1"}]}, "themes": [{"name": "Apart"}, {"name": "Name of h1"}]},
         "proposalId", phases=False),
    Case("declineThemeProposal", "mod", lambda s: {"proposalId": s.proposal_id}, PROPOSAL,
         lambda s: {"proposal": {"status": "DECLINED", "themes": [{"name": "Name of h1"}]}, "themes": [{"name": "Name of h1"}]},
         "proposalId", phases=False),
    Case("setThemePolicy", given=lambda s: {"jamId": "j1", "policy": "APPLY"}, answer="... on JamSuccess { jam { themeWork { policy } } }",
         expected=jam(themeWork={"policy": "APPLY"}), target="jamId", **ORG),
    Case("regroupThemes", "mod", lambda s: {"jamId": "j1"}, "... on RegroupSuccess { jam { id } }", lambda s: {"jam": {"id": "j1"}}, "jamId", phases=False),
]  # fmt: skip
ELSEWHERE = {
    "createJam", "mergeThemes", "updateViewer", "markSeen", "saveDraft", "markNotificationsRead",
    "markSinceRead", "reportLatency", "endSession", "endOtherSessions", "renamePasskey", "removePasskey",
}  # fmt: skip
"""Below, in `test_since`, `test_latency` and, as they need a vault, in `tests/web/test_account.py`."""

BY_MODERATORS = [case for case in CASES if case.person in ("mod", "org")]
ABOUT_IDEAS = [
    case
    for case in CASES
    if (case.target in ("ideaId", "targetId") and case.mutation[-7:] != "Comment") or case.mutation == "postComment"
]
PHASED = [case for case in CASES if case.phases]
each = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture
def scene() -> Scene:
    return Scene()


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
    if case.mutation == "createInvitation":
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
    assert kind == "NotFound" or answer["action"] in ("MODERATE", "ORGANIZE", "ANNOUNCE", "STEER_PHASES", "EDIT_THEMES")


@pytest.mark.parametrize("case", PHASED, ids=str)
async def test_a_phase_that_is_over_is_over(scene: Scene, case: Case) -> None:
    scene.go(Phase.REVIEW)
    answer = await refused(scene, case, case.person, "PhaseClosed")
    closed = T0 + (3 if case.mutation == "postIdea" else 4) * HOUR
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


# --------------------------------------------------------------------------------------------------- those that are special
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
    assert (await scene.act("newcomer", "acceptInvitation", token="kept"))["__typename"] == "Conflict"
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
    before = scene.facts()
    result = await own(scene, person, mutation, **given)
    assert [(error.extensions or {})["code"] for error in result.errors or ()] == [code]
    assert scene.facts() == before


async def test_drafts_are_kept_for_their_writer(scene: Scene) -> None:
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
    assert kinds[0] == ("MERGED", False, REASON)
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
