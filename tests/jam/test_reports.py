"""Reports, appeals and how they are settled."""

import pytest

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.decide.comments import REASONS
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound
from server.jam.texts import NOTE
from tests.jam.world import World

REASON = "Because it is so"


@pytest.fixture
def idea(world: World) -> str:
    return world.post("ann")


def report(world: World, target: str, reporter: str, reason: str = "SPAM", note: str = "") -> str:
    return world.make(ids.REPORT, c.FileReport, reporter, target=target, reason=reason, note=note)


@pytest.mark.parametrize("reason", [reason for reason in REASONS if reason != "APPEAL"])
def test_an_idea_or_a_comment_is_reported(world: World, idea: str, reason: str) -> None:
    for target in (idea, world.comment(idea)):
        command = world.command(c.FileReport, "cat", target=target, reason=reason, note=" Look ")
        id = command.derived(ids.REPORT)
        assert world.run(command) == (
            ev.ReportFiled(at=world.now, report=id, target=target, reporter="cat", reason=reason, note="Look"),
        )
        assert id in world.state.open_reports


def test_a_person_has_one_open_report_on_a_thing(world: World, idea: str) -> None:
    first = report(world, idea, "cat")
    world.still(c.FileReport, "cat", target=idea, reason="ABUSE", note="Again")
    report(world, idea, "ben")
    world.do(c.ResolveReport, "mod", report=first, outcome="DISMISSED", reason="Because")
    assert report(world, idea, "cat") != first


def test_a_report_sent_again_after_it_was_settled_is_not_filed_again(world: World, idea: str) -> None:
    command = world.command(c.FileReport, "cat", target=idea, reason="SPAM")
    world.run(command)
    world.do(c.ResolveReport, "mod", report=command.derived(ids.REPORT), outcome="DISMISSED", reason="Because")
    assert world.run(command) == ()
    assert world.state.reports[command.derived(ids.REPORT)].outcome == "DISMISSED"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"reason": "spam"}, InvalidInput),
        ({"reason": ""}, InvalidInput),
        ({"note": "x" * (NOTE + 1)}, InvalidInput),
        ({"note": "a\u2066b"}, InvalidInput),
        ({"target": "i"}, NotFound),
    ],
)
def test_what_can_not_be_reported(world: World, idea: str, fields: dict[str, str], why: type) -> None:
    world.refuse(why, c.FileReport, "cat", **{"target": idea, "reason": "SPAM"} | fields)


def test_one_appeals_for_what_is_ones_own_and_was_taken_away(world: World, idea: str) -> None:
    appeal = {"target": idea, "reason": "APPEAL", "note": "Please look again"}
    world.refuse(Conflict, c.FileReport, "ann", **appeal)
    world.do(c.HideIdea, "mod", idea=idea, reason=REASON)
    world.refuse(Conflict, c.FileReport, "mod", **appeal)
    world.refuse(InvalidInput, c.FileReport, "ann", **appeal | {"note": ""})
    id = report(world, idea, "ann", "APPEAL", "Please look again")
    world.still(c.FileReport, "ann", **appeal)
    assert world.do(c.ResolveReport, "org", report=id, outcome="UPHELD", reason="Because") == (
        ev.ReportResolved(at=world.now, report=id, outcome="UPHELD", reason="Because", by="org"),
    )


def test_one_appeals_for_a_comment_too_but_not_for_a_merge(world: World, idea: str) -> None:
    remark = world.comment(idea, "ben")
    world.do(c.RemoveComment, "mod", comment=remark, reason=REASON)
    assert report(world, remark, "ben", "APPEAL", "It was fine") in world.state.open_reports
    world.do(c.MergeIdeas, "mod", idea=idea, into=world.post("cat"), reason=REASON)
    world.refuse(Conflict, c.FileReport, "ann", target=idea, reason="APPEAL", note="Not the same")


def test_settling_one_report_settles_all_on_the_same_thing(world: World, idea: str) -> None:
    other = report(world, world.comment(idea), "cat")
    same = [report(world, idea, person) for person in ("ben", "cat", "fay")]
    events = world.do(c.ResolveReport, "mod", report=same[1], outcome="UPHELD", reason="Because")
    assert events == tuple(
        ev.ReportResolved(at=world.now, report=id, outcome="UPHELD", reason="Because", by="mod") for id in same
    )
    assert list(world.state.open_reports) == [other]
    settled = world.state.reports[same[0]]
    assert (settled.outcome, settled.resolved_at, settled.resolved_by) == ("UPHELD", world.now, "mod")


def test_a_settled_report_stays_as_it_was_settled(world: World, idea: str) -> None:
    id = report(world, idea, "cat")
    world.do(c.ResolveReport, "mod", report=id, outcome="UPHELD", reason="Because")
    world.still(c.ResolveReport, "org", report=id, outcome="UPHELD", reason="Because")
    world.refuse(Conflict, c.ResolveReport, "org", report=id, outcome="DISMISSED", reason="Because")
    world.refuse(NotFound, c.ResolveReport, "org", report="r", outcome="UPHELD", reason="Because")
    world.refuse(InvalidInput, c.ResolveReport, "org", report=id, outcome="MAYBE", reason="Because")
    world.refuse(NotAllowed, c.ResolveReport, "rev", report=id, outcome="UPHELD", reason="Because")


def test_two_who_settle_the_same_thing_do_not_share_a_commit(world: World, idea: str) -> None:
    """Each would settle both reports, and the second would overrule the first unseen."""
    first, second = report(world, idea, "cat"), report(world, idea, "ben")
    keys = [
        world.command(c.ResolveReport, actor, report=id, outcome=outcome, reason="Because").touches()
        for actor, id, outcome in (("mod", first, "UPHELD"), ("org", second, "DISMISSED"))
    ]
    assert set(keys[0].writes) & set(keys[1].writes)


def test_settling_and_marking_need_a_reason(world: World, idea: str) -> None:
    id = report(world, idea, "cat")
    for reason in ("", "  ", "no"):
        world.refuse(InvalidInput, c.ResolveReport, "mod", report=id, outcome="UPHELD", reason=reason)
        world.refuse(InvalidInput, c.MarkIdea, "mod", idea=idea, mark="FEATURED", on=True, reason=reason)
    world.do(c.MarkIdea, "mod", idea=idea, mark="FEATURED", on=True, reason="Read this one")
    assert (world.member("ann").notices[-1].kind, world.member("ann").notices[-1].reason) == ("FEATURED", "Read this one")
    assert (world.state.log[-1].act, world.state.log[-1].reason) == ("FEATURED", "Read this one")
    world.do(c.ResolveReport, "mod", report=id, outcome="DISMISSED", reason="It keeps to the rules")
    assert world.state.reports[id].resolution == "It keeps to the rules"


def test_a_settled_report_can_be_reopened_with_those_of_the_same_act(world: World, idea: str) -> None:
    earlier = report(world, idea, "cleo")
    world.do(c.ResolveReport, "mod", report=earlier, outcome="DISMISSED", reason="Because")
    world.wait(1_000)
    same = [report(world, idea, person) for person in ("ben", "cat")]
    world.do(c.ResolveReport, "mod", report=same[0], outcome="DISMISSED", reason="Because")
    later = report(world, world.post("cat"), "ben")
    world.wait(1_000)
    assert world.do(c.ReopenReport, "org", report=same[1], reason="New facts") == tuple(
        ev.ReportReopened(at=world.now, report=id, reason="New facts", by="org") for id in same
    )
    assert list(world.state.open_reports) == [*same, later], "each waits where it waited before"
    found = world.state.reports[same[0]]
    assert (found.outcome, found.resolved_at, found.resolved_by) == (None, None, None)
    assert (found.resolution, found.reopened_at, found.reopened_reason) == ("Because", world.now, "New facts")
    assert world.state.reports[earlier].outcome == "DISMISSED"
    world.still(c.ReopenReport, "mod", report=same[0], reason="New facts")
    assert len(world.do(c.ResolveReport, "mod", report=same[0], outcome="UPHELD", reason="It was true")) == 2


def test_who_may_not_reopen_a_report_changes_nothing(world: World, idea: str) -> None:
    id = report(world, idea, "cat")
    world.do(c.ResolveReport, "mod", report=id, outcome="UPHELD", reason="Because")
    for person in ("ann", "cat", "rev", "spo"):
        world.refuse(NotAllowed, c.ReopenReport, person, report=id, reason="New facts")
    world.refuse(NotFound, c.ReopenReport, "mod", report="r", reason="New facts")
    world.refuse(InvalidInput, c.ReopenReport, "mod", report=id, reason="")
