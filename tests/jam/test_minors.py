"""Minors: who may bring them, what they may not do, what their guardian may, and when all of it ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.jam import commands as c
from server.jam import ids
from server.jam.minors import MAJORITIES, MOST_OF_ONE, MinorPolicy, is_month, latest_majority
from server.jam.people import STRANGER, Relation, Role
from server.jam.permissions import TABLE, Action
from server.jam.phases import Phase
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound, Restricted, TermsNotAccepted
from server.jam.standing import RestrictionKind
from server.jam.visibility import Audience
from tests.jam.world import HOUR, SCHEDULE, Recorded, World, fold, plain

POLICY = MinorPolicy(allowed=True, minimum_age=13, majority=18, relations=(Relation.EMPLOYEE, Relation.FAMILY))


def month(year: int, number: int) -> int:
    return int(datetime(year, number, 1, tzinfo=UTC).timestamp()) * 1000


COMING = month(2029, 5)
"""The world's clock stands in January 2027."""


def with_minor(kind: type[World] = World, until: int = COMING, guardian: str = "ann") -> tuple[World, str]:
    world = kind()
    world.do(c.SetMinorPolicy, "org", policy=POLICY)
    return world, world.make(ids.PERSON, c.AddMinor, guardian, until=until)


# ---------------------------------------------------------------------------------------------------------------- policy
def test_a_jam_is_for_adults_until_its_organizers_say_otherwise() -> None:
    world = World()
    world.refuse(NotAllowed, c.AddMinor, "ann", until=COMING)
    world.refuse(NotAllowed, c.SetMinorPolicy, "mod", policy=POLICY)
    world.do(c.SetMinorPolicy, "org", policy=POLICY)
    world.still(c.SetMinorPolicy, "org", policy=POLICY)
    assert world.do(c.AddMinor, "ann", until=COMING)


@pytest.mark.parametrize(
    "wrong",
    [{"minimum_age": 5}, {"minimum_age": 19}, {"majority": 15}, {"majority": 22}, {"minimum_age": 18}, {"relations": ()}],
)
def test_a_policy_that_makes_no_sense(wrong: dict[str, Any]) -> None:
    fields = {"allowed": True, "minimum_age": 13, "majority": 18, "relations": (Relation.EMPLOYEE,)}
    World().refuse(InvalidInput, c.SetMinorPolicy, "org", policy=MinorPolicy(**fields | wrong))


def test_only_members_of_the_relations_named_bring_minors() -> None:
    world, _ = with_minor()
    assert world.do(c.AddMinor, "fay", until=COMING)
    world.refuse(NotAllowed, c.AddMinor, "fred", until=COMING)
    world.refuse(NotAllowed, c.AddMinor, "stranger", until=COMING)


def test_a_minor_joins_as_family_brought_by_their_guardian() -> None:
    world, minor = with_minor()
    member = world.member(minor)
    assert (member.role, member.relation, member.invited_by) == (Role.PARTICIPANT, Relation.FAMILY, "ann")
    assert member.care is not None
    assert (member.care.guardian, member.care.until) == ("ann", COMING)
    assert [one.person for one in world.state.minors_of("ann")] == [minor]


def test_adding_twice_adds_one() -> None:
    world, _ = with_minor()
    command = world.command(c.AddMinor, "ann", until=COMING)
    assert world.run(command)
    assert world.run(command) == ()


def test_only_a_month_is_kept_of_the_age() -> None:
    world, _ = with_minor()
    for until in (COMING + 1, COMING + 24 * HOUR, world.now, month(2027, 1)):
        world.refuse(InvalidInput, c.AddMinor, "ann", until=until)


def test_who_is_too_young_is_refused_to_the_month() -> None:
    world, _ = with_minor()
    youngest = latest_majority(POLICY, world.now)
    assert youngest == month(2032, 2), "thirteen in January 2027, eighteen in January 2032"
    assert world.do(c.AddMinor, "ann", until=youngest)
    world.refuse(InvalidInput, c.AddMinor, "ann", until=month(2032, 3))


@given(at=st.integers(946_684_800_000, 4_102_444_800_000), least=st.integers(6, 15), most=st.sampled_from(MAJORITIES))
def test_the_latest_month_is_after_the_birthday_by_a_month_at_most(at: int, least: int, most: int) -> None:
    policy = MinorPolicy(True, least, most)
    latest = latest_majority(policy, at)
    assert is_month(latest)
    birthday, then = datetime.fromtimestamp(at / 1000, UTC), datetime.fromtimestamp(latest / 1000, UTC)
    months = (then.year - birthday.year) * 12 + then.month - birthday.month
    assert months == (most - least) * 12 + 1


@given(at=st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_months_are_those_of_the_calendar(at: int) -> None:
    first = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at)
    first = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start = round((first - datetime.fromtimestamp(0, UTC)).total_seconds()) * 1000
    assert is_month(start)
    assert is_month(at) is (at == start)


def test_nobody_brings_a_crowd() -> None:
    world, _ = with_minor()
    for _ in range(MOST_OF_ONE - 1):
        world.do(c.AddMinor, "ann", until=COMING)
    world.refuse(InvalidInput, c.AddMinor, "ann", until=COMING)


# ---------------------------------------------------------------------------------------------------------------- rights
def test_the_table_says_what_minors_may() -> None:
    allowed = {action for action, rule in TABLE.items() if rule.minors}
    assert allowed == {
        Action.VIEW, Action.READ_IDEAS, Action.POST_IDEA, Action.BUILD_ON, Action.EDIT_OWN, Action.COMMENT, Action.LIKE,
        Action.SUPPORT, Action.REPORT, Action.APPEAL,
    }  # fmt: skip


def test_a_minor_posts_comments_and_votes() -> None:
    world, minor = with_minor()
    idea = world.post("ben")
    assert world.post(minor)
    assert world.comment(idea, minor)
    world.support(idea, minor)


def test_a_minor_is_in_no_circle_and_brings_nobody() -> None:
    world, minor = with_minor()
    world.refuse(NotAllowed, c.CreateCircle, minor, name="Ours", members=())
    assert world.refuse(NotAllowed, c.AddMinor, minor, until=COMING).action == "GUARD"
    circle = world.circle("ann", "ben")
    missing = world.refuse(NotFound, c.ChangeCircle, "ann", circle=circle, add=("x" * len(minor),))
    found = world.refuse(NotFound, c.ChangeCircle, "ann", circle=circle, add=(minor,))
    assert str(found).replace(minor, "") == str(missing).replace("x" * len(minor), ""), "nobody learns that they are a minor"
    world.refuse(NotFound, c.CreateCircle, "ann", name="Ours", members=(minor,))


def test_a_minor_writes_where_everyone_reads() -> None:
    world, minor = with_minor()
    families = world.make(
        ids.TOPIC, c.AddTopic, "org", titles={"en": "Family"}, descriptions={}, audience=Audience((Relation.FAMILY,))
    )
    inside = world.post("fay", topic=families)
    world.refuse(NotAllowed, c.PostIdea, minor, topic=families, title="An idea", body="")
    world.refuse(NotAllowed, c.PostComment, minor, idea=inside, body="Words")
    world.support(inside, minor)


def test_a_minor_stays_a_participant() -> None:
    world, minor = with_minor()
    world.refuse(Conflict, c.ChangeRole, "org", person=minor, role=Role.MODERATOR)
    world.refuse(Conflict, c.ChangeRoles, "org", people=(minor, "ben"), role=Role.MODERATOR)


def test_the_guardian_accepts_the_terms_for_them() -> None:
    world, minor = with_minor()
    world.do(c.PublishTerms, "org", follows=0, texts={"en": "Be kind"}, note={})
    world.refuse(TermsNotAccepted, c.PostIdea, minor, topic=world.topic, title="An idea", body="")
    accepting: dict[str, Any] = {"version": 1, "language": "en"}
    world.refuse(NotAllowed, c.AcceptTerms, minor, **accepting)
    world.refuse(NotFound, c.AcceptTerms, "ben", person=minor, **accepting)
    assert world.do(c.AcceptTerms, "ann", person=minor, **accepting)
    assert world.member(minor).accepted[0].by == "ann"
    assert world.post(minor)


# -------------------------------------------------------------------------------------------------------------- guardian
def test_the_guardian_pauses_and_lets_in_again() -> None:
    world, minor = with_minor()
    idea = world.post(minor)
    world.do(c.PauseMinor, "ann", person=minor, paused=True)
    world.still(c.PauseMinor, "ann", person=minor, paused=True)
    assert world.viewer(minor) == STRANGER
    for kind, fields in ((c.SupportIdea, {"idea": idea}), (c.ReadNotifications, {})):
        assert "guardian" in str(world.refuse(NotAllowed, kind, minor, **fields))
    assert world.state.sees_idea(world.viewer("ben"), world.idea(idea)), "what they posted stays"
    world.do(c.PauseMinor, "ann", person=minor, paused=False)
    assert world.post(minor)


def test_nobody_else_decides_about_them_or_learns_of_them() -> None:
    world, minor = with_minor()
    for kind, fields in ((c.PauseMinor, {"paused": True}), (c.RemoveMinor, {})):
        for other in ("ben", "org", "mod", minor):
            refused = world.refuse(NotAllowed if other == minor else NotFound, kind, other, person=minor, **fields)
            assert other == minor or str(refused).count(minor) == 1
        world.refuse(NotFound, kind, "ann", person="ben", **fields)


def test_the_guardian_removes_them_for_good() -> None:
    world, minor = with_minor()
    idea = world.post(minor)
    world.do(c.RemoveMinor, "ann", person=minor)
    world.still(c.RemoveMinor, "ann", person=minor)
    assert world.state.member(minor) is None
    assert world.state.minors == {}
    assert world.state.sees_idea(world.viewer("ben"), world.idea(idea))
    world.refuse(NotAllowed, c.PostIdea, minor, topic=world.topic, title="An idea", body="")


def test_a_minor_is_in_only_while_their_guardian_is() -> None:
    world, minor = with_minor()
    suspend: dict[str, Any] = {"kind": RestrictionKind.SUSPENDED, "until": world.now + HOUR // 4, "reason": "For a while"}
    world.do(c.RestrictMembers, "mod", people=("ann",), **suspend)
    assert world.viewer(minor) == STRANGER
    world.refuse(NotAllowed, c.PostIdea, minor, topic=world.topic, title="An idea", body="")
    world.do(c.LiftRestrictions, "mod", people=("ann",), reason="It is over")
    assert world.post(minor)
    world.do(c.PauseMinor, "ann", person=minor, paused=True)
    world.do(c.RestrictMembers, "mod", people=("ann",), **suspend)
    world.do(c.LiftRestrictions, "mod", people=("ann",), reason="It is over")
    assert world.viewer(minor) == STRANGER, "what the guardian decided still holds"


def test_a_minor_without_a_guardian_is_out() -> None:
    world, minor = with_minor()
    world.do(c.EraseMember, ids.SYSTEM, person="ann", withdraws=False)
    assert world.viewer(minor) == STRANGER


def test_a_moderators_decision_is_not_the_guardians_to_lift() -> None:
    world, minor = with_minor()
    world.do(c.RestrictMembers, "mod", people=(minor,), kind=RestrictionKind.SUSPENDED, until=None, reason="For good")
    world.do(c.PauseMinor, "ann", person=minor, paused=True)
    world.do(c.PauseMinor, "ann", person=minor, paused=False)
    assert world.viewer(minor) == STRANGER


def test_who_is_muted_still_answers_for_their_minors_and_brings_no_more() -> None:
    world, minor = with_minor()
    world.do(c.RestrictMembers, "mod", people=("ann",), kind=RestrictionKind.MUTED, until=None, reason="For a while")
    world.refuse(Restricted, c.AddMinor, "ann", until=COMING)
    assert world.do(c.PauseMinor, "ann", person=minor, paused=True)
    assert world.do(c.RemoveMinor, "ann", person=minor)


# ------------------------------------------------------------------------------------------------------------- majority
def of_age_in_the_jam() -> tuple[World, str, int]:
    """A minor who comes of age within the ideation phase."""
    world = World()
    world.do(c.SetMinorPolicy, "org", policy=POLICY)
    until = next(at for at in (month(2027, 2), month(2027, 3)) if at > world.now)
    later = {name: getattr(SCHEDULE, name) + until for name in ("refinement_at", "review_at", "closes_at")}
    world.do(c.ScheduleJam, "org", schedule=type(SCHEDULE)(SCHEDULE.lobby_at, SCHEDULE.ideation_at, **later))
    return world, world.make(ids.PERSON, c.AddMinor, "ann", until=until), until


def test_restrictions_end_at_the_instant() -> None:
    world, minor, until = of_age_in_the_jam()
    world.now = until - 1
    world.refuse(NotAllowed, c.CreateCircle, minor, name="Ours", members=())
    assert world.state.phase(world.now) is Phase.IDEATION
    world.now = until
    assert world.do(c.CreateCircle, minor, name="Ours", members=())
    world.refuse(NotFound, c.PauseMinor, "ann", person=minor, paused=True)


def test_a_pause_ends_with_majority_too() -> None:
    world, minor, until = of_age_in_the_jam()
    world.do(c.PauseMinor, "ann", person=minor, paused=True)
    world.now = until - 1
    world.still(c.ComeOfAge, ids.SYSTEM, person=minor)
    world.refuse(NotAllowed, c.PostIdea, minor, topic=world.topic, title="An idea", body="")
    world.now = until
    assert world.post(minor), "already, although the server has not noted it"
    assert world.do(c.ComeOfAge, ids.SYSTEM, person=minor)
    assert world.member(minor).care is None
    assert world.viewer(minor) != STRANGER
    assert world.state.minors == {}
    world.refuse(NotAllowed, c.ComeOfAge, "ann", person=minor)


def test_the_journal_gives_the_same_again() -> None:
    world, minor = with_minor(Recorded)
    assert isinstance(world, Recorded)
    other = world.make(ids.PERSON, c.AddMinor, "ann", until=COMING)
    world.do(c.PauseMinor, "ann", person=minor, paused=True)
    world.do(c.RemoveMinor, "ann", person=other)
    assert plain(fold(world.journal)) == plain(world.state)
