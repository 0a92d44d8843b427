"""What a digest says: gathered, only what its reader may see, in both languages, and nothing of anybody's can break out of it."""

from email import message_from_bytes, policy
from string import Formatter

import pytest

from schema.scalars import NotificationKind
from server.access.mailer import _message
from server.digests.letter import MOST_LINES, UNTOLD, Line, Reader, digest, lines, untold
from server.digests.words import WORDS
from server.jam import commands as c
from server.jam.visibility import Audience
from server.vault.digests import MailMode
from tests.jam.world import World

READER = Reader("ann@example.org", "Ann", "en", MailMode.DAILY, "https://jam.example/mail/end/s")
URL = "https://jam.example/jam/x/inbox"


@pytest.fixture
def world() -> World:
    made = World()
    made.idea = made.post("ann", "Benches")  # type: ignore[attr-defined]
    made.comment(made.idea, "ben")  # type: ignore[attr-defined]
    made.comment(made.idea, "cat")  # type: ignore[attr-defined]
    return made


def said(world: World, person: str = "ann", after: int = 0) -> list[Line]:
    member = world.state.member(person)
    assert member is not None
    return lines(world.state, member, untold(member, after))


def test_what_is_alike_is_gathered(world: World) -> None:
    assert said(world) == [Line("COMMENTED", "Benches", "", 2)]


def test_what_was_read_or_told_is_not_told_again(world: World) -> None:
    newest = world.state.seq
    assert said(world, after=newest) == []
    world.do(c.ReadNotifications, "ann", up_to=newest)
    assert said(world) == []
    world.comment(world.idea, "ben")  # type: ignore[attr-defined]
    assert said(world) == [Line("COMMENTED", "Benches", "", 1)]


def test_only_what_the_reader_may_see_now_is_told(world: World) -> None:
    circle = world.circle("ann", "ben")
    secret = world.post("ann", "Among us", Audience(circle=circle))
    world.comment(secret, "ben")
    assert Line("COMMENTED", "Among us", "", 1) in said(world)
    world.do(c.ChangeCircle, "ann", circle=circle, remove=("ann",))
    assert all(line.title != "Among us" for line in said(world))


def test_there_are_words_for_every_kind_and_place_in_both_languages() -> None:
    kinds = {kind.value for kind in NotificationKind} - UNTOLD
    for words in WORDS.values():
        assert kinds <= words.keys()
        assert words.keys() == WORDS["en"].keys()
        for key in words:
            assert fields(words[key]) == fields(WORDS["en"][key]), key


def fields(form: object) -> set[str]:
    """What a text leaves room for; in the form for many, where there are two."""
    text = form[2] if isinstance(form, dict) else form
    return {name for _, name, _, _ in Formatter().parse(str(text)) if name}


@pytest.mark.parametrize("language", ["en", "he", "fr"])
def test_a_mail_says_all_of_it_in_its_readers_language(world: World, language: str) -> None:
    found = [Line(kind.value, f"Title {kind.value}", "Because", 2) for kind in NotificationKind if kind.value not in UNTOLD]
    reader = Reader("ann@example.org", "Ann", language, MailMode.HOURLY, READER.end_url)
    mail = digest(world.state, found, reader, URL, "<1@x>")
    assert mail.language == ("en" if language == "fr" else language)
    for line in found[:MOST_LINES]:
        assert line.kind in ("MUTED", "RESTRICTION_LIFTED") or line.title in mail.text
    assert URL in mail.text
    assert READER.end_url in mail.text
    assert f'dir="{"rtl" if language == "he" else "ltr"}"' in mail.html
    assert "{" not in mail.text + mail.subject


def test_many_things_are_counted_not_listed(world: World) -> None:
    found = [Line("FEATURED", f"Idea {number}", "", 1) for number in range(MOST_LINES + 5)]
    mail = digest(world.state, found, READER, URL, "<1@x>")
    assert f"Idea {MOST_LINES - 1}”" in mail.text
    assert f"Idea {MOST_LINES}”" not in mail.text
    assert "and 5 more" in mail.text
    assert str(MOST_LINES + 5) in mail.subject


def test_what_people_wrote_can_not_break_out(world: World) -> None:
    evil = "<script>alert(1)</script>\r\nBcc: all@example.org\u2028" + "x" * 500
    world.state.titles = {"en": "A\r\nBcc: jam@example.org"}
    idea = world.post("ann", "Plain")
    world.state.ideas[world.state.idea_numbers[idea]].title = evil
    world.comment(idea, "ben")
    reader = Reader("ann@example.org", "Ann\r\nX: y", "en", MailMode.DAILY, READER.end_url)
    mail = digest(world.state, said(world), reader, URL, "<1@x>")
    message = message_from_bytes(_message(mail, "Jam <jam@example.org>").as_bytes(), policy=policy.default)
    assert set(message.keys()) == {
        "From", "To", "Subject", "Auto-Submitted", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post",
        "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert "<script" not in mail.html
    assert "x" * 200 not in mail.text
    assert message["List-Unsubscribe"] == f"<{READER.end_url}>"
