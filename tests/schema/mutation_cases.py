"""The commands of the API, each with an example and what it answers, and a jam to carry them out in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.terms import text_digest
from server.jam.visibility import Audience
from tests.jam.world import HOUR, PEOPLE, T0
from tests.schema.world import Api, split_of

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
        self.do(c.PublishTerms, "org", follows=0, texts={"en": "Be kind", "he": "היו אדיבים"}, note={})
        for person in (*PEOPLE, "org"):
            if person != "fred":
                self.do(c.AcceptTerms, person, version=1, language="en")
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
    Case("publishTerms", given=lambda s: {"jamId": "j1", "follows": 1, "texts": text("Be kinder"), "note": text("Kinder")},
         answer="... on TermsSuccess { terms { version note acceptedCount publishedAt text(language: \"he\") { language text html } texts { digest } } }",
         expected=lambda s: {"terms": {"version": 2, "note": "Kinder", "acceptedCount": 0, "publishedAt": s.now,
                             "text": {"language": "en", "text": "Be kinder", "html": "<p>Be kinder</p>"}, "texts": [{"digest": text_digest("Be kinder")}]}},
         target="jamId", **ORG),
    Case("acceptTerms", "fred", lambda s: {"jamId": "j1", "version": 1, "language": "he"},
         "... on AcceptanceSuccess { acceptance { version language digest acceptedAt byGuardian } }",
         lambda s: {"acceptance": {"version": 1, "language": "he", "digest": text_digest("היו אדיבים"), "acceptedAt": s.now, "byGuardian": False}},
         "jamId", phases=False),
    Case("regroupThemes", "mod", lambda s: {"jamId": "j1"}, "... on RegroupSuccess { jam { id } }", lambda s: {"jam": {"id": "j1"}}, "jamId", phases=False),
]  # fmt: skip
