"""The digest of a jam: anything that matters changes it, the order of dicts and a snapshot do not."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from server.jam import commands as c
from server.jam.digest import digest
from server.jam.invitations import InvitationPolicy
from server.jam.minors import MinorPolicy
from server.jam.people import Role
from server.jam.phases import Phase
from server.jam.standing import RestrictionKind
from server.snapshots import dump, load
from tests.jam.commanding import COMING
from tests.jam.world import T0, World


def lively() -> tuple[World, dict[str, str]]:
    """A jam with something of everything; the same each time."""
    world = World()
    first, second = world.post("ann", "First idea"), world.post("fay", "Second idea")
    child = world.make("i", c.PostIdea, "ben", topic=world.topic, title="Builds on it", body="", parents=(first,))
    world.support(first, "ben", "fay")
    comment = world.comment(first)
    report = world.make("r", c.FileReport, "cat", target=comment, reason="SPAM")
    world.group({"h1": (first, second)}, {"h2": ("h1", (first,))}, unthemed=(child,))
    world.do(c.PublishTerms, "org", follows=0, texts={"en": "Be kind"}, note={})
    for person in ("ann", "ben", "cat", "fay"):
        world.do(c.AcceptTerms, person, version=1, language="en")
    world.do(c.SetMinorPolicy, "org", policy=MinorPolicy(True))
    return world, {
        "minor": world.make("p", c.AddMinor, "ann", until=COMING),
        "first": first,
        "second": second,
        "child": child,
        "comment": comment,
        "report": report,
        "circle": world.circle("ann", "ben"),
    }


CHANGES: dict[str, Callable[[World, dict[str, str]], Any]] = {
    "a vote": lambda w, n: w.support(n["second"], "ben"),
    "a vote withdrawn": lambda w, n: w.do(c.WithdrawSupport, "ben", idea=n["first"]),
    "a stance": lambda w, n: w.do(c.RecordStance, "system", idea=n["first"], person="cat", stance="pass"),
    "a text": lambda w, n: w.do(c.EditIdea, "ann", idea=n["first"], title="First ideas", body="", base_version=1),
    "a comment's text": lambda w, n: w.do(c.EditComment, "ben", comment=n["comment"], body="Other words"),
    "a status": lambda w, n: w.do(c.HideIdea, "mod", idea=n["first"], reason="Because of it"),
    "a comment's status": lambda w, n: w.do(c.RemoveComment, "mod", comment=n["comment"], reason="Because of it"),
    "a mark": lambda w, n: w.do(c.MarkIdea, "mod", idea=n["first"], mark="PINNED", on=True, reason="Because"),
    "a merge": lambda w, n: w.do(c.MergeIdeas, "mod", idea=n["second"], into=n["first"], reason="The same"),
    "a move": lambda w, n: w.do(c.MoveIdea, "org", idea=n["second"], topic=w.staff, reason="It belongs there"),
    "a new idea": lambda w, n: w.post("cat"),
    "a like": lambda w, n: w.do(c.LikeComment, "ann", comment=n["comment"]),
    "a member": lambda w, n: w.do(c.AddMember, "org", person="new", role="PARTICIPANT", relation="FRIEND"),
    "a role": lambda w, n: w.do(c.ChangeRole, "org", person="ann", role=Role.REVIEWER),
    "a restriction": lambda w, n: w.do(
        c.RestrictMembers, "mod", people=("ann",), kind=RestrictionKind.MUTED, until=None, reason="Because of it"
    ),
    "a scope": lambda w, n: w.do(c.ScopeModerator, "org", person="mod", topics=(w.topic,), languages=None),
    "a branch": lambda w, n: w.do(c.RevokeBranch, "org", person="ann", hides=False, reason="Because of it"),
    "roles of many": lambda w, n: w.do(c.ChangeRoles, "org", people=("ann", "ben"), role=Role.REVIEWER),
    "a circle": lambda w, n: w.do(c.ChangeCircle, "ann", circle=n["circle"], add=("cat",)),
    "a report settled": lambda w, n: w.do(c.ResolveReport, "mod", report=n["report"], outcome="DISMISSED", reason="Because"),
    "an announcement": lambda w, n: w.do(c.Announce, "mod", texts={"en": "Hear"}),
    "the schedule": lambda w, n: w.do(c.ExtendPhase, "mod", phase=Phase.IDEATION, until=T0 + 11_000_000),
    "an erasure": lambda w, n: w.do(c.EraseMember, "system", person="ben", withdraws=False),
    "a withdrawn text": lambda w, n: w.do(c.EraseMember, "system", person="fay", withdraws=True),
    "a topic": lambda w, n: w.do(c.ChangeTopic, "mod", topic=w.topic, locked=True),
    "a theme's name": lambda w, n: w.do(c.RenameTheme, "mod", theme="h1", name="Another name"),
    "a theme's idea": lambda w, n: w.do(c.PinToTheme, "mod", idea=n["child"], theme="h1"),
    "views": lambda w, n: w.do(c.CountSeen, "system", counts={n["first"]: 3}),
    "the jam's texts": lambda w, n: w.do(c.DescribeJam, "org", titles={"en": "Other"}),
    "a circle's name": lambda w, n: w.do(c.RenameCircle, "ann", circle=n["circle"], name="Another"),
    "a closed circle": lambda w, n: w.do(c.CloseCircle, "ann", circle=n["circle"]),
    "the policy for minors": lambda w, n: w.do(c.SetMinorPolicy, "org", policy=MinorPolicy(True, minimum_age=15)),
    "a minor paused": lambda w, n: w.do(c.PauseMinor, "ann", person=n["minor"], paused=True),
    "terms": lambda w, n: w.do(c.PublishTerms, "org", follows=1, texts={"en": "Be kinder"}, note={"en": "More"}),
    "terms accepted": lambda w, n: w.do(c.AcceptTerms, "mod", version=1, language="en"),
    "a quota": lambda w, n: w.do(c.SetInvitationPolicy, "org", policy=InvitationPolicy(days=3)),
    "an invitation": lambda w, n: w.do(
        c.CreateInvitation, "org", token_hash="x", relation="FRIEND", role="PARTICIPANT", max_uses=1, expires_at=T0 + 9_999_999
    ),
}  # fmt: skip


def test_the_same_history_gives_the_same_digest() -> None:
    assert digest(lively()[0].state) == digest(lively()[0].state)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_changes_the_digest(change: str) -> None:
    world, names = lively()
    before = digest(world.state)
    CHANGES[change](world, names)
    seq, world.state.seq = world.state.seq, 0
    commands, world.state.commands = world.state.commands, lively()[0].state.commands
    untouched = lively()[0].state
    untouched.seq = 0
    assert digest(world.state) != digest(untouched), "not only by the number of events, and of the command"
    world.state.seq, world.state.commands = seq, commands
    assert digest(world.state) != before


def test_single_bits_change_the_digest() -> None:
    world, names = lively()
    idea, before = world.idea(names["first"]), digest(world.state)
    idea.supporters[0] += 1
    assert digest(world.state) != before
    idea.supporters[0] -= 1
    idea.support_times[1] += 1
    assert digest(world.state) != before
    idea.support_times[1] -= 1
    idea.title, idea.body = idea.title + "x", idea.body
    assert digest(world.state) != before
    idea.title = idea.title[:-1]
    assert digest(world.state) == before
    idea.title, idea.body = "ab", "c"
    one = digest(world.state)
    idea.title, idea.body = "a", "bc"
    assert digest(world.state) != one, "texts do not run into each other"


def test_the_order_of_dicts_and_what_is_derived_do_not_matter() -> None:
    world, _ = lively()
    state, before = world.state, digest(world.state)
    shuffled = list(state.themes.items())
    random.Random(1).shuffle(shuffled)
    state.themes = dict(reversed(list(state.themes.items())))
    state.topics = dict(reversed(list(state.topics.items())))
    state.ideas[0].rising += 1e-9
    state.tallies.of("", world.viewer("ann"))
    assert digest(state) == before


def test_a_snapshot_has_the_digest_of_its_state() -> None:
    world, _ = lively()
    assert digest(load(dump(world.state))) == digest(world.state)
