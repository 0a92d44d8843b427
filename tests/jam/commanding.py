"""Random commands of every kind that a jam's people might give, mostly about things that are there and may be changed so."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any, TypeVar

from server.jam import commands as c
from server.jam import ids
from server.jam.anonymity import POSTING
from server.jam.entities import Comment, Idea
from server.jam.invitations import InvitationKind, InvitationPolicy, Place, Quota
from server.jam.minors import MinorPolicy
from server.jam.people import Relation, Role
from server.jam.rejections import Rejection
from server.jam.standing import RestrictionKind
from server.jam.theme_proposals import Draft, ProposalKind, ProposedPart, ThemePolicy
from server.jam.visibility import EVERYONE, Audience, ContentStatus
from tests.jam import sealing
from tests.jam.world import HOUR, World, grouping, newest

T = TypeVar("T")
W = TypeVar("W", bound=World)

PARTICIPANTS = ("ann", "ben", "cat", "fay")
ANYONE = (*PARTICIPANTS, "mod", "org")
KEEPERS = ("mod", "org")
REASON = "Because it is so"
BODIES = ("One", "Two words", "שלום", "")
GONE = (ContentStatus.HIDDEN, ContentStatus.REMOVED)
COMING = int(datetime(2029, 5, 1, tzinfo=UTC).timestamp()) * 1000
"""When minors of these worlds come of age."""


class Asker:
    """Makes up commands for a world, the same ones for the same seed. One in six is about just anything."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, Random(seed)

    def one(self, *things: T) -> T:
        return self.random.choice(things)

    def some(self, things: Iterable[str], most: int = 3) -> tuple[str, ...]:
        chosen = list(things)
        self.random.shuffle(chosen)
        return tuple(chosen[: self.random.randint(0, most)])

    def likely(self, things: Iterable[T], otherwise: T) -> T:
        """One of these things, if there are any, and now and then the other."""
        fit = list(things)
        return self.random.choice(fit) if fit and self.random.random() < 0.84 else otherwise

    # ------------------------------------------------------------------------------------------------------------ things
    def idea(self, *statuses: ContentStatus) -> str:
        ideas = self.world.state.ideas
        anything = self.one(*(idea.id for idea in ideas), "i")
        return self.likely((idea.id for idea in ideas if idea.status in (statuses or tuple(ContentStatus))), anything)

    def remark(self, *statuses: ContentStatus) -> str:
        remarks = self.world.state.comments
        anything = self.one(*(comment.id for comment in remarks), "c")
        return self.likely(
            (comment.id for comment in remarks if comment.status in (statuses or tuple(ContentStatus))), anything
        )

    def topic(self) -> str:
        return self.one(*self.world.state.topics)

    def theme(self) -> str:
        return self.likely((theme.id for theme in self.world.state.board_themes()), self.one(*self.world.state.themes, "h"))

    def invitation(self) -> str:
        return self.likely((one.id for one in self.world.state.invitations.values()), "v")

    def restricted(self) -> list[str]:
        members = self.world.state.members
        return [member.person for member in members if member.restriction is not None or member.branches]

    def audience(self) -> Audience:
        circles = (Audience(circle=circle) for circle in self.world.state.circles)
        narrow = (Audience(relations=(Relation.EMPLOYEE,)), Audience(relations=(Relation.EMPLOYEE, Relation.FAMILY)))
        return self.one(EVERYONE, EVERYONE, EVERYONE, EVERYONE, *narrow, *circles)

    def command(self, *kinds: type[c.Command]) -> c.Command:
        """A command of one of these kinds, of any where none is named. Some kinds are more frequent, as in life."""
        common = [kind for kind in OFTEN if not kinds or kind in kinds]
        kind = self.one(*(kinds or FIELDS), *common)
        actors, fields = FIELDS[kind]
        given = fields(self)
        return self.world.command(kind, given.pop("actor", None) or self.one(*actors), **given)


Fields = Callable[[Asker], dict[str, Any]]


# ----------------------------------------------------------------------------------------------------- fields of commands
def act(*statuses: ContentStatus) -> Fields:
    return lambda ask: {"idea": ask.idea(*statuses), "reason": REASON}


def act_on_remark(*statuses: ContentStatus) -> Fields:
    return lambda ask: {"comment": ask.remark(*statuses), "reason": REASON}


def post(ask: Asker) -> dict[str, Any]:
    parents = ask.some((idea.id for idea in ask.world.state.ideas[-6:]), 2) if ask.one(True, False) else ()
    return {
        "topic": ask.topic(), "title": "An idea", "body": ask.one(*BODIES), "audience": ask.audience(), "parents": parents,
    }  # fmt: skip


def edit(ask: Asker) -> dict[str, Any]:
    idea: Idea = ask.one(*ask.world.state.ideas)
    return {
        "actor": ask.likely([idea.author], "ben"), "idea": idea.id, "title": ask.one("An idea", "Quite another thing"),
        "body": ask.one(*BODIES), "base_version": ask.likely([len(idea.versions)], 1),
    }  # fmt: skip


def withdraw(ask: Asker) -> dict[str, Any]:
    idea: Idea = ask.one(*ask.world.state.ideas)
    return {"idea": idea.id, "actor": ask.likely((ask.world.state.members[n].person for n in idea.supporters), "ann")}


def edit_remark(ask: Asker) -> dict[str, Any]:
    comment: Comment = ask.one(*ask.world.state.comments)
    return {"actor": ask.likely([comment.author], "fay"), "comment": comment.id, "body": ask.one(*BODIES)}


def withdraw_like(ask: Asker) -> dict[str, Any]:
    comment: Comment = ask.one(*ask.world.state.comments)
    return {"comment": comment.id, "actor": ask.likely((ask.world.state.members[n].person for n in comment.likers), "ann")}


def reply(ask: Asker) -> dict[str, Any]:
    comment: Comment = ask.one(*ask.world.state.comments)
    below = {"idea": comment.idea, "parent": comment.id}
    return {"body": "A comment"} | ask.one(below, {"idea": ask.idea()}, {"idea": ask.idea(), "parent": ask.remark()})


def report(ask: Asker) -> dict[str, Any]:
    target = ask.one(ask.idea(), ask.remark(), ask.idea(*GONE), ask.remark(*GONE))
    found = ask.world.state.idea(target) or ask.world.state.comment(target)
    if found is not None and found.status in GONE:
        return {"actor": found.author, "target": target, "reason": "APPEAL", "note": "Look again"}
    return {"target": target, "reason": "SPAM"}


def change_circle(ask: Asker) -> dict[str, Any]:
    circles = list(ask.world.state.circles.values())
    if not circles:
        return {"circle": "o"}
    circle = ask.one(*circles)
    return {
        "circle": circle.id,
        "actor": ask.likely([circle.by], "cat"),
        "add": ask.some(ANYONE, 2),
        "remove": ask.some(ANYONE, 2),
    }


def on_circle(ask: Asker) -> dict[str, Any]:
    chosen = change_circle(ask)
    return {name: chosen[name] for name in ("circle", "actor") if name in chosen}


def on_minor(ask: Asker) -> dict[str, Any]:
    """A minor under somebody's account, mostly as their guardian."""
    minors = ask.world.state.minors
    person = ask.one(*minors, "nobody")
    return {"person": person, "actor": ask.likely([minors.get(person, "ann")], "ben")}


def group(ask: Asker) -> dict[str, Any]:
    """Each idea in one of three themes, a sub-theme of the first, or none; some ideas are left out."""
    places: dict[str, list[str]] = {"h1": [], "h2": [], "h3": [], "sub": [], "none": [], "out": []}
    for idea in ask.world.state.ideas:
        places[ask.one(*places)].append(idea.id)
    themes = {id: places[id] for id in ("h1", "h2", "h3") if ask.one(True, True, False)}
    also = newest(ask.world.state) | {"proposals": tuple(draft(ask, *themes) for _ in range(ask.one(0, 1, 2)) if themes)}
    if "h1" not in themes or ask.one(True, False):
        return grouping(themes, {}, places["none"]) | also
    return grouping(themes | {"h1": themes["h1"] + places["sub"]}, {"s1": ("h1", places["sub"])}, places["none"]) | also


def draft(ask: Asker, *themes: str) -> Draft:
    """Any proposal about these themes: two are one, some ideas are a theme of their own, one falls apart."""
    kind = ask.one(*ProposalKind)
    one, other = ask.one(*themes), ask.one(*themes)
    ideas = tuple(idea.id for idea in ask.world.state.ideas if ask.one(True, False))
    if kind is ProposalKind.MERGE:
        kept, parts = (one, other), (part(one, ideas),)
    elif kind is ProposalKind.RETIRE:
        kept, parts = (one,), (part(other, ideas[:2]), part(None, ideas[2:]))
    else:
        kept, parts = (one,), (part(one, ()), part(f"n{ask.one(1, 2, 3)}", ideas))
    return Draft(kind, tuple(dict.fromkeys(kept)), parts, (0.5, 0.6), (0.3, 0.4), 0.7)


def part(theme: str | None, ideas: tuple[str, ...]) -> ProposedPart:
    return ProposedPart(theme, f"Name of {theme}", ("word",), ideas[:1], ideas, len(ideas), 0.5, 0.4, 0.7)


def proposal(ask: Asker) -> dict[str, Any]:
    return {"proposal": ask.likely(ask.world.state.theme_proposals, "q")}


def invite(ask: Asker) -> dict[str, Any]:
    places = (
        Place(f"token {ask.one(*range(60))}", ask.one(*Relation), language="en", uses=ask.one(1, 1, 2), key=str(number))
        for number in range(ask.one(1, 1, 2))
    )
    return {"kind": ask.one(InvitationKind.LINK, InvitationKind.MAIL), "places": tuple(places)}


def split(ask: Asker) -> dict[str, Any]:
    id = ask.theme()
    theme = ask.world.state.themes.get(id)
    inside = [ask.world.state.ideas[number].id for number in sorted(theme.ideas)] if theme is not None else []
    return {"theme": id, "ideas": inside[:-1] and (ask.one(*inside),), "name": "Apart"}


def unnamed(ask: Asker) -> dict[str, Any]:
    """A post without a name, most often under a proof that was not used before."""
    proof = f"proof {ask.one(*range(40))}"
    return {
        "actor": sealing.author(proof), "id": POSTING, "poster": ask.one(*ANYONE), "seal": sealing.seal(proof),
    }  # fmt: skip


def unnamed_idea(ask: Asker) -> dict[str, Any]:
    return post(ask) | unnamed(ask)


def unnamed_remark(ask: Asker) -> dict[str, Any]:
    return reply(ask) | unnamed(ask)


def of_ones_own(ask: Asker, *found: Idea | Comment) -> dict[str, Any]:
    """Whoever shows the proof of one of these."""
    seals = ask.world.state.anonymity.seals
    thing = ask.likely([thing for thing in found if thing.id in seals], found[0])
    proof_hash = seals[thing.id].proof_hash if thing.id in seals else "none"
    return {"actor": thing.author, "poster": ask.one(*ANYONE), "proof_hash": proof_hash, "thing": thing}


def edit_unnamed(ask: Asker) -> dict[str, Any]:
    given = of_ones_own(ask, *ask.world.state.ideas)
    idea = given.pop("thing")
    return given | {
        "idea": idea.id, "title": ask.one("An idea", "Quite another thing"), "body": ask.one(*BODIES),
        "base_version": ask.likely([len(idea.versions)], 1),
    }  # fmt: skip


def edit_unnamed_remark(ask: Asker) -> dict[str, Any]:
    given = of_ones_own(ask, *ask.world.state.comments)
    return given | {"comment": given.pop("thing").id, "body": ask.one(*BODIES)}


def withdraw_unnamed(ask: Asker) -> dict[str, Any]:
    given = of_ones_own(ask, *ask.world.state.ideas, *ask.world.state.comments)
    return given | {"target": given.pop("thing").id}


def sealed(ask: Asker) -> str:
    return ask.likely(ask.world.state.anonymity.seals, ask.idea())


VISIBLE, MERGED = ContentStatus.VISIBLE, ContentStatus.MERGED

FIELDS: dict[type[c.Command], tuple[Sequence[str], Fields]] = {
    c.PostIdea: (PARTICIPANTS, post),
    c.EditIdea: (PARTICIPANTS, edit),
    c.SupportIdea: (ANYONE, lambda ask: {"idea": ask.idea(VISIBLE, MERGED)}),
    c.WithdrawSupport: (ANYONE, withdraw),
    c.RecordStance: ((ids.SYSTEM,), lambda ask: {
        "idea": ask.idea(), "person": ask.one(*PARTICIPANTS), "stance": ask.one("agree", "disagree", "pass")}),
    c.HideIdea: (KEEPERS, act(VISIBLE, MERGED)),
    c.RestoreIdea: (KEEPERS, act(*GONE)),
    c.RemoveIdea: (KEEPERS, act(*GONE)),
    c.MergeIdeas: (KEEPERS, lambda ask: {"idea": ask.idea(VISIBLE), "into": ask.idea(VISIBLE), "reason": REASON}),
    c.UnmergeIdea: (KEEPERS, act(MERGED)),
    c.MarkIdea: (KEEPERS, lambda ask: {
        "idea": ask.idea(), "mark": ask.one("PINNED", "FEATURED", "LOCKED"), "on": ask.one(True, False, False),
        "reason": REASON}),
    c.MoveIdea: (KEEPERS, lambda ask: {"idea": ask.idea(), "topic": ask.topic(), "reason": REASON}),
    c.CountSeen: ((ids.SYSTEM,), lambda ask: {"counts": {ask.idea(): ask.one(0, 1, 5)}}),
    c.PostComment: (ANYONE, reply),
    c.EditComment: (PARTICIPANTS, edit_remark),
    c.LikeComment: (ANYONE, lambda ask: {"comment": ask.remark(VISIBLE)}),
    c.WithdrawLike: (ANYONE, withdraw_like),
    c.HideComment: (KEEPERS, act_on_remark(VISIBLE)),
    c.RestoreComment: (KEEPERS, act_on_remark(*GONE)),
    c.RemoveComment: (KEEPERS, act_on_remark()),
    c.FileReport: (ANYONE, report),
    c.ResolveReport: (KEEPERS, lambda ask: {
        "report": ask.likely(ask.world.state.open_reports, "r"), "outcome": ask.one("UPHELD", "DISMISSED"),
        "reason": REASON}),
    c.ReopenReport: (KEEPERS, lambda ask: {"report": ask.likely(ask.world.state.reports, "r"), "reason": REASON}),
    c.ReadNotifications: (ANYONE, lambda ask: {"up_to": ask.one(None, None, 5, ask.world.state.seq - 1, 10**6)}),
    c.RenameCircle: (PARTICIPANTS, lambda ask: on_circle(ask) | {"name": ask.one("The few", "The fewer")}),
    c.CloseCircle: (PARTICIPANTS, lambda ask: on_circle(ask) | {"closed": ask.one(True, False, False)}),
    c.AddMinor: (("ann", "cat"), lambda ask: {"until": COMING}),
    c.PauseMinor: (PARTICIPANTS, lambda ask: on_minor(ask) | {"paused": ask.one(True, False)}),
    c.AcceptTerms: (ANYONE, lambda ask: {
        "version": ask.likely([len(ask.world.state.terms)], 1), "language": ask.one("en", "he")}),
    c.AddMember: (("org", ids.SYSTEM), lambda ask: {
        "person": ask.one("new", "newer", "newest"), "role": Role.PARTICIPANT, "relation": ask.one(*Relation)}),
    c.RestrictMembers: (KEEPERS, lambda ask: {
        "people": ask.some(PARTICIPANTS, 2), "kind": ask.one(RestrictionKind.MUTED, RestrictionKind.SUSPENDED),
        "until": ask.one(None, ask.world.now + 1, ask.world.now + 90_000), "reason": REASON}),
    c.LiftRestrictions: ((*KEEPERS, ids.SYSTEM), lambda ask: {
        "people": ask.likely([ask.some(ask.restricted())], ask.some(ANYONE)), "reason": REASON}),
    c.ScopeModerator: (("org",), lambda ask: {
        "person": ask.one("mod", "mod", "ann"), "topics": ask.one(None, None, (ask.topic(),)),
        "languages": ask.one(None, None, ("en", "he"))}),
    c.ChangeRoles: (("org",), lambda ask: {
        "people": ask.some(PARTICIPANTS), "role": ask.one(Role.PARTICIPANT, Role.PARTICIPANT, Role.SPONSOR)}),
    c.RevokeInvitationsOf: (("org",), lambda ask: {"people": ask.some(PARTICIPANTS)}),
    c.UndoMemberAct: (KEEPERS, lambda ask: {"act": ask.likely(ask.world.state.member_acts, "b")}),
    c.RevokeBranch: (("org",), lambda ask: {
        "person": ask.one(*PARTICIPANTS, "new"), "hides": ask.one(True, True, False), "reason": REASON}),
    c.RestoreBranch: (("org",), lambda ask: {"person": ask.likely(ask.world.state.branches, "ann")}),
    c.ChangeRole: (("org",), lambda ask: {
        "person": ask.one(*PARTICIPANTS), "role": ask.one(Role.PARTICIPANT, Role.PARTICIPANT, Role.REVIEWER)}),
    c.CreateInvitation: (("org",), lambda ask: {
        "token_hash": f"token {ask.one(*range(9))}", "relation": Relation.FRIEND, "role": Role.PARTICIPANT,
        "max_uses": ask.one(1, 2, 3), "expires_at": ask.world.now + HOUR}),
    c.Invite: (("ann", "ben", "fay", "org"), invite),
    c.Reinvite: (("ann", "ben", "org"), lambda ask: {"invitation": ask.invitation(), "token_hash": f"token {ask.one(*range(60))}"}),
    c.RevokeInvitation: (("ann", "ben", "org"), lambda ask: {"invitation": ask.invitation()}),
    c.RecordDelivery: ((ids.SYSTEM,), lambda ask: {"invitation": ask.invitation(), "delivered": ask.one(True, False)}),
    c.DeclineInvitation: ((ids.SYSTEM,), lambda ask: {
        "token_hash": ask.one(*ask.world.state.invitations), "reported": ask.one(True, False)}),
    c.SetInvitationPolicy: (("org",), lambda ask: {"policy": InvitationPolicy(
        (Quota(Relation.EMPLOYEE, ask.one(0, 3, 6)), Quota(Relation.FAMILY, ask.one(0, 2))), days=ask.one(1, 14))}),
    c.AcceptInvitation: (("new", "newer", "newest"), lambda ask: {"token_hash": ask.one(*ask.world.state.invitations)}),
    c.CreateCircle: (PARTICIPANTS, lambda ask: {"name": "The few", "members": ask.some(ANYONE)}),
    c.ChangeCircle: (PARTICIPANTS, change_circle),
    c.AddTopic: (("org",), lambda ask: {"titles": {"en": "More"}, "descriptions": {}, "audience": ask.audience()}),
    c.ChangeTopic: (("org",), lambda ask: {
        "topic": ask.topic(), "audience": ask.audience(), "locked": ask.one(None, None, True, False, False)}),
    c.SetActing: (("org",), lambda ask: {
        "topic": ask.one(None, ask.topic()), "relations": ask.one(None, None, tuple(Relation)[:3], (Relation.EMPLOYEE,))}),
    c.SetAuditKey: (("org",), lambda ask: {"public": ask.likely([sealing.KEY], sealing.OTHER_KEY), "eyes": ask.one(None, 1, 2)}),
    c.SetAnonymousPosting: (("org",), lambda ask: {"on": ask.likely([True], False)}),
    c.PostAnonymousIdea: (ANYONE, unnamed_idea),
    c.PostAnonymousComment: (ANYONE, unnamed_remark),
    c.EditAnonymousIdea: (ANYONE, edit_unnamed),
    c.EditAnonymousComment: (ANYONE, edit_unnamed_remark),
    c.WithdrawAnonymous: (ANYONE, withdraw_unnamed),
    c.RequestOpening: (("org",), lambda ask: {"target": sealed(ask), "reason": REASON}),
    c.ConfirmOpening: (("org", "mod"), lambda ask: {"target": sealed(ask)}),
    c.DeclineOpening: (("org",), lambda ask: {"target": sealed(ask), "reason": REASON}),
    c.Announce: (KEEPERS, lambda ask: {"texts": {"en": "Hear"}}),
    c.DescribeJam: (("org",), lambda ask: {"titles": {"en": ask.one("Jam", "Other")}}),
    c.RecordGrouping: ((ids.SYSTEM,), group),
    c.RecordTrends: ((ids.SYSTEM,), lambda ask: {
        "since": ask.world.now, "trends": ((ask.one("h1", "h2", "s1"), ask.one("EMERGING", "STEADY"), 3, 1, 2.5, 0.01),)}),
    c.PlaceIdea: ((ids.SYSTEM,), lambda ask: {
        "idea": ask.idea(), "theme": ask.theme(), "subtheme": ask.one("s1", ask.theme()), "x": 0.5, "y": 0.5}),
    c.RenameTheme: (KEEPERS, lambda ask: {"theme": ask.theme(), "name": ask.one("This", "That")}),
    c.MergeThemes: (KEEPERS, lambda ask: {"theme": ask.theme(), "into": ask.theme()}),
    c.SplitTheme: (KEEPERS, split),
    c.PinToTheme: (KEEPERS, lambda ask: {"idea": ask.idea(), "theme": ask.theme()}),
    c.AcceptThemeProposal: (KEEPERS, proposal),
    c.DeclineThemeProposal: (KEEPERS, proposal),
    c.SetThemePolicy: (("org",), lambda ask: {"policy": ask.one(*ThemePolicy)}),
    c.ExcludeFromTheme: (KEEPERS, lambda ask: {"idea": ask.idea(), "theme": ask.theme()}),
}  # fmt: skip
"""For each kind who may well give it, and its fields; an `actor` among them is who gives it instead."""

OFTEN = (c.PostIdea, c.PostComment, c.SupportIdea, c.SupportIdea, c.SupportIdea, c.WithdrawSupport, c.MergeIdeas, c.UnmergeIdea)


def settled_world(kind: type[W] = World) -> W:  # type: ignore[assignment]
    """A world with something of everything to talk about, so that random commands meet."""
    world = kind()
    first, second = world.post("ann", "First"), world.post("ben", "Second")
    world.post("fay", "Third", parents=(first,))
    top = world.comment(first, "ben")
    world.comment(first, "cat", parent=top)
    world.comment(second, "ann")
    world.support(first, "ben", "cat")
    world.circle("ann", "ben", "mod")
    world.make(ids.REPORT, c.FileReport, "cat", target=second, reason="SPAM")
    world.make(ids.REPORT, c.FileReport, "fay", target=second, reason="SPAM")
    for token in ("x", "y"):
        world.do(
            c.CreateInvitation, "org", token_hash=token, relation=Relation.FRIEND, role=Role.PARTICIPANT, max_uses=1,
            expires_at=world.now + HOUR,
        )  # fmt: skip
    world.group({"h1": [first], "h2": [second]}, {"s1": ("h1", [first])})
    world.do(c.SetMinorPolicy, "org", policy=MinorPolicy(True, relations=tuple(Relation)))
    world.do(c.AddMinor, "ann", until=COMING)
    world.do(c.PublishTerms, "org", follows=0, texts={"en": "Be kind"}, note={})
    for person in ANYONE:
        if person != "cat":
            world.do(c.AcceptTerms, person, version=1, language="en")
    return world


def wander(world: World, seed: int, steps: int, *kinds: type[c.Command]) -> int:
    """Runs so many random commands, each some time after the one before; how many of them made something happen."""
    ask = Asker(world, seed)
    happened = 0
    for _ in range(steps):
        world.wait(ask.one(0, 1, 700, 90_000))
        try:
            happened += bool(world.run(ask.command(*kinds)))
        except Rejection:
            continue
    return happened
