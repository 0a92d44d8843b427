"""Erasing a member: who is gone, what stays as a number, and which words go with withdrawn texts."""

from hypothesis import given
from hypothesis import strategies as st

from server.jam import commands as c
from server.jam import events as ev
from server.jam.digest import digest
from server.jam.ids import SYSTEM
from server.jam.people import STRANGER, Role
from server.jam.rejections import Conflict, NotAllowed
from server.jam.visibility import ContentStatus
from server.jam.withdrawn_words import folded, only_in
from server.snapshots import dump, load
from tests.jam.world import World, plain


def erase(world: World, person: str = "ann", withdraws: bool = False) -> tuple[ev.Event, ...]:
    return world.do(c.EraseMember, SYSTEM, person=person, withdraws=withdraws)


def test_a_former_participant_is_a_stranger_whose_votes_and_texts_stay() -> None:
    world = World()
    idea, other = world.post("ann", "Roofs of grass"), world.post("ben", "Another")
    world.support(other, "ann", "cat")
    circle = world.circle("ben", "ann")
    erase(world)
    assert world.state.member("ann") is None
    assert world.viewer("ann") == STRANGER
    assert world.idea(idea).title == "Roofs of grass"
    assert world.idea(other).support == 2
    assert sum(world.idea(other).by_relation) == 2
    assert "ann" not in world.state.circles[circle].members
    assert len(world.state.members) == len({member.number for member in world.state.members})


def test_only_the_server_erases() -> None:
    world = World()
    for person in ("org", "mod", "ann"):
        world.refuse(NotAllowed, c.EraseMember, person, person="ann", withdraws=True)


def test_to_erase_again_changes_nothing() -> None:
    world = World()
    world.post("ann")
    erase(world, withdraws=True)
    world.still(c.EraseMember, SYSTEM, person="ann", withdraws=True)
    world.still(c.EraseMember, SYSTEM, person="nobody", withdraws=True)


def test_what_waited_on_a_phone_is_refused_and_says_why() -> None:
    world = World()
    idea = world.post("ben")
    world.do(
        c.CreateInvitation,
        "org",
        token_hash="x",
        relation="FRIEND",
        role="PARTICIPANT",
        max_uses=5,
        expires_at=world.now + 9_999,
    )
    erase(world)
    post = world.refuse(NotAllowed, c.PostIdea, "ann", topic=world.topic, title="Too late", body="")
    assert "erased" in post.message
    world.refuse(NotAllowed, c.SupportIdea, "ann", idea=idea)
    world.refuse(NotAllowed, c.AcceptInvitation, "ann", token_hash="x")
    world.refuse(NotAllowed, c.AddMember, "org", person="ann", role=Role.PARTICIPANT, relation="FRIEND")


def test_withdrawn_texts_leave_no_letter_in_the_state() -> None:
    world = World()
    idea = world.post("ann", "Quokka meadows", body="Nobody else says zyzzyva.")
    world.do(c.EditIdea, "ann", idea=idea, title="Quokka lawns", body="", base_version=1)
    answer = world.comment(idea, "ben", "What of rain?")
    own = world.comment(world.post("ben"), "ann", "Zyzzyvas everywhere")
    world.do(c.FileReport, "ann", target=answer, reason="SPAM", note="Quokkas dislike it")
    world.support(idea, "ben", "cat")
    erase(world, withdraws=True)
    assert world.idea(idea).status is ContentStatus.REMOVED
    assert world.remark(own).status is ContentStatus.REMOVED
    assert world.idea(idea).support == 2
    letters = str(plain(world.state)).casefold()
    assert "quokka" not in letters
    assert "zyzzyva" not in letters
    assert world.remark(answer).body == "What of rain?"


def test_nobody_brings_back_what_was_withdrawn() -> None:
    world = World()
    idea = world.post("ann")
    comment = world.comment(world.post("ben"), "ann")
    erase(world, withdraws=True)
    world.refuse(Conflict, c.RestoreIdea, "mod", idea=idea, reason="Bring it back")
    world.refuse(Conflict, c.HideIdea, "mod", idea=idea, reason="Bring it back")
    world.refuse(Conflict, c.RestoreComment, "mod", comment=comment, reason="Bring it back")


def test_counts_are_as_if_a_moderator_had_removed_it() -> None:
    def counted(withdrawn: bool) -> object:
        world = World()
        parent = world.post("ben")
        idea = world.make(
            "i",
            c.PostIdea,
            "ann",
            topic=world.topic,
            title="Child",
            body="",
            parents=(parent,),
            audience=world.idea(parent).audience,
        )
        first = world.comment(parent, "ann")
        world.comment(parent, "ben", parent=first)
        if withdrawn:
            erase(world, withdraws=True)
        else:
            world.do(c.RemoveIdea, "mod", idea=idea, reason="Because of it")
            world.do(c.RemoveComment, "mod", comment=first, reason="Because of it")
        tally = world.state.tallies.of("", world.viewer("ben"))
        above = world.idea(parent)
        return tally, above.comment_count, above.build_on_count, world.remark(first).reply_count

    assert counted(withdrawn=True) == counted(withdrawn=False)


def test_words_of_themes_that_came_from_the_withdrawn_text_only_go() -> None:
    world = World()
    mine, theirs = world.post("ann", "Quokka meadows for all"), world.post("ben", "Meadows on roofs")
    world.group({"h1": (mine,), "h2": (theirs,)})
    world.state.themes["h1"].name, world.state.themes["h2"].name = "Quokka meadows", "Meadows"
    world.do(c.RenameTheme, "mod", theme="h2", name="Quokka")
    erase(world, withdraws=True)
    assert world.state.themes["h1"].name == ""
    assert world.state.themes["h2"].name == "Meadows"
    assert world.state.themes["h2"].given_name is None


def test_a_snapshot_remembers_who_was_erased() -> None:
    world = World()
    world.post("ann")
    erase(world, withdraws=True)
    again = load(dump(world.state))
    assert again.member("ann") is None
    assert "ann" in again.erased_numbers
    assert digest(again) == digest(world.state)


WORDS = st.lists(st.sampled_from(["tree", "roof", "rain", "oak", "sun"]), min_size=1, max_size=4).map(" ".join)


@given(st.lists(WORDS, max_size=5), st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4))
def test_a_phrase_goes_where_it_or_a_word_of_it_is_in_no_other_text(
    phrases: list[str], gone: list[str], kept: list[str]
) -> None:
    lost = only_in(phrases, gone, kept)
    gone_words = {word for text in gone for word in text.split()}
    for phrase in phrases:
        is_theirs = set(phrase.split()) <= gone_words
        is_elsewhere = any(folded(phrase) in folded(text) for text in kept)
        words_elsewhere = all(any(word in text.split() for text in kept) for word in phrase.split())
        assert (phrase in lost) == (is_theirs and not (is_elsewhere and words_elsewhere))
