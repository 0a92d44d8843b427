"""The commands of the API, each with an example and what it answers, and a jam to carry them out in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server.jam import commands as c
from server.jam import ids
from server.jam.audit_keys import fingerprint_of
from server.jam.invitations import InvitationKind, Place
from server.jam.minors import MinorPolicy
from server.jam.people import Relation, Role
from server.jam.standing import RestrictionKind
from server.jam.terms import text_digest
from server.jam.visibility import Audience
from server.vault.invitations import InvitationMail, MailState
from tests.jam import sealing
from tests.jam.commanding import COMING
from tests.jam.world import HOUR, PEOPLE, T0
from tests.schema.world import Api, split_of

REASON = "For a reason"
PROOFS = tuple(letter * 43 for letter in "ABCD")
SALT = "s" * 22
NOBODY = {"name": None, "id": None, "relation": None, "role": None, "country": None, "isAnonymous": True}
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
        self.do(c.SetAuditKey, "org", public=sealing.KEY, eyes=2)
        self.do(c.SetAnonymousPosting, "org", on=True)
        self.unnamed, self.unsigned = sealing.post(self, "ann", PROOFS[0]), sealing.comment(self, self.one, "ann", PROOFS[1])
        self.suspect = sealing.post(self, "ben", PROOFS[2])
        self.do(c.RequestOpening, "org", target=self.suspect, reason=REASON)
        self.few = self.circle("ann", "ben")
        self.secret = self.post("ann", "Secret", Audience(circle=self.few))
        fields: dict[str, Any] = {"relation": Relation.FRIEND, "role": Role.PARTICIPANT, "max_uses": 5}
        fields |= {"expires_at": self.now + HOUR, "token_hash": "hash of kept"}
        self.do(c.SetMinorPolicy, "org", policy=MinorPolicy(True))
        self.child = self.make(ids.PERSON, c.AddMinor, "ann", until=COMING)
        self.do(c.PublishTerms, "org", follows=0, texts={"en": "Be kind", "he": "היו אדיבים"}, note={})
        for person in (*PEOPLE, "org"):
            if person != "fred":
                self.do(c.AcceptTerms, person, version=1, language="en")
        self.link = self.make(ids.INVITATION, c.CreateInvitation, "org", **fields)
        self.mailed = undelivered(self, "ann", "guest@example.net")
        self.muting = self.make(
            ids.MEMBER_ACT, c.RestrictMembers, "mod", people=("pat",), kind=RestrictionKind.MUTED, until=None, reason=REASON
        )
        self.do(c.RevokeBranch, "org", person="cleo", hides=True, reason=REASON)
        self.do(c.AddMember, "org", person="org2", role=Role.ORGANIZER, relation=Relation.EMPLOYEE)
        self.do(c.CreateInvitation, "org2", **fields | {"token_hash": "hash of another"})
        self.do(c.ChangeRole, "org", person="org2", role=Role.PARTICIPANT)


def undelivered(api: Api, actor: str, address: str) -> str:
    """An invitation by mail that could not be delivered."""
    command = api.command(c.Invite, actor, kind=InvitationKind.MAIL, places=(Place(f"hash of {address}", Relation.FRIEND),))
    assert isinstance(command, c.Invite)
    api.run(command)
    id = command.invitation()
    api.do(c.RecordDelivery, ids.SYSTEM, invitation=id, delivered=False)
    mail = InvitationMail(
        id, "j1", actor, address, "", "", "en", "", api.now, api.now, api.now, api.now + HOUR, MailState.FAILED
    )
    api.mail_book.kept[id] = mail
    return id


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


MEMBER_ACT = """... on MemberActSuccess {
  act { kind count undoneAt leftCount by { name } } members { role restriction { kind until reason } email } }"""
BRANCH = """... on BranchSuccess { branch {
  peopleCount activeCount ideaCount commentCount invitationCount revokedAt revokedReason hidesContent } }"""
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
    Case("inviteByLink", "ann", lambda s: {"jamId": "j1", "relation": "FRIEND", "maxUses": 3},
         "... on InvitationSuccess { invitation { kind state relation role url maxUses uses address code } }",
         lambda s: {"invitation": {"kind": "LINK", "state": "OPEN", "relation": "FRIEND", "role": "PARTICIPANT", "maxUses": 3, "uses": 0,
                    "url": "https://jam.example/join/token-1", "address": None, "code": None}}, "jamId", phases=False),
    Case("inviteByMail", "ann", lambda s: {
        "jamId": "j1", "relation": "FAMILY", "language": "he", "line": "Come!",
        "guests": [{"address": "Gil@example.net", "name": "Gil"}, {"address": "gil@example.net "}, {"address": "noa@example.net"}]},
         "... on InviteSuccess { placesLeft invitations { kind state relation language address guestName uses maxUses url dueAt deliveredAt expiresAt isReported } }",
         lambda s: {"placesLeft": 7, "invitations": [
             {"kind": "MAIL", "state": "WAITING", "relation": "FAMILY", "language": "he", "address": address, "guestName": name, "uses": 0,
              "maxUses": 1, "url": None, "dueAt": s.now, "deliveredAt": None, "expiresAt": s.now + 14 * 24 * HOUR, "isReported": False}
             for address, name in (("gil@example.net", "Gil"), ("noa@example.net", None))]}, "jamId", phases=False),
    Case("inviteAgain", "ann", lambda s: {"invitationId": s.mailed}, "... on InvitationSuccess { invitation { kind state address } }",
         lambda s: {"invitation": {"kind": "MAIL", "state": "WAITING", "address": "guest@example.net"}}, "invitationId", phases=False),
    Case("createCode", given=lambda s: {"jamId": "j1", "relation": "CLIENT", "maxUses": 40, "expiresAt": s.now + HOUR},
         answer="... on InvitationSuccess { invitation { kind state relation maxUses role } }",
         expected=lambda s: {"invitation": {"kind": "CODE", "state": "OPEN", "relation": "CLIENT", "maxUses": 40, "role": "PARTICIPANT"}},
         target="jamId", **ORG),
    Case("setInvitationPolicy", given=lambda s: {
        "jamId": "j1", "quotas": [{"relation": "FRIEND", "places": 2}], "relations": ["FRIEND"], "days": 3},
         answer="... on JamSuccess { jam { invitationPolicy { quotas { relation places } relations days } } }",
         expected=jam(invitationPolicy={"quotas": [{"relation": r.value, "places": 2 if r is Relation.FRIEND else 0} for r in Relation],
                                        "relations": ["FRIEND"], "days": 3}), target="jamId", **ORG),
    Case("revokeInvitation", given=lambda s: {"invitationId": s.link}, answer="... on InvitationSuccess { invitation { isRevoked url } }",
         expected=lambda s: {"invitation": {"isRevoked": True, "url": None}}, target="invitationId", **ORG),
    Case("acceptInvitation", "newcomer", lambda s: {"token": "kept"}, "... on MembershipSuccess { membership { role relation joinedAt jam { slug } } }",
         lambda s: {"membership": {"role": "PARTICIPANT", "relation": "FRIEND", "joinedAt": s.now, "jam": {"slug": "jam"}}}, "token", phases=False),
    Case("changeRole", given=lambda s: {"jamId": "j1", "personId": "ben", "role": "REVIEWER"}, answer="... on MembershipSuccess { membership { role relation } }",
         expected=lambda s: {"membership": {"role": "REVIEWER", "relation": "EMPLOYEE"}}, target="jamId", **ORG),
    Case("restrictMembers", "mod", lambda s: {"jamId": "j1", "personIds": ["cat", "fay"], "kind": "MUTED", "reason": REASON, "until": s.now + HOUR},
         MEMBER_ACT, lambda s: {"act": {"kind": "MUTE", "count": 2, "undoneAt": None, "leftCount": 0, "by": {"name": "Mod"}}, "members": [
             {"role": "PARTICIPANT", "restriction": {"kind": "MUTED", "until": s.now + HOUR, "reason": REASON}, "email": None} for _ in range(2)]},
         "jamId", phases=False),
    Case("liftRestrictions", "mod", lambda s: {"jamId": "j1", "personIds": ["pat"], "reason": REASON}, MEMBER_ACT,
         lambda s: {"act": {"kind": "LIFT", "count": 1, "undoneAt": None, "leftCount": 0, "by": {"name": "Mod"}},
                    "members": [{"role": "PARTICIPANT", "restriction": None, "email": None}]}, "jamId", phases=False),
    Case("changeRoles", given=lambda s: {"jamId": "j1", "personIds": ["ben"], "role": "SPONSOR"}, answer=MEMBER_ACT,
         expected=lambda s: {"act": {"kind": "ROLE", "count": 1, "undoneAt": None, "leftCount": 0, "by": {"name": "Org"}},
                             "members": [{"role": "SPONSOR", "restriction": None, "email": "ben@example.org"}]}, target="jamId", **ORG),
    Case("revokeInvitationsOf", given=lambda s: {"jamId": "j1", "personIds": ["org2"]}, answer="... on MemberActSuccess { act { kind count } }",
         expected=lambda s: {"act": {"kind": "INVITATIONS", "count": 1}}, target="jamId", **ORG),
    Case("undoMemberAct", "mod", lambda s: {"jamId": "j1", "actId": s.muting}, MEMBER_ACT,
         lambda s: {"act": {"kind": "MUTE", "count": 1, "undoneAt": s.now, "leftCount": 0, "by": {"name": "Mod"}},
                    "members": [{"role": "PARTICIPANT", "restriction": None, "email": None}]}, "jamId", phases=False),
    Case("scopeModerator", given=lambda s: {"jamId": "j1", "personId": "mod", "topicIds": [s.topic], "languages": ["he"]},
         answer="... on MemberSuccess { member { scope { topics { title } languages } } }",
         expected=lambda s: {"member": {"scope": {"topics": [{"title": "Everything"}], "languages": ["he"]}}}, target="jamId", **ORG),
    Case("revokeBranch", given=lambda s: {"jamId": "j1", "personId": "ben", "content": "HIDE", "reason": REASON}, answer=BRANCH,
         expected=lambda s: {"branch": {"peopleCount": 1, "activeCount": 0, "ideaCount": 1, "commentCount": 1, "invitationCount": 0,
                                        "revokedAt": s.now, "revokedReason": REASON, "hidesContent": True}}, target="jamId", **ORG),
    Case("restoreBranch", given=lambda s: {"jamId": "j1", "personId": "cleo"}, answer=BRANCH,
         expected=lambda s: {"branch": {"peopleCount": 1, "activeCount": 1, "ideaCount": 0, "commentCount": 0, "invitationCount": 0,
                                        "revokedAt": None, "revokedReason": None, "hidesContent": False}}, target="jamId", **ORG),
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
    Case("renameCircle", "ann", lambda s: {"circleId": s.few, "name": "The fewer"}, "... on CircleSuccess { circle { name viewerKeeps isClosed } }",
         lambda s: {"circle": {"name": "The fewer", "viewerKeeps": True, "isClosed": False}}, "circleId", phases=False),
    Case("closeCircle", "ann", lambda s: {"circleId": s.few, "closed": True}, "... on CircleSuccess { circle { isClosed members { name } ideaCount ideas { edges { node { title } } } } }",
         lambda s: {"circle": {"isClosed": True, "members": [{"name": "Ann"}, {"name": "Ben"}], "ideaCount": 1, "ideas": {"edges": [{"node": {"title": "Secret"}}]}}},
         "circleId", phases=False),
    Case("setMinorPolicy", given=lambda s: {"jamId": "j1", "allowed": True, "minimumAge": 14, "majority": 18, "relations": ["EMPLOYEE", "PARTNER"]},
         answer="... on JamSuccess { jam { minorPolicy { allowed minimumAge majority relations } } }",
         expected=jam(minorPolicy={"allowed": True, "minimumAge": 14, "majority": 18, "relations": ["EMPLOYEE", "PARTNER"]}), target="jamId", **ORG),
    Case("addMinor", "ben", lambda s: {"jamId": "j1", "name": "Noa", "language": "he", "until": COMING},
         "... on MinorSuccess { minor { person { name relation country } until isPaused isSuspended joinedAt ideas { id } comments { id } acceptances { version } } }",
         lambda s: {"minor": {"person": {"name": "Noa", "relation": "FAMILY", "country": None}, "until": COMING, "isPaused": False, "isSuspended": False,
                    "joinedAt": s.now, "ideas": [], "comments": [], "acceptances": []}}, "jamId", phases=False),
    Case("pauseMinor", "ann", lambda s: {"jamId": "j1", "personId": s.child, "paused": True}, "... on MinorSuccess { minor { isPaused isSuspended } }",
         lambda s: {"minor": {"isPaused": True, "isSuspended": False}}, "jamId", phases=False),
    Case("removeMinor", "ann", lambda s: {"jamId": "j1", "personId": s.child}, "... on MinorRemovedSuccess { personId }",
         lambda s: {"personId": s.child}, "jamId", phases=False),
    Case("publishTerms", given=lambda s: {"jamId": "j1", "follows": 1, "texts": text("Be kinder"), "note": text("Kinder")},
         answer="... on TermsSuccess { terms { version note acceptedCount publishedAt text(language: \"he\") { language text html } texts { digest } } }",
         expected=lambda s: {"terms": {"version": 2, "note": "Kinder", "acceptedCount": 0, "publishedAt": s.now,
                             "text": {"language": "en", "text": "Be kinder", "html": "<p>Be kinder</p>"}, "texts": [{"digest": text_digest("Be kinder")}]}},
         target="jamId", **ORG),
    Case("acceptTerms", "fred", lambda s: {"jamId": "j1", "version": 1, "language": "he"},
         "... on AcceptanceSuccess { acceptance { version language digest acceptedAt byGuardian } }",
         lambda s: {"acceptance": {"version": 1, "language": "he", "digest": text_digest("היו אדיבים"), "acceptedAt": s.now, "byGuardian": False}},
         "jamId", phases=False),
    Case("postAnonymousIdea", "ben", lambda s: {
        "jamId": "j1", "topicId": s.topic, "title": "New", "body": "b", "parentIds": [s.one], "proof": PROOFS[3], "salt": SALT},
         "... on IdeaSuccess { idea { title author { name id relation role country isAnonymous } parents { title } viewerCanEdit } }",
         lambda s: {"idea": {"title": "New", "author": NOBODY, "parents": [{"title": "One"}], "viewerCanEdit": False}}, "jamId"),
    Case("postAnonymousComment", "cat", lambda s: {
        "ideaId": s.one, "body": "Yes", "parentId": s.remark_id, "proof": PROOFS[3], "salt": SALT},
         "... on CommentSuccess { comment { body author { name id relation role country isAnonymous } viewerCanEdit } }",
         lambda s: {"comment": {"body": "Yes", "author": NOBODY, "viewerCanEdit": False}}, "ideaId"),
    Case("editAnonymousIdea", "ann", lambda s: {"ideaId": s.unnamed, "title": "Better", "body": "", "baseVersion": 1, "proof": PROOFS[0]},
         IDEA, idea(title="Better"), "ideaId"),
    Case("editAnonymousComment", "ann", lambda s: {"commentId": s.unsigned, "body": "No", "proof": PROOFS[1]}, COMMENT,
         comment(body="No", likeCount=0), "commentId"),
    Case("withdrawAnonymous", "ann", lambda s: {"jamId": "j1", "targetId": s.unnamed, "proof": PROOFS[0]},
         "... on AnonymousSuccess { targetId }", lambda s: {"targetId": s.unnamed}, "jamId"),
    Case("setAuditKey", given=lambda s: {"jamId": "j1", "publicKey": sealing.OTHER_KEY, "eyes": 1},
         answer="... on JamSuccess { jam { anonymity { isOn fingerprint eyes leastCrowd } audit { keys { publicKey eyes isCurrent } } } }",
         expected=jam(anonymity={"isOn": True, "fingerprint": fingerprint_of(sealing.ITS_OPPOSITE), "eyes": 1, "leastCrowd": 5},
                      audit={"keys": [{"publicKey": sealing.OTHER_KEY, "eyes": 1, "isCurrent": True}, {"publicKey": sealing.KEY, "eyes": 2, "isCurrent": False}]}),
         target="jamId", **ORG),
    Case("setAnonymousPosting", given=lambda s: {"jamId": "j1", "on": False}, answer="... on JamSuccess { jam { anonymity { isOn } } }",
         expected=jam(anonymity={"isOn": False}), target="jamId", **ORG),
    Case("setActing", given=lambda s: {"jamId": "j1", "topicId": s.topic, "relations": ["FAMILY"]},
         answer="... on JamSuccess { jam { acting topics { title acting ownActing viewerMayAct } } }",
         expected=jam(acting=None, topics=[
             {"title": "Everything", "acting": ["FAMILY"], "ownActing": ["FAMILY"], "viewerMayAct": True},
             {"title": "Staff", "acting": [r.value for r in Relation], "ownActing": None, "viewerMayAct": True}]),
         target="jamId", **ORG),
    Case("requestOpening", given=lambda s: {"jamId": "j1", "targetId": s.unnamed, "reason": REASON},
         answer="... on OpeningSuccess { opening { reason requestedAt requestedBy { name } confirmedBy { name } openedAt declinedAt sealed idea { title } comment { id } } }",
         expected=lambda s: {"opening": {"reason": REASON, "requestedAt": s.now, "requestedBy": {"name": "Org"}, "confirmedBy": None, "openedAt": None,
                                         "declinedAt": None, "sealed": None, "idea": {"title": "Unnamed"}, "comment": None}},
         target="jamId", **ORG),
    Case("declineOpening", given=lambda s: {"jamId": "j1", "targetId": s.suspect, "reason": REASON},
         answer="... on OpeningSuccess { opening { declinedAt openedAt } }",
         expected=lambda s: {"opening": {"declinedAt": s.now, "openedAt": None}}, target="jamId", **ORG),
    Case("regroupThemes", "mod", lambda s: {"jamId": "j1"}, "... on RegroupSuccess { jam { id } }", lambda s: {"jam": {"id": "j1"}}, "jamId", phases=False),
]  # fmt: skip
