"""Terms: who posts has accepted the newest version, and what they accepted can be proven."""

from contextlib import suppress
from dataclasses import fields
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.decide.asking import AFTER_TERMS, has_accepted
from server.jam.events import Event
from server.jam.people import Relation
from server.jam.permissions import Action
from server.jam.phases import Phase
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound, Rejection, TermsNotAccepted
from server.jam.terms import MOST_VERSIONS, TERMS
from tests.jam.commanding import FIELDS, Asker, settled_world
from tests.jam.world import HOUR, Recorded, World, fold, plain

TEXTS = {"en": "Be kind.", "he": "היו אדיבים."}


def publish(world: World, *, follows: int = 0, **texts: str) -> None:
    world.do(c.PublishTerms, "org", follows=follows, texts=texts or TEXTS, note={"en": "We say more."})


def accept(world: World, person: str, version: int = 1, language: str = "en") -> None:
    world.do(c.AcceptTerms, person, version=version, language=language)


def test_a_version_has_a_number_and_the_digests_of_its_texts() -> None:
    world = World()
    publish(world)
    (terms,) = world.state.terms
    assert (terms.version, terms.at, terms.by) == (1, world.now, "org")
    assert dict(terms.digests) == {language: sha256(text.encode()).hexdigest() for language, text in TEXTS.items()}
    publish(world, follows=1, en="Be kinder.")
    assert [one.version for one in world.state.terms] == [1, 2]
    assert dict(world.state.terms[1].note) == {"en": "We say more."}


def posts(world: World, idea: str, comment: str, person: str) -> dict[str, tuple[type[c.Command], dict[str, Any]]]:
    return {
        "post": (c.PostIdea, {"topic": world.topic, "title": "An idea", "body": ""}),
        "build on": (c.PostIdea, {"topic": world.topic, "title": "An idea", "body": "", "parents": (idea,)}),
        "edit": (c.EditIdea, {"idea": idea, "title": "Another", "body": "", "base_version": 1}),
        "comment": (c.PostComment, {"idea": idea, "body": "Words"}),
        "reply": (c.PostComment, {"idea": idea, "body": "Words", "parent": comment}),
        "edit a comment": (c.EditComment, {"comment": comment, "body": "Other words"}),
    }


@pytest.mark.parametrize("act", ["post", "build on", "edit", "comment", "reply", "edit a comment"])
def test_who_posts_is_asked_first_and_again_when_they_change(act: str) -> None:
    world = World()
    idea = world.post("ann")
    kind, given = posts(world, idea, world.comment(idea, "ann"), "ann")[act]
    publish(world)
    assert world.refuse(TermsNotAccepted, kind, "ann", **given).version == 1
    accept(world, "ann")
    publish(world, follows=1, en="Be kinder.")
    assert world.refuse(TermsNotAccepted, kind, "ann", **given).version == 2
    accept(world, "ann", 2)
    assert world.do(kind, "ann", **given)


def test_votes_reports_and_the_like_need_none() -> None:
    world = World()
    idea = world.post("ann")
    remark = world.comment(idea)
    publish(world)
    world.support(idea, "ben")
    assert world.do(c.LikeComment, "ben", comment=remark)
    assert world.do(c.FileReport, "ben", target=idea, reason="SPAM")
    assert world.circle("ben", "cat")
    assert world.do(c.HideIdea, "mod", idea=idea, reason="Because")
    assert world.do(c.Announce, "mod", texts={"en": "Hear"})


def test_the_record_says_which_words_were_accepted() -> None:
    world = World()
    publish(world)
    accept(world, "fay", language="he")
    (record,) = world.member("fay").accepted
    assert (record.version, record.language, record.at, record.by) == (1, "he", world.now, None)
    assert record.digest == sha256(TEXTS["he"].encode()).hexdigest()
    assert world.state.terms[0].accepted == 1
    publish(world, follows=1, en="Be kinder.")
    accept(world, "fay", 2)
    assert [one.version for one in world.member("fay").accepted] == [1, 2], "the old record stays"
    assert [one.accepted for one in world.state.terms] == [1, 1]


def test_accepting_twice_is_accepting_once() -> None:
    world = World()
    publish(world)
    accept(world, "fay")
    world.still(c.AcceptTerms, "fay", version=1, language="he")
    publish(world, follows=1, en="Be kinder.")
    world.still(c.AcceptTerms, "fay", version=1, language="en")


def test_what_can_not_be_accepted() -> None:
    world = World()
    world.refuse(NotFound, c.AcceptTerms, "ann", version=1, language="en")
    publish(world)
    world.refuse(TermsNotAccepted, c.AcceptTerms, "ann", version=2, language="en")
    world.refuse(InvalidInput, c.AcceptTerms, "ann", version=1, language="fr")
    world.refuse(NotAllowed, c.AcceptTerms, "stranger", version=1, language="en")
    world.refuse(NotFound, c.AcceptTerms, "ann", version=1, language="en", person="ben")
    publish(world, follows=1, en="Be kinder.")
    assert world.refuse(TermsNotAccepted, c.AcceptTerms, "ann", version=1, language="en").version == 2


def test_what_can_not_be_published() -> None:
    world = World()
    good: dict[str, Any] = {"follows": 0, "texts": TEXTS, "note": {}}
    world.refuse(NotAllowed, c.PublishTerms, "mod", **good)
    world.refuse(InvalidInput, c.PublishTerms, "org", **good | {"texts": {}})
    world.refuse(InvalidInput, c.PublishTerms, "org", **good | {"texts": {"he": "רק בעברית"}})
    world.refuse(InvalidInput, c.PublishTerms, "org", **good | {"texts": {"en": "x" * (TERMS + 1)}})
    world.refuse(Conflict, c.PublishTerms, "org", **good | {"follows": 1})
    publish(world)
    world.still(c.PublishTerms, "org", **good)
    other = good | {"texts": {"en": "Other"}, "note": {"en": "It is other"}}
    world.refuse(Conflict, c.PublishTerms, "org", **other)
    world.refuse(InvalidInput, c.PublishTerms, "org", **other | {"follows": 1, "note": {}})
    assert world.do(c.PublishTerms, "org", **other | {"follows": 1})


def test_there_are_not_endlessly_many_versions() -> None:
    world = World()
    for number in range(MOST_VERSIONS):
        publish(world, follows=number, en=f"Version {number}")
    world.refuse(InvalidInput, c.PublishTerms, "org", follows=MOST_VERSIONS, texts={"en": "More"}, note={"en": "More"})


def test_an_import_into_a_jam_with_terms_is_by_its_own_record() -> None:
    """The system posts nothing; it may publish terms (a replay does), and records votes as ever."""
    world = World()
    idea = world.post("ann")
    assert world.do(c.PublishTerms, ids.SYSTEM, follows=0, texts=TEXTS, note={})
    assert world.do(c.RecordStance, ids.SYSTEM, idea=idea, person="ben", stance="agree")


# ------------------------------------------------------------------------------------------------------- nothing slips by
WORDS = {"title", "body"}
"""Fields of events that hold what a member wrote for others."""


def vars_of(event: Event) -> dict[str, Any]:
    return {field.name: getattr(event, field.name) for field in fields(event)}


def writes(event: Event) -> str | None:
    """Who wrote what the event says, if it says what somebody wrote."""
    told = vars_of(event)
    return str(told.get("author") or told["by"]) if told.keys() & WORDS else None


def test_the_events_that_hold_words_are_known() -> None:
    """A new one has to be thought about: is it written after terms?"""
    with_words = {cls for cls in ev.NAMES if {field.name for field in fields(cls)} & WORDS}
    assert with_words == {ev.IdeaPosted, ev.IdeaEdited, ev.CommentPosted, ev.CommentEdited}
    assert {Action.POST_IDEA, Action.BUILD_ON, Action.EDIT_OWN, Action.COMMENT} == AFTER_TERMS


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), asked=st.lists(st.sampled_from(["publish", "accept"]), max_size=12))
def test_whoever_writes_has_accepted_what_was_in_force(seed: int, asked: list[str]) -> None:
    world = settled_world(Recorded)
    ask = Asker(world, seed)
    for step in [*asked, "publish", "accept"]:
        if step == "publish":
            number = len(world.state.terms)
            texts, note = {"en": f"Version {number + 1}"}, {"en": "It is new"}
            world.do(c.PublishTerms, ids.SYSTEM, follows=number, texts=texts, note=note)
        else:
            for person in ask.some(("ann", "ben", "cat", "fay", "mod", "org"), 4):
                with suppress(Rejection):
                    accept(world, person, len(world.state.terms))
        for _ in range(20):
            try:
                command = ask.command(*CONTENT)
                happened = world.run(command)
            except Rejection:
                continue
            if any(map(writes, happened)) and command.asker != ids.SYSTEM:
                newest = world.state.newest_terms
                assert newest is None or has_accepted(world.member(command.asker), newest.version)
    assert plain(fold(world.journal), but=("commands",)) == plain(world.state, but=("commands",))
    for terms in world.state.terms:
        held = [one for member in world.state.members for one in member.accepted if one.version == terms.version]
        assert len(held) == terms.accepted
        assert {one.digest for one in held} <= set(terms.digests.values())


CONTENT = tuple(kind for kind in FIELDS if kind not in (c.RecordGrouping, c.PlaceIdea, c.RecordTrends))


def test_they_may_be_accepted_before_the_doors_open() -> None:
    world = World(Phase.LOBBY)
    publish(world)
    accept(world, "fay")
    world.wait(HOUR)
    assert world.post("fay")
    assert world.member("fay").relation is Relation.FAMILY
