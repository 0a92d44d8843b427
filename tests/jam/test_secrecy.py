"""Nothing tells an idea that is not for someone from one that does not exist."""

from typing import Any

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.decide import decide
from server.jam.rejections import NotFound, Rejection
from server.jam.visibility import Audience
from tests.jam.world import EMPLOYEES, World, plain

MISSING = "xaaaaaaaaaaaaa"
"""As long as every id, so that a message about it is too."""

REASON = "Because it is so"

ON_IDEAS: dict[str, dict[str, Any]] = {
    "EditIdea": {"title": "Another title", "body": "", "base_version": 1},
    "SupportIdea": {},
    "WithdrawSupport": {},
    "HideIdea": {"reason": REASON},
    "RestoreIdea": {"reason": REASON},
    "RemoveIdea": {"reason": REASON},
    "MergeIdeas": {"into": "open idea", "reason": REASON},
    "UnmergeIdea": {"reason": REASON},
    "MarkIdea": {"mark": "PINNED", "on": True, "reason": "Because"},
    "MoveIdea": {"topic": "staff topic", "reason": REASON},
    "PostComment": {"body": "A comment"},
    "PinToTheme": {"theme": "h1"},
    "ExcludeFromTheme": {"theme": "h1"},
}
"""Commands about an idea, with their other fields."""

ON_COMMENTS: dict[str, dict[str, Any]] = {
    "EditComment": {"body": "Another comment"},
    "LikeComment": {},
    "WithdrawLike": {},
    "HideComment": {"reason": REASON},
    "RestoreComment": {"reason": REASON},
    "RemoveComment": {"reason": REASON},
}

IDEA_CASES = [
    *((kind, "idea", fields) for kind, fields in ON_IDEAS.items()),
    ("MergeIdeas", "into", {"idea": "open idea", "reason": REASON}),
    ("PostIdea", "parents", {"topic": "open topic", "title": "A build-on", "body": ""}),
    ("FileReport", "target", {"reason": "SPAM"}),
    ("FileReport", "target", {"reason": "APPEAL", "note": "Please look again"}),
    ("SplitTheme", "ideas", {"theme": "h1", "name": "A part"}),
]
COMMENT_CASES = [
    *((kind, "comment", fields) for kind, fields in ON_COMMENTS.items()),
    ("PostComment", "parent", {"idea": "open idea", "body": "A reply"}),
    ("FileReport", "target", {"reason": "ABUSE"}),
]


class Secrets(World):
    """For each outsider an idea and a comment that they may not see: of a circle, of another tier, hidden, badly merged."""

    def __init__(self) -> None:
        super().__init__()
        circle = self.circle("ann", "ben")
        open_idea = self.post("ann", "For everyone")
        self.group({"h1": [open_idea]})
        self.names = {"open idea": open_idea, "open topic": self.topic, "staff topic": self.staff}
        self.ideas = {
            "org": self.post(audience=Audience(circle=circle)),
            "fay": self.post(audience=EMPLOYEES),
            "cat": self.post("ben"),
        }
        self.comments = {outsider: self.comment(idea) for outsider, idea in self.ideas.items()}
        self.comments["pat"] = self.comment(open_idea)
        self.do(c.HideIdea, "mod", idea=self.ideas["cat"], reason=REASON)
        self.do(c.HideComment, "mod", comment=self.comments["pat"], reason=REASON)

    def tell(self, kind: str, actor: str, field: str, about: str, others: dict[str, Any]) -> tuple[type, str]:
        """All that the refusal of a command tells, with the id that it was about struck out."""
        fields = {name: self.names.get(value, value) if isinstance(value, str) else value for name, value in others.items()}
        value = (about,) if field in ("parents", "ideas") else about
        command = self.command(getattr(c, kind), actor, **fields | {field: value})
        before = plain(self.state)
        with pytest.raises(Rejection) as caught:
            decide(self.state, command, self.now)
        assert plain(self.state) == before
        return type(caught.value), repr(sorted(vars(caught.value).items())).replace(about, "?")


@pytest.fixture(scope="module")
def secrets() -> Secrets:
    """Only looked at: `tell` proves that no command changed it."""
    return Secrets()


@pytest.mark.parametrize(("kind", "field", "others"), IDEA_CASES)
@pytest.mark.parametrize("outsider", ["org", "fay", "cat"])
def test_an_idea_that_is_not_for_one_is_as_if_it_did_not_exist(
    secrets: Secrets, outsider: str, kind: str, field: str, others: dict[str, Any]
) -> None:
    told = secrets.tell(kind, outsider, field, secrets.ideas[outsider], others)
    assert told == secrets.tell(kind, outsider, field, MISSING, others)
    if outsider == "org":
        assert told[0] is NotFound


@pytest.mark.parametrize(("kind", "field", "others"), COMMENT_CASES)
@pytest.mark.parametrize("outsider", ["org", "fay", "cat", "pat"])
def test_a_comment_that_is_not_for_one_is_as_if_it_did_not_exist(
    secrets: Secrets, outsider: str, kind: str, field: str, others: dict[str, Any]
) -> None:
    told = secrets.tell(kind, outsider, field, secrets.comments[outsider], others)
    assert told == secrets.tell(kind, outsider, field, MISSING, others)
    if outsider == "org":
        assert told[0] is NotFound


def test_a_topic_or_circle_that_is_not_for_one_is_as_if_it_did_not_exist(secrets: Secrets) -> None:
    circle = next(iter(secrets.state.circles))
    idea = {"title": "An idea", "body": ""}
    cases: list[tuple[str, str, str, str, dict[str, Any]]] = [
        ("PostIdea", "fay", "topic", secrets.staff, idea),
        ("ChangeCircle", "org", "circle", circle, {"add": ("org",)}),
        ("ChangeCircle", "org", "circle", circle, {"remove": ("org",)}),
    ]
    for kind, actor, field, about, others in cases:
        assert secrets.tell(kind, actor, field, about, others) == secrets.tell(kind, actor, field, MISSING, others)
    audiences = [Audience(circle=id) for id in (circle, MISSING)]
    messages = []
    for audience in audiences:
        with pytest.raises(NotFound) as caught:
            secrets.post("cat", audience=audience)
        messages.append(str(caught.value).replace(str(audience.circle), "?"))
    assert messages[0] == messages[1]


def test_what_an_idea_was_merged_into_stays_secret_where_it_is_not_for_one(world: World) -> None:
    """The duplicate is still there to see; that the other was hidden is not told."""
    duplicate, into = world.post(), world.post("ben")
    world.do(c.MergeIdeas, "mod", idea=duplicate, into=into, reason=REASON)
    world.do(c.HideIdea, "mod", idea=into, reason=REASON)
    for kind, fields in (
        (c.SupportIdea, {"idea": duplicate}),
        (c.PostIdea, {"parents": (duplicate,), "topic": world.topic, "title": "A build-on", "body": ""}),
    ):
        refusal = world.refuse(NotFound, kind, "cat", **fields)
        assert refusal.id == duplicate
        assert into not in str(refusal)


def test_a_name_is_no_id(world: World) -> None:
    """Ids are looked up exactly: neither blanks nor case are forgiven, and nothing odd breaks the refusal."""
    idea = world.post()
    for odd in (idea.upper(), f" {idea}", "", "\0", "\ud800", "i" * 100_000):
        assert world.refuse(NotFound, c.SupportIdea, "ben", idea=odd).id == odd
    assert ids.derive_id("i", "\ud800") != ids.derive_id("i", "?")


def test_nothing_that_happens_in_a_circle_shows_in_the_activity_of_the_jam(world: World) -> None:
    circle = Audience(circle=world.circle("ann", "ben"))
    world.wait(120_000)
    idea = world.post(audience=circle)
    world.comment(idea)
    world.support(idea, "ben")
    assert world.now // 60_000 not in world.state.minutes
    idea = world.post()
    world.comment(idea)
    world.support(idea, "ben")
    assert world.state.minutes[world.now // 60_000] == [1, 1, 1, 0]
