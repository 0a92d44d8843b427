"""Posting without a name: who may, that nothing names them, who may change it, and how it is opened."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.jam import commands as c
from server.jam import events as ev
from server.jam.anonymity import LEAST_CROWD, is_pseudonym
from server.jam.audit_keys import fingerprint_of, raw_key
from server.jam.people import Relation, Role
from server.jam.phases import Phase
from server.jam.rejections import (
    Conflict,
    InvalidInput,
    Locked,
    NotAllowed,
    NotFound,
    PhaseClosed,
    Rejection,
    Restricted,
    TermsNotAccepted,
)
from server.jam.standing import RestrictionKind
from server.jam.upcasts import UPCASTS
from server.jam.visibility import Audience, ContentStatus
from server.journal.codec import EventCodec
from server.snapshots import dump, load
from tests.jam import sealing
from tests.jam.sealing import BASE_POINT, ITS_OPPOSITE, KEY, OTHER_KEY, author, idea_fields, mine, seal, written
from tests.jam.world import PEOPLE, Recorded, World, fold, plain

CODEC = EventCodec(ev.REGISTRY, UPCASTS)
REASON = "A threat was made"


def on(kind: type[World] = World) -> Any:
    world = kind()
    sealing.open_for_all(world)
    return world


# ----------------------------------------------------------------------------------------------------------------- the key
@pytest.mark.parametrize(
    "wrong",
    ["", "AAAA", "no base64!", written(BASE_POINT[1:]), written(b"\x03" + BASE_POINT[1:]), written(BASE_POINT[:-1] + b"\x00"),
     written(b"\x04" + b"\xff" * 64), KEY + "AA"],
)  # fmt: skip
def test_only_a_point_of_the_curve_is_a_key(wrong: str) -> None:
    assert World().refuse(InvalidInput, c.SetAuditKey, "org", public=wrong).field == "publicKey"


def test_a_key_is_kept_in_one_way_of_writing_and_with_its_promise() -> None:
    world = World()
    world.do(c.SetAuditKey, "org", public=KEY + "=")
    current = world.state.anonymity.current
    assert current is not None
    assert (current.public, current.fingerprint, current.eyes) == (KEY, fingerprint_of(BASE_POINT), 1)
    assert raw_key(current.public) == BASE_POINT
    world.still(c.SetAuditKey, "org", public=KEY)


def test_with_two_organizers_a_key_promises_both() -> None:
    world = World()
    world.do(c.ChangeRole, "org", person="ann", role=Role.ORGANIZER)
    world.do(c.SetAuditKey, "org", public=KEY)
    assert world.state.anonymity.current is not None
    assert world.state.anonymity.current.eyes == 2


def test_a_replaced_key_stays_for_what_was_sealed_to_it_and_never_returns() -> None:
    world = on()
    idea = sealing.post(world, "ann")
    world.do(c.SetAuditKey, "org", public=OTHER_KEY)
    assert world.state.anonymity.key == fingerprint_of(ITS_OPPOSITE)
    assert world.state.anonymity.seals[idea].key in world.state.anonymity.keys
    world.refuse(Conflict, c.SetAuditKey, "org", public=KEY)


@pytest.mark.parametrize("person", ["ann", "mod", "spo"])
def test_only_organizers_set_it_up(person: str) -> None:
    world = World()
    world.refuse(NotAllowed, c.SetAuditKey, person, public=KEY)
    world.refuse(NotAllowed, c.SetAnonymousPosting, person, on=True)


def test_it_is_off_until_there_is_a_key_and_someone_switches_it_on() -> None:
    world = World()
    world.refuse(NotAllowed, c.PostAnonymousIdea, author("p"), **idea_fields(world, "ann", "p"))
    world.refuse(Conflict, c.SetAnonymousPosting, "org", on=True)
    world.do(c.SetAuditKey, "org", public=KEY)
    world.refuse(NotAllowed, c.PostAnonymousIdea, author("p"), **idea_fields(world, "ann", "p"))
    world.do(c.SetAnonymousPosting, "org", on=True)
    sealing.post(world, "ann")
    world.do(c.SetAnonymousPosting, "org", on=False)
    world.refuse(NotAllowed, c.PostAnonymousIdea, author("p"), **idea_fields(world, "ann", "p"))
    assert [(entry.act, entry.target) for entry in world.state.log] == [
        ("AUDIT_KEY_SET", fingerprint_of(BASE_POINT)), ("ANONYMOUS_ON", ""), ("ANONYMOUS_OFF", ""),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------------------------ posting
def test_the_author_is_a_pseudonym_and_their_name_is_sealed() -> None:
    world = on()
    idea = sealing.post(world, "ann", "first")
    remark = sealing.comment(world, idea, "ann", "second")
    assert world.idea(idea).author == author("first") != world.remark(remark).author == author("second")
    assert is_pseudonym(world.idea(idea).author)
    assert world.state.anonymity.seals == {idea: seal("first"), remark: seal("second")}


def test_the_same_post_twice_is_one() -> None:
    world = on()
    sealing.post(world, "ann")
    world.still(c.PostAnonymousIdea, author("proof"), **idea_fields(world, "ann", "proof"))
    assert len(world.state.ideas) == 1


@pytest.mark.parametrize(("person", "why"), [("stranger", NotAllowed), ("ann", PhaseClosed)])
def test_the_person_is_asked_whether_they_may(person: str, why: Any) -> None:
    world = on()
    if why is PhaseClosed:
        world.go(Phase.REVIEW)
    world.refuse(why, c.PostAnonymousIdea, author("p"), **idea_fields(world, person, "p"))


def test_it_is_posted_among_those_who_may_see_it_only() -> None:
    world = on()
    world.refuse(NotFound, c.PostAnonymousIdea, author("p"), **idea_fields(world, "fay", "p", topic=world.staff))
    for_family = {"audience": Audience(relations=(Relation.FAMILY,))}
    world.refuse(InvalidInput, c.PostAnonymousIdea, author("p"), **idea_fields(world, "ann", "p", **for_family))
    world.do(c.ChangeTopic, "mod", topic=world.topic, locked=True)
    world.refuse(Locked, c.PostAnonymousIdea, author("p"), **idea_fields(world, "ann", "p"))


def test_among_too_few_nobody_posts_without_a_name() -> None:
    world = on()
    circle = world.circle("ann", "ben", "cat", "fay")
    assert len(world.state.circles[circle].members) == LEAST_CROWD - 1
    few = {"audience": Audience(circle=circle)}
    world.refuse(Conflict, c.PostAnonymousIdea, author("p"), **idea_fields(world, "ann", "p", **few))
    world.do(c.ChangeCircle, "ann", circle=circle, add=("pat",))
    idea = sealing.post(world, "ann", "p", **few)
    world.do(c.ChangeCircle, "ann", circle=circle, remove=("pat",))
    fields = {"idea": idea, "body": "Few", "poster": "ben", "seal": seal("q"), "id": "post"}
    world.refuse(Conflict, c.PostAnonymousComment, author("q"), **fields)


def test_who_may_only_read_a_topic_is_no_part_of_its_crowd() -> None:
    world = on()
    world.do(c.SetActing, "org", topic=world.topic, relations=(Relation.CLIENT,))
    able = [p for p, (role, relation) in PEOPLE.items() if role is not Role.PARTICIPANT or relation is Relation.CLIENT]
    assert len(able) + 1 == LEAST_CROWD
    sealing.post(world, "cleo", "p")
    world.do(c.ChangeRole, "org", person="rev", role=Role.PARTICIPANT)
    world.refuse(Conflict, c.PostAnonymousIdea, author("q"), **idea_fields(world, "cleo", "q"))


def test_a_seal_to_a_replaced_key_is_to_be_made_anew() -> None:
    world = on()
    world.do(c.SetAuditKey, "org", public=OTHER_KEY)
    world.refuse(Conflict, c.PostAnonymousIdea, author("p"), **idea_fields(world, "ann", "p"))
    sealing.post(world, "ann", "p", seal=seal("p", ITS_OPPOSITE))


# ------------------------------------------------------------------------------------------------------- nobody knows whose
def story(poster: str, proof: str) -> Recorded:
    """Two people do the same, and one of them, besides, something without a name."""
    world: Recorded = on(Recorded)
    idea = world.post("cat", "Named")
    for person in ("ann", "ben"):
        world.comment(idea, person, "Hello")
        world.support(idea, person)
    unnamed = sealing.post(world, poster, proof, parents=(idea,))
    remark = sealing.comment(world, unnamed, poster, f"{proof}, a comment")
    world.do(c.EditAnonymousIdea, author(proof), **mine(poster, proof), idea=unnamed, title="Reworded", body="", base_version=1)
    world.do(
        c.EditAnonymousComment,
        author(f"{proof}, a comment"),
        **mine(poster, f"{proof}, a comment"),
        comment=remark,
        body="Other",
    )
    world.comment(unnamed, "ann", "An answer")
    world.support(unnamed, "ben", "ann")
    world.do(c.HideIdea, "mod", idea=unnamed, reason="Look at it")
    world.do(c.RestoreIdea, "mod", idea=unnamed, reason="It is fine")
    world.do(c.WithdrawAnonymous, author(f"{proof}, a comment"), **mine(poster, f"{proof}, a comment"), target=remark)
    return world


@settings(max_examples=20, deadline=None)
@given(proof=st.text(min_size=1, max_size=20))
def test_no_record_and_no_state_differs_by_who_of_two_it_was(proof: str) -> None:
    """The seal aside, whose plain text stands for what is encrypted, ann's post and ben's are the same bytes everywhere:
    journal, snapshot, what is remembered of commands, notices, counts and personal changes."""
    by_ann, by_ben = story("ann", proof), story("ben", proof)
    assert CODEC.encode(by_ann.journal) == CODEC.encode(by_ben.journal)
    assert dump(by_ann.state) == dump(by_ben.state)
    assert plain(by_ann.state) == plain(by_ben.state)


def test_the_journal_is_enough_to_know_all_of_it_again() -> None:
    world = story("ann", "proof")
    assert plain(fold(world.journal)) == plain(world.state) == plain(load(dump(world.state)))


def test_no_event_of_a_post_names_the_poster() -> None:
    world: Recorded = on(Recorded)
    before = len(world.journal)
    idea = sealing.post(world, "ann")
    sealing.comment(world, idea, "ann")
    world.do(c.EditAnonymousIdea, author("proof"), **mine("ann"), idea=idea, title="Reworded", body="", base_version=1)
    world.do(c.WithdrawAnonymous, author("proof"), **mine("ann"), target=idea)
    rows = orjson.loads(CODEC.encode(world.journal[before:]))
    assert [event["t"] for _, events in rows for event in events] == [
        "idea.posted", "author.sealed", "comment.posted", "author.sealed", "idea.edited", "idea.withdrawn",
    ]  # fmt: skip
    assert '"ann"' not in orjson.dumps(rows).decode()


def test_the_author_is_told_nothing_under_their_name() -> None:
    world = on()
    before = plain(world.member("ann"))
    idea = sealing.post(world, "ann")
    world.comment(idea, "ben")
    world.do(c.MarkIdea, "mod", idea=idea, mark="FEATURED", on=True, reason="Fine")
    world.do(c.HideIdea, "mod", idea=idea, reason="Not fine")
    assert plain(world.member("ann")) == before
    assert not world.state.sees_idea(world.viewer("ann"), world.idea(idea))
    assert world.state.sees_idea(world.viewer("mod"), world.idea(idea))


def test_an_own_idea_built_on_without_a_name_is_told_as_anyones() -> None:
    """Were it not told, the author of the parent would be known by the missing notice."""
    for poster in ("ann", "ben"):
        world = on()
        idea = world.post("ann", "Named")
        child = sealing.post(world, poster, parents=(idea,))
        sealing.comment(world, idea, poster)
        assert world.notices("ann") == ["BUILT_ON", "COMMENTED"], poster
        assert world.idea(idea).children == [child]


# --------------------------------------------------------------------------------------------------- the device that posted
def test_whoever_has_the_proof_edits_it() -> None:
    world = on()
    idea = sealing.post(world, "ann")
    edit = {"idea": idea, "title": "Better", "body": "", "base_version": 1}
    world.refuse(NotAllowed, c.EditAnonymousIdea, author("guess"), **mine("ann", "guess"), **edit)
    world.refuse(NotAllowed, c.EditAnonymousIdea, author("proof"), **mine("ann", "guess"), **edit)
    world.refuse(NotAllowed, c.EditIdea, "ann", **edit)
    world.do(c.EditAnonymousIdea, author("proof"), **mine("ann"), **edit)
    assert (world.idea(idea).title, len(world.idea(idea).versions)) == ("Better", 2)
    world.refuse(Conflict, c.EditAnonymousIdea, author("proof"), **mine("ann"), **edit)


def test_the_proof_alone_is_not_enough_for_a_stranger_or_when_the_phase_is_over() -> None:
    world = on()
    idea = sealing.post(world, "ann")
    edit = {"idea": idea, "title": "Better", "body": "", "base_version": 1}
    world.refuse(NotAllowed, c.EditAnonymousIdea, author("proof"), **mine("stranger"), **edit)
    world.go(Phase.REVIEW)
    world.refuse(PhaseClosed, c.EditAnonymousIdea, author("proof"), **mine("ann"), **edit)
    world.refuse(PhaseClosed, c.WithdrawAnonymous, author("proof"), **mine("ann"), target=idea)


def test_it_is_taken_back_for_good_unless_moderators_decided_about_it() -> None:
    world = on()
    idea = sealing.post(world, "ann")
    remark = sealing.comment(world, idea, "ben", "other")
    world.do(c.HideComment, "mod", comment=remark, reason="Not fine")
    world.refuse(Conflict, c.WithdrawAnonymous, author("other"), **mine("ben", "other"), target=remark)
    world.refuse(NotFound, c.WithdrawAnonymous, author("guess"), **mine("ben", "guess"), target=remark)
    world.refuse(NotAllowed, c.WithdrawAnonymous, author("proof"), **mine("ann", "other"), target=idea)
    world.do(c.WithdrawAnonymous, author("proof"), **mine("ann"), target=idea)
    assert (world.idea(idea).status, world.idea(idea).title) == (ContentStatus.REMOVED, "")
    world.still(c.WithdrawAnonymous, author("proof"), **mine("ann"), target=idea)
    assert "WITHDRAWN" not in {entry.act for entry in world.state.log}


def test_no_proof_opens_what_has_a_name() -> None:
    world = on()
    idea = world.post("ann", "Named")
    world.refuse(NotAllowed, c.WithdrawAnonymous, "ann", poster="ann", proof_hash=None, target=idea)
    world.refuse(NotAllowed, c.WithdrawAnonymous, author("p"), **mine("ann", "p"), target=idea)


def test_what_was_moved_out_of_sight_is_out_of_reach() -> None:
    world = on()
    idea = sealing.post(world, "fay")
    world.do(c.MoveIdea, "mod", idea=idea, topic=world.staff, reason="Belongs there")
    world.refuse(NotFound, c.WithdrawAnonymous, author("proof"), **mine("fay"), target=idea)


def test_who_is_muted_or_out_posts_nothing_without_a_name_either() -> None:
    world = on()
    for kind in RestrictionKind:
        world.do(c.RestrictMembers, "mod", people=("ann",), kind=kind, until=None, reason="Enough for now")
        world.refuse(Restricted, c.PostAnonymousIdea, author("p"), **idea_fields(world, "ann", "p"))


def test_the_terms_are_asked_for_first() -> None:
    world = on()
    world.do(c.PublishTerms, "org", follows=0, texts={"en": "Be kind"}, note={})
    world.refuse(TermsNotAccepted, c.PostAnonymousIdea, author("p"), **idea_fields(world, "ann", "p"))


# ------------------------------------------------------------------------------------------------------------------ opening
def log_of(world: World) -> list[tuple[str, str, str]]:
    return [(entry.act, entry.target, entry.reason) for entry in world.state.log[2:]]


def test_one_organizer_opens_with_a_reason_and_the_log_says_so() -> None:
    world = on()
    idea = sealing.post(world, "ann")
    for person in ("ann", "mod", "spo", "rev"):
        world.refuse(NotAllowed, c.RequestOpening, person, target=idea, reason=REASON)
    world.refuse(InvalidInput, c.RequestOpening, "org", target=idea, reason="")
    world.do(c.RequestOpening, "org", target=idea, reason=REASON)
    assert log_of(world) == [("OPENING_REQUESTED", idea, REASON), ("AUTHOR_OPENED", idea, REASON)]
    assert not any("org" in part or "ann" in part for entry in log_of(world) for part in entry)
    world.still(c.RequestOpening, "org", target=idea, reason="Once more")


def two_organizers() -> tuple[World, str]:
    world = World()
    world.do(c.ChangeRole, "org", person="cat", role=Role.ORGANIZER)
    sealing.open_for_all(world)
    return world, sealing.post(world, "ann")


def test_with_two_it_takes_two() -> None:
    world, idea = two_organizers()
    world.do(c.RequestOpening, "org", target=idea, reason=REASON)
    opening = world.state.anonymity.openings[idea]
    assert opening.is_waiting
    assert opening.opened_at is None
    world.refuse(Conflict, c.RequestOpening, "cat", target=idea, reason=REASON)
    world.refuse(NotAllowed, c.ConfirmOpening, "org", target=idea)
    world.refuse(NotAllowed, c.ConfirmOpening, "mod", target=idea)
    world.do(c.ConfirmOpening, "cat", target=idea)
    assert (opening.opened_at, opening.by, opening.confirmed_by) == (world.now, "org", "cat")
    world.still(c.ConfirmOpening, "cat", target=idea)
    world.refuse(Conflict, c.DeclineOpening, "cat", target=idea, reason="Too late")


def test_the_promise_of_two_holds_when_one_of_them_is_gone() -> None:
    """Else an organizer would take the role from the other, and open alone."""
    world, idea = two_organizers()
    world.do(c.ChangeRole, "org", person="cat", role=Role.PARTICIPANT)
    world.do(c.RequestOpening, "org", target=idea, reason=REASON)
    assert world.state.anonymity.openings[idea].is_waiting
    world.refuse(NotAllowed, c.ConfirmOpening, "cat", target=idea)


def test_a_second_organizer_is_asked_even_where_one_was_enough_before() -> None:
    world = on()
    idea = sealing.post(world, "ann")
    world.do(c.ChangeRole, "org", person="cat", role=Role.ORGANIZER)
    world.do(c.RequestOpening, "org", target=idea, reason=REASON)
    assert world.state.anonymity.openings[idea].is_waiting


def test_a_declined_request_can_be_made_again() -> None:
    world, idea = two_organizers()
    world.refuse(Conflict, c.ConfirmOpening, "cat", target=idea)
    world.refuse(Conflict, c.DeclineOpening, "cat", target=idea, reason="Nobody asked")
    world.do(c.RequestOpening, "org", target=idea, reason=REASON)
    world.do(c.DeclineOpening, "cat", target=idea, reason="No ground for it")
    world.still(c.DeclineOpening, "cat", target=idea, reason="No ground for it")
    world.refuse(Conflict, c.ConfirmOpening, "cat", target=idea)
    world.do(c.RequestOpening, "cat", target=idea, reason="A court asks")
    assert [act for act, *_ in log_of(world)] == ["OPENING_REQUESTED", "OPENING_DECLINED", "OPENING_REQUESTED"]


def test_what_has_a_name_or_is_not_for_one_is_not_opened() -> None:
    world = on()
    named = world.post("ann", "Named")
    world.refuse(Conflict, c.RequestOpening, "org", target=named, reason=REASON)
    world.refuse(NotFound, c.RequestOpening, "org", target="i-none", reason=REASON)
    circle = world.circle("ann", "ben", "cat", "fay", "pat")
    secret = sealing.post(world, "ann", audience=Audience(circle=circle))
    world.refuse(NotFound, c.RequestOpening, "org", target=secret, reason=REASON)


@settings(max_examples=40, deadline=None)
@given(
    acts=st.lists(st.tuples(st.sampled_from(["ask", "confirm", "decline", "lower", "raise"]), st.sampled_from(["org", "cat"])))
)
def test_whatever_two_organizers_do_it_takes_both(acts: list[tuple[str, str]]) -> None:
    """In any order of asking, confirming, declining and changing each other's role: opened means two different people."""
    world, idea = two_organizers()
    others = {"org": "cat", "cat": "org"}
    kinds: dict[str, tuple[type[c.Command], dict[str, Any]]] = {
        "ask": (c.RequestOpening, {"target": idea, "reason": REASON}), "confirm": (c.ConfirmOpening, {"target": idea}),
        "decline": (c.DeclineOpening, {"target": idea, "reason": "No ground"}),
        "lower": (c.ChangeRole, {"role": Role.PARTICIPANT}), "raise": (c.ChangeRole, {"role": Role.ORGANIZER}),
    }  # fmt: skip
    for act, person in acts:
        kind, fields = kinds[act]
        also = {"person": others[person]} if kind is c.ChangeRole else {}
        try:
            world.do(kind, person, **fields, **also)
        except Rejection:
            continue
    opening = world.state.anonymity.openings.get(idea)
    if opening is not None and opening.opened_at is not None:
        assert {opening.by, opening.confirmed_by} == {"org", "cat"}
    assert sum(entry.act == "AUTHOR_OPENED" for entry in world.state.log) == (
        opening is not None and opening.opened_at is not None
    )
