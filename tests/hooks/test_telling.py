"""What webhooks tell: kinds and ids, never a text, a name or what is in a circle; signed so that nobody else can."""

import json

from hypothesis import given
from hypothesis import strategies as st

from server.hooks.signing import TOLERANCE_S, is_genuine, signature
from server.hooks.telling import KINDS, QUIET, TOLD, all_told
from server.jam import commands as c
from server.jam import events as ev
from server.jam.visibility import Audience
from tests.jam.world import World

TEXTS = {"title", "body", "note", "texts", "name", "person", "author", "by", "reporter", "email"}


def heard(world: World, events: list[ev.Event], kinds: frozenset[str] = frozenset(KINDS)) -> list[dict[str, object]]:
    return [json.loads(body) for _, _, body in all_told(world.state, 0, events, kinds)]


def test_no_text_and_nobody_is_named() -> None:
    for _, names in TOLD.values():
        assert not TEXTS & set(names)
    assert len(set(KINDS)) == len(KINDS)
    assert set(KINDS) > QUIET


def test_an_idea_is_told_by_its_ids() -> None:
    world = World()
    idea = world.post("ann", "A very telling title")
    posted = ev.IdeaPosted(
        at=5, idea=idea, topic=world.topic, author="ann", title="A very telling title", body="", language="en", parents=(),
        audience=Audience(),
    )  # fmt: skip
    [told] = heard(world, [posted])
    assert told == {
        "kind": "idea.posted",
        "jam": world.state.id,
        "seq": 1,
        "at": 5,
        "idea": idea,
        "topic": world.topic,
        "parents": [],
    }
    assert heard(world, [posted], frozenset({"comment.posted"})) == []


def test_what_is_in_a_circle_is_not_told() -> None:
    world = World()
    circle = world.circle("ann", "ben")
    secret = world.make(
        "i", c.PostIdea, "ann", topic=world.topic, title="Among us", body="", audience=Audience(circle=circle)
    )  # fmt: skip
    comment = world.comment(secret, "ben")
    events: list[ev.Event] = [
        ev.IdeaSupported(at=1, idea=secret, person="ben"),
        ev.CommentPosted(at=1, comment=comment, idea=secret, parent=None, author="ben", body="Yes", language="en"),
        ev.ReportFiled(at=1, report="r1", target=comment, reporter="ben", reason="SPAM", note=""),
        ev.IdeaHidden(at=1, idea="iunknown", reason="", by="mod"),
    ]
    assert heard(world, events) == []


@given(st.text(), st.integers(0, 2**40), st.binary(max_size=200), st.integers(-2 * TOLERANCE_S, 2 * TOLERANCE_S))
def test_a_signature_is_good_for_its_body_secret_and_time(secret: str, at: int, body: bytes, late: int) -> None:
    secret = secret.encode("utf-8", "replace").decode()
    header = signature(secret, at, body)
    assert is_genuine(secret, header, body, at + late) == (abs(late) <= TOLERANCE_S)
    assert not is_genuine(secret + "x", header, body, at)
    assert not is_genuine(secret, header, body + b"x", at)
    assert not is_genuine(secret, header.replace(f"t={at}", f"t={at + 1}"), body, at)


def test_nonsense_is_no_signature() -> None:
    for header in ("", "t=", "t=x,v1=y", "v1=abc", "t=1", ",,=", "t=1,v1=\u05d0"):
        assert not is_genuine("secret", header, b"{}", 1)
