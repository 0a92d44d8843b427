"""The permission table, gone through whole: every role in every phase and of every relation, by real commands."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.decide import DECISIONS, decide
from server.jam.invitations import InvitationKind, InvitationPolicy, Place, Quota
from server.jam.minors import MinorPolicy
from server.jam.people import Relation, Role
from server.jam.permissions import TABLE, Action, may
from server.jam.phases import ORDER, Phase
from server.jam.rejections import NotAllowed, PhaseClosed, Rejection
from server.jam.standing import RestrictionKind
from server.jam.theme_proposals import Draft, ProposalKind, ThemePolicy
from tests.jam import sealing
from tests.jam.commanding import part
from tests.jam.world import HOUR, SCHEDULE, T0, World, plain

EVERY = "DRAFT LOBBY IDEATION REFINEMENT REVIEW CLOSED"
PUBLISHED = "LOBBY IDEATION REFINEMENT REVIEW CLOSED"
OPENED = "IDEATION REFINEMENT REVIEW CLOSED"
ANYONE = "PARTICIPANT MODERATOR REVIEWER SPONSOR ORGANIZER"

EXPECTED: dict[str, tuple[str, str]] = {
    "VIEW": (ANYONE, PUBLISHED),
    "READ_IDEAS": (ANYONE, OPENED),
    "POST_IDEA": (ANYONE, "IDEATION"),
    "BUILD_ON": (ANYONE, "IDEATION"),
    "EDIT_OWN": (ANYONE, "IDEATION REFINEMENT"),
    "COMMENT": (ANYONE, "IDEATION REFINEMENT"),
    "LIKE": (ANYONE, "IDEATION REFINEMENT"),
    "SUPPORT": (ANYONE, "IDEATION REFINEMENT"),
    "REPORT": (ANYONE, OPENED),
    "APPEAL": (ANYONE, OPENED),
    "CREATE_CIRCLE": (ANYONE, PUBLISHED),
    "GUARD": (ANYONE, PUBLISHED),
    "INVITE": (ANYONE, "LOBBY IDEATION REFINEMENT REVIEW"),
    "MODERATE": ("MODERATOR ORGANIZER", PUBLISHED),
    "RESTRICT": ("MODERATOR ORGANIZER", PUBLISHED),
    "ANNOUNCE": ("MODERATOR ORGANIZER", PUBLISHED),
    "STEER_PHASES": ("MODERATOR ORGANIZER", PUBLISHED),
    "EDIT_THEMES": ("MODERATOR ORGANIZER", PUBLISHED),
    "READ_BRIEFING": ("MODERATOR REVIEWER SPONSOR ORGANIZER", PUBLISHED),
    "READ_REACH": ("MODERATOR REVIEWER SPONSOR ORGANIZER", PUBLISHED),
    "READ_BRANCHES": ("MODERATOR ORGANIZER", PUBLISHED),
    "EXPORT": ("MODERATOR REVIEWER SPONSOR ORGANIZER", PUBLISHED),
    "ORGANIZE": ("ORGANIZER", EVERY),
    "MANAGE_BRANCHES": ("ORGANIZER", EVERY),
}
"""Written down a second time on purpose: the table can't change without this test."""

ALSO_IN_A_DRAFT = {"VIEW", "READ_IDEAS", "EXPORT", "INVITE", "READ_REACH", "READ_BRANCHES", "RESTRICT"}
"""What organizers may do in every phase besides."""

QUERIES = {"READ_IDEAS", "READ_BRIEFING", "READ_REACH", "READ_BRANCHES", "EXPORT"}
"""Actions that no command asks for."""

R = "Because it is so"
COMING = int(datetime(2029, 5, 1, tzinfo=UTC).timestamp()) * 1000
MINORS = "VIEW READ_IDEAS POST_IDEA BUILD_ON EDIT_OWN COMMENT LIKE SUPPORT REPORT APPEAL"
"""What minors may do, where participants may."""


def allowed(action: str, role: Role, phase: Phase) -> bool:
    roles, phases = EXPECTED[action]
    if role is Role.ORGANIZER and action in ALSO_IN_A_DRAFT:
        return True
    return role.value in roles.split() and phase.value in phases.split()


class Crowd(World):
    """A member of every role and relation, each with an idea, one that was hidden, a comment, a vote, a like and a circle."""

    def __init__(self) -> None:
        super().__init__()
        self.shared, self.other = self.post("ann", "Shared"), self.post("ann", "Other")
        self.merged = self.post("ann", "Merged")
        self.do(c.MergeIdeas, "mod", idea=self.merged, into=self.other, reason=R)
        self.hidden = self.post("ann", "Hidden")
        self.do(c.HideIdea, "mod", idea=self.hidden, reason=R)
        self.remark, self.gone = self.comment(self.shared), self.comment(self.shared)
        self.do(c.HideComment, "mod", comment=self.gone, reason=R)
        self.group({"h1": [self.shared, self.hidden], "h2": [self.other]})
        merge = Draft(ProposalKind.MERGE, ("h1", "h2"), (part("h1", (self.other,)),), (0.5, 0.5), (0.5, 0.5), 0.5)
        self.group({"h1": [self.shared, self.hidden], "h2": [self.other]}, proposals=(merge,))
        (self.proposal,) = self.state.theme_proposals
        self.filed = self.make(ids.REPORT, c.FileReport, "cat", target=self.shared, reason="SPAM")
        self.settled = self.make(ids.REPORT, c.FileReport, "cat", target=self.post("ann"), reason="SPAM")
        self.do(c.ResolveReport, "mod", report=self.settled, outcome="UPHELD", reason="Why not")
        self.invited = self.make(
            ids.INVITATION, c.CreateInvitation, "org", token_hash="x", relation=Relation.FRIEND, role=Role.PARTICIPANT,
            max_uses=1, expires_at=self.now + 9 * HOUR,
        )  # fmt: skip
        self.do(c.SetInvitationPolicy, "org", policy=InvitationPolicy(tuple(Quota(relation, 5) for relation in Relation)))
        self.muting = self.make(
            ids.MEMBER_ACT, c.RestrictMembers, "mod", people=("ben",), kind=RestrictionKind.MUTED, until=None, reason=R
        )
        self.do(c.RevokeBranch, "org", person="cleo", hides=True, reason=R)
        self.do(c.AddMember, "org", person="ivy", role=Role.PARTICIPANT, relation=Relation.EMPLOYEE)
        self.do(c.Invite, "ivy", kind=InvitationKind.LINK, places=(Place("of ivy", Relation.FRIEND),))
        self.own: dict[str, dict[str, str]] = {}
        self.do(c.SetMinorPolicy, "org", policy=MinorPolicy(True, relations=tuple(Relation)))
        for role in Role:
            for relation in Relation:
                self.join(f"{role}-{relation}", role, relation)
        self.do(c.PublishTerms, "org", follows=0, texts={"en": "Be kind"}, note={})
        for person in self.own:
            self.do(c.AcceptTerms, person, version=1, language="en")
        sealing.open_for_all(self)
        self.do(c.AcceptTerms, "ben", version=1, language="en")
        self.do(c.AcceptTerms, "ann", version=1, language="en")
        self.unnamed, self.asked = sealing.post(self, "ann", "one"), sealing.post(self, "ann", "two")
        self.unsigned = sealing.comment(self, self.shared, "ann", "three")
        self.do(c.RequestOpening, "org", target=self.asked, reason=R)

    def join(self, person: str, role: Role, relation: Relation) -> None:
        self.do(c.AddMember, "org", person=person, role=role, relation=relation)
        taken = self.post(person, "Taken away")
        mailed = self.mailed(person)
        self.do(c.HideIdea, "mod", idea=taken, reason=R)
        self.own[person] = {
            "idea": self.post(person, "My own"), "taken": taken, "comment": self.comment(self.shared, person),
            "circle": self.circle(person, "ann"), "mailed": mailed,
            "minor": self.make(ids.PERSON, c.AddMinor, person, until=COMING),
        }  # fmt: skip
        self.support(self.shared, person)
        self.do(c.LikeComment, person, comment=self.remark)

    def mailed(self, person: str) -> str:
        """An invitation by mail of this person's, which could not be delivered."""
        command = self.command(c.Invite, person, kind=InvitationKind.MAIL, places=(Place(f"of {person}", Relation.FRIEND),))
        assert isinstance(command, c.Invite)
        self.run(command)
        self.do(c.RecordDelivery, ids.SYSTEM, invitation=command.invitation(), delivered=False)
        return command.invitation()


Case = Callable[[Crowd, dict[str, str], Phase], dict[str, Any]]
"""The fields of a command, for the things of one person in a phase."""


def unnamed(proof: str) -> dict[str, Any]:
    """What a post without a name has; `asking` puts the person in."""
    return {"actor": sealing.author(proof), "poster": "", "seal": sealing.seal(proof)}


def own_unnamed(proof: str) -> dict[str, Any]:
    return {"actor": sealing.author(proof)} | sealing.mine("", proof)


def asking(kind: type[c.Command], person: str, fields: dict[str, Any]) -> c.Command:
    """The command as this person gives it, under their name or without it."""
    given = {"actor": person, "id": "asked"} | fields
    return kind(**given | {"poster": person} if "poster" in given else given)


COMMANDS: list[tuple[str, type[c.Command], Case]] = [
    ("VIEW", c.ReadNotifications, lambda w, own, phase: {}),
    ("VIEW", c.AcceptTerms, lambda w, own, phase: {"version": 1, "language": "en"}),
    ("POST_IDEA", c.PostIdea, lambda w, own, phase: {"topic": w.topic, "title": "New", "body": ""}),
    ("BUILD_ON", c.PostIdea, lambda w, own, phase: {"topic": w.topic, "title": "New", "body": "", "parents": (w.shared,)}),
    ("EDIT_OWN", c.EditIdea, lambda w, own, phase: {"idea": own["idea"], "title": "New", "body": "", "base_version": 1}),
    ("EDIT_OWN", c.EditComment, lambda w, own, phase: {"comment": own["comment"], "body": "New"}),
    ("COMMENT", c.PostComment, lambda w, own, phase: {"idea": w.shared, "body": "New"}),
    ("LIKE", c.LikeComment, lambda w, own, phase: {"comment": own["comment"]}),
    ("LIKE", c.WithdrawLike, lambda w, own, phase: {"comment": w.remark}),
    ("SUPPORT", c.SupportIdea, lambda w, own, phase: {"idea": w.other}),
    ("SUPPORT", c.WithdrawSupport, lambda w, own, phase: {"idea": w.shared}),
    ("REPORT", c.FileReport, lambda w, own, phase: {"target": w.shared, "reason": "SPAM"}),
    ("APPEAL", c.FileReport, lambda w, own, phase: {"target": own["taken"], "reason": "APPEAL", "note": R}),
    ("CREATE_CIRCLE", c.CreateCircle, lambda w, own, phase: {"name": "New", "members": ()}),
    ("CREATE_CIRCLE", c.ChangeCircle, lambda w, own, phase: {"circle": own["circle"], "add": ("cat",)}),
    ("CREATE_CIRCLE", c.RenameCircle, lambda w, own, phase: {"circle": own["circle"], "name": "Another"}),
    ("CREATE_CIRCLE", c.CloseCircle, lambda w, own, phase: {"circle": own["circle"]}),
    ("GUARD", c.AddMinor, lambda w, own, phase: {"until": COMING}),
    ("GUARD", c.PauseMinor, lambda w, own, phase: {"person": own["minor"], "paused": True}),
    ("GUARD", c.RemoveMinor, lambda w, own, phase: {"person": own["minor"]}),
    ("INVITE", c.Invite, lambda w, own, phase: {
        "kind": InvitationKind.LINK, "places": (Place("y", Relation.FRIEND),)}),
    ("INVITE", c.Reinvite, lambda w, own, phase: {"invitation": own["mailed"], "token_hash": "y"}),
    ("MODERATE", c.HideIdea, lambda w, own, phase: {"idea": w.shared, "reason": R}),
    ("MODERATE", c.RestoreIdea, lambda w, own, phase: {"idea": own["taken"], "reason": R}),
    ("MODERATE", c.RemoveIdea, lambda w, own, phase: {"idea": w.shared, "reason": R}),
    ("MODERATE", c.HideComment, lambda w, own, phase: {"comment": w.remark, "reason": R}),
    ("MODERATE", c.RestoreComment, lambda w, own, phase: {"comment": w.gone, "reason": R}),
    ("MODERATE", c.RemoveComment, lambda w, own, phase: {"comment": w.remark, "reason": R}),
    ("MODERATE", c.MergeIdeas, lambda w, own, phase: {"idea": w.shared, "into": w.other, "reason": R}),
    ("MODERATE", c.UnmergeIdea, lambda w, own, phase: {"idea": w.merged, "reason": R}),
    ("MODERATE", c.MarkIdea, lambda w, own, phase: {"idea": w.shared, "mark": "PINNED", "on": True, "reason": "Why not"}),
    ("MODERATE", c.MoveIdea, lambda w, own, phase: {"idea": w.shared, "topic": w.staff, "reason": R}),
    ("MODERATE", c.ResolveReport, lambda w, own, phase: {"report": w.filed, "outcome": "UPHELD", "reason": "Why not"}),
    ("MODERATE", c.ReopenReport, lambda w, own, phase: {"report": w.settled, "reason": "Why not"}),
    ("MODERATE", c.ChangeTopic, lambda w, own, phase: {"topic": w.topic, "locked": True}),
    ("ANNOUNCE", c.Announce, lambda w, own, phase: {"texts": {"en": "New"}}),
    ("STEER_PHASES", c.ExtendPhase, lambda w, own, phase: {"phase": phase, "until": T0 + 20 * HOUR}),
    ("STEER_PHASES", c.ClosePhaseEarly, lambda w, own, phase: {}),
    ("STEER_PHASES", c.ReopenPhase, lambda w, own, phase: {"phase": Phase.LOBBY, "until": T0 + 20 * HOUR}),
    ("EDIT_THEMES", c.RenameTheme, lambda w, own, phase: {"theme": "h1", "name": "New"}),
    ("EDIT_THEMES", c.MergeThemes, lambda w, own, phase: {"theme": "h1", "into": "h2"}),
    ("EDIT_THEMES", c.SplitTheme, lambda w, own, phase: {"theme": "h1", "ideas": (w.shared,), "name": "New"}),
    ("EDIT_THEMES", c.PinToTheme, lambda w, own, phase: {"idea": w.shared, "theme": "h2"}),
    ("EDIT_THEMES", c.ExcludeFromTheme, lambda w, own, phase: {"idea": w.shared, "theme": "h1"}),
    ("EDIT_THEMES", c.AcceptThemeProposal, lambda w, own, phase: {"proposal": w.proposal}),
    ("EDIT_THEMES", c.DeclineThemeProposal, lambda w, own, phase: {"proposal": w.proposal}),
    ("ORGANIZE", c.SetMinorPolicy, lambda w, own, phase: {"policy": MinorPolicy()}),
    ("ORGANIZE", c.SetThemePolicy, lambda w, own, phase: {"policy": ThemePolicy.APPLY}),
    ("ORGANIZE", c.PublishTerms, lambda w, own, phase: {"follows": 1, "texts": {"en": "New"}, "note": {"en": "New"}}),
    ("ORGANIZE", c.DescribeJam, lambda w, own, phase: {"titles": {"en": "New"}}),
    ("ORGANIZE", c.ScheduleJam, lambda w, own, phase: {"schedule": SCHEDULE}),
    ("ORGANIZE", c.PublishJam, lambda w, own, phase: {}),
    ("ORGANIZE", c.AddTopic, lambda w, own, phase: {"titles": {"en": "New"}, "descriptions": {}}),
    ("ORGANIZE", c.ChangeTopic, lambda w, own, phase: {"topic": w.topic, "position": 7}),
    ("ORGANIZE", c.CreateInvitation, lambda w, own, phase: {
        "token_hash": "y", "relation": Relation.FRIEND, "role": Role.ORGANIZER, "max_uses": 1, "expires_at": T0 + 9 * HOUR}),
    ("ORGANIZE", c.RevokeInvitation, lambda w, own, phase: {"invitation": w.invited}),
    ("ORGANIZE", c.SetInvitationPolicy, lambda w, own, phase: {"policy": InvitationPolicy(days=3)}),
    ("ORGANIZE", c.AddMember, lambda w, own, phase: {"person": "new", "role": Role.SPONSOR, "relation": Relation.CLIENT}),
    ("ORGANIZE", c.ChangeRole, lambda w, own, phase: {"person": "ann", "role": Role.SPONSOR}),
    ("RESTRICT", c.RestrictMembers, lambda w, own, phase: {
        "people": ("ann",), "kind": RestrictionKind.SUSPENDED, "until": None, "reason": R}),
    ("RESTRICT", c.LiftRestrictions, lambda w, own, phase: {"people": ("ben",), "reason": R}),
    ("RESTRICT", c.UndoMemberAct, lambda w, own, phase: {"act": w.muting}),
    ("ORGANIZE", c.ScopeModerator, lambda w, own, phase: {"person": "mod", "topics": (w.topic,), "languages": None}),
    ("ORGANIZE", c.ChangeRoles, lambda w, own, phase: {"people": ("ann", "ben"), "role": Role.SPONSOR}),
    ("ORGANIZE", c.RevokeInvitationsOf, lambda w, own, phase: {"people": ("ivy",)}),
    ("POST_IDEA", c.PostAnonymousIdea, lambda w, own, phase: unnamed("new") | {"topic": w.topic, "title": "New", "body": ""}),
    ("COMMENT", c.PostAnonymousComment, lambda w, own, phase: unnamed("new") | {"idea": w.shared, "body": "New"}),
    ("EDIT_OWN", c.EditAnonymousIdea, lambda w, own, phase: own_unnamed("one") | {
        "idea": w.unnamed, "title": "New", "body": "", "base_version": 1}),
    ("EDIT_OWN", c.EditAnonymousComment, lambda w, own, phase: own_unnamed("three") | {"comment": w.unsigned, "body": "New"}),
    ("EDIT_OWN", c.WithdrawAnonymous, lambda w, own, phase: own_unnamed("one") | {"target": w.unnamed}),
    ("ORGANIZE", c.SetActing, lambda w, own, phase: {"topic": w.topic, "relations": (Relation.EMPLOYEE,)}),
    ("ORGANIZE", c.SetAuditKey, lambda w, own, phase: {"public": sealing.OTHER_KEY}),
    ("ORGANIZE", c.SetAnonymousPosting, lambda w, own, phase: {"on": False}),
    ("ORGANIZE", c.RequestOpening, lambda w, own, phase: {"target": w.unnamed, "reason": R}),
    ("ORGANIZE", c.ConfirmOpening, lambda w, own, phase: {"target": w.asked}),
    ("ORGANIZE", c.DeclineOpening, lambda w, own, phase: {"target": w.asked, "reason": R}),
    ("MANAGE_BRANCHES", c.RevokeBranch, lambda w, own, phase: {"person": "ann", "hides": True, "reason": R}),
    ("MANAGE_BRANCHES", c.RestoreBranch, lambda w, own, phase: {"person": "cleo"}),
]  # fmt: skip

BY_NOBODY = {
    c.EraseMember,
    c.ComeOfAge,
    c.CreateJam,
    c.AcceptInvitation,
    c.RecordStance,
    c.CountSeen,
    c.RecordGrouping,
    c.PlaceIdea,
    c.RecordTrends,
    c.RecordDelivery,
    c.DeclineInvitation,
}
"""Commands of no member: who creates or joins is none yet, and some things only the server records."""

SETTLED = {c.ReadNotifications, c.AcceptTerms, c.ScheduleJam, c.PublishJam}
"""Commands that change nothing in this jam, or not in every phase, although they are allowed."""


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    return Crowd()


def outcome(crowd: Crowd, command: c.Command, phase: Phase) -> tuple[Any, ...] | Rejection:
    crowd.state.published = phase is not Phase.DRAFT
    now = T0 + ORDER.index(phase) * HOUR + HOUR // 2
    try:
        return decide(crowd.state, command, now)
    except Rejection as refusal:
        return refusal
    finally:
        crowd.state.published = True


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("action", "kind", "case"), COMMANDS, ids=[f"{action}-{kind.__name__}" for action, kind, _ in COMMANDS]
)
def test_the_table_is_what_commands_obey(crowd: Crowd, role: Role, action: str, kind: type[c.Command], case: Case) -> None:
    before = plain(crowd.state)
    for phase in ORDER:
        for relation in Relation:
            person = f"{role}-{relation}"
            command = asking(kind, person, case(crowd, crowd.own[person], phase))
            told = outcome(crowd, command, phase)
            if allowed(action, role, phase):
                assert not isinstance(told, (NotAllowed, PhaseClosed)), (phase, relation, told)
                if phase is Phase.IDEATION and kind not in SETTLED and action != "STEER_PHASES":
                    assert isinstance(told, tuple), told
                    assert told
            elif role.value not in EXPECTED[action][0].split():
                assert type(told) is NotAllowed, (phase, relation, told)
                assert told.action == action
            else:
                assert type(told) is PhaseClosed, (phase, relation, told)
                assert (told.action, told.phase) == (action, phase)
    assert plain(crowd.state) == before


@pytest.mark.parametrize(
    ("action", "kind", "case"), COMMANDS, ids=[f"{action}-{kind.__name__}" for action, kind, _ in COMMANDS]
)
def test_who_is_no_member_may_do_nothing(crowd: Crowd, action: str, kind: type[c.Command], case: Case) -> None:
    for phase in ORDER:
        fields = case(crowd, crowd.own["PARTICIPANT-EMPLOYEE"], phase)
        for stranger in ("stranger", "", "SYSTEM"):
            told = outcome(crowd, asking(kind, stranger, fields), phase)
            assert type(told) is NotAllowed, told


@pytest.mark.parametrize(
    ("action", "kind", "case"), COMMANDS, ids=[f"{action}-{kind.__name__}" for action, kind, _ in COMMANDS]
)
def test_minors_may_what_their_column_says(crowd: Crowd, action: str, kind: type[c.Command], case: Case) -> None:
    """With the things of their guardian: what may not be done to those by others is refused as NotAllowed or NotFound too."""
    guardian = "PARTICIPANT-FAMILY"
    own = crowd.own[guardian]
    for phase in ORDER:
        told = outcome(crowd, asking(kind, own["minor"], case(crowd, own, phase)), phase)
        if action not in MINORS.split():
            assert type(told) is NotAllowed, (phase, told)
            assert told.action == action
        elif not allowed(action, Role.PARTICIPANT, phase):
            assert type(told) is PhaseClosed, (phase, told)
        else:
            assert not isinstance(told, PhaseClosed), (phase, told)
            assert not (isinstance(told, NotAllowed) and "minors" in str(told)), (phase, told)


@pytest.mark.parametrize("action", list(Action))
def test_the_column_of_minors_is_the_one_written_here(action: Action) -> None:
    for phase in ORDER:
        expected = action.value in MINORS.split() and allowed(action.value, Role.PARTICIPANT, phase)
        assert may(action, Role.PARTICIPANT, Relation.FAMILY, phase, is_minor=True) is expected


@pytest.mark.parametrize("action", sorted(QUERIES))
def test_queries_ask_the_same_table(action: str) -> None:
    for role in Role:
        for phase in ORDER:
            for relation in Relation:
                assert may(Action(action), role, relation, phase) is allowed(action, role, phase)
    assert not may(Action(action), None, None, Phase.IDEATION)


def test_every_action_and_every_command_is_gone_through() -> None:
    assert set(EXPECTED) == {action.value for action in TABLE} == {action.value for action in Action}
    assert {action for action, _, _ in COMMANDS} == set(EXPECTED) - QUERIES
    assert {kind for _, kind, _ in COMMANDS} | BY_NOBODY == set(DECISIONS)
    assert not {kind for _, kind, _ in COMMANDS} & BY_NOBODY


@pytest.mark.parametrize(
    ("phase", "action", "closed_at", "opens_at"),
    [
        (Phase.DRAFT, Action.POST_IDEA, None, SCHEDULE.ideation_at),
        (Phase.LOBBY, Action.POST_IDEA, None, SCHEDULE.ideation_at),
        (Phase.REFINEMENT, Action.POST_IDEA, SCHEDULE.refinement_at, None),
        (Phase.REVIEW, Action.SUPPORT, SCHEDULE.review_at, None),
        (Phase.CLOSED, Action.SUPPORT, SCHEDULE.review_at, None),
        (Phase.LOBBY, Action.REPORT, None, SCHEDULE.ideation_at),
    ],
)
def test_a_closed_phase_says_when_it_closed_or_opens(
    crowd: Crowd, phase: Phase, action: Action, closed_at: int | None, opens_at: int | None
) -> None:
    kind, case = next((kind, case) for name, kind, case in COMMANDS if name == action.value)
    person = "PARTICIPANT-EMPLOYEE"
    told = outcome(crowd, kind(actor=person, id="asked", **case(crowd, crowd.own[person], phase)), phase)
    assert isinstance(told, PhaseClosed)
    assert (told.closed_at, told.opens_at) == (closed_at, opens_at)
