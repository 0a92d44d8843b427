"""What a push says: no words by default, never any that are not for its reader, and the same things once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from schema.scalars import NotificationKind
from server.jam import commands as c
from server.jam.phases import Phase, Schedule
from server.jam.standing import RestrictionKind
from server.jam.visibility import Audience
from server.push.encrypting import LONGEST
from server.push.happenings import Happening, Place, Turn, happenings, may_have_news, moments, place_now, unread
from server.push.kinds import KIND_OF, PushKind
from server.push.message import Sending, Style, letter_of
from server.push.words import WORDS
from tests.jam.world import EMPLOYEES, HOUR, SCHEDULE, T0, World

MINUTE = 60_000
SHOWN, UNSHOWN = Style("en", shows_words=True), Style("en", shows_words=False)
NO_MOMENTS = Place(moment=T0 + 100 * HOUR)
"""From the beginning, but for what the schedule brings about."""


def new(world: World, person: str, after: Place = NO_MOMENTS) -> list[Happening]:
    member = world.state.member(person)
    assert member is not None
    found = happenings(world.state, member, after, place_now(world.state, world.now), world.now)
    instants = [one.at for one in moments(SCHEDULE)]
    assert may_have_news(world.state, member, after, instants, world.now) or not found, "a quick look misses nothing"
    return found


def said(world: World, person: str, style: Style = UNSHOWN, after: Place = NO_MOMENTS) -> Sending:
    member = world.state.member(person)
    assert member is not None
    upto = place_now(world.state, world.now)
    all_unread = unread(world.state, member, upto, world.now)
    return letter_of(world.state, new(world, person, after), all_unread, upto, style, world.now)


def test_every_kind_of_notice_is_of_a_kind_or_left_out_on_purpose() -> None:
    assert {kind.value for kind in NotificationKind} == set(KIND_OF)


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["en"].keys() == WORDS["he"].keys()
    forms = {
        *(kind for kind in KIND_OF if KIND_OF[kind] is PushKind.DECISION),
        *(kind.value for kind in PushKind if kind.value != "PHASE"),
    }
    phases = {f"PHASE_{phase}_{turn}" for phase in ("IDEATION", "REFINEMENT") for turn in Turn}
    assert WORDS["en"].keys() >= (forms - {"COMMENT"}) | phases | {"COMMENTED", "REPLIED"}


def test_what_happened_is_counted_and_says_no_word_of_the_jam() -> None:
    world = World()
    idea = world.post("ann", "Secret gardens")
    for _ in range(3):
        world.post("ben", "Roofs too", parents=(idea,))
    world.comment(idea, "cat", "Lovely secret")
    sending = said(world, "ann")
    assert sending.letter.title == "Hothouse"
    assert sending.letter.body == "3 ideas build on yours.\nA comment on your idea."
    assert sending.letter.path == "/jam/jam/inbox"
    assert (sending.letter.lang, sending.letter.dir) == ("en", "ltr")
    assert sending.topic == sending.letter.tag
    assert "Secret" not in sending.letter.to_json().decode()
    hebrew = said(world, "ann", Style("he", shows_words=False))
    assert hebrew.letter.body == "3 רעיונות נבנו על שלך.\nתגובה אחת לרעיון שלך."
    assert (hebrew.letter.lang, hebrew.letter.dir) == ("he", "rtl")


def test_who_wants_words_gets_those_that_are_for_everyone_in_the_jam() -> None:
    world = World()
    idea = world.post("ann", "Open gardens")
    world.comment(idea, "ben")
    assert said(world, "ann", SHOWN).letter.body == "A comment on your idea: “Open gardens”"
    assert said(world, "ann", SHOWN).letter.title == "Jam"
    assert said(world, "ann", SHOWN).letter.path == f"/jam/jam/idea/{idea}"


def test_words_of_what_is_for_some_are_never_on_a_lock_screen() -> None:
    for audience in (EMPLOYEES, "circle"):
        world = World()
        few = world.circle("ann", "ben") if audience == "circle" else None
        idea = world.post("ann", "Among us only", Audience(circle=few) if few else EMPLOYEES)
        world.comment(idea, "ben", "Quietly")
        assert said(world, "ann", SHOWN).letter.body == "A comment on your idea."
        world.do(c.HideIdea, "mod", idea=idea, reason="Rude") if not few else None
        assert "Among" not in said(world, "ann", SHOWN).letter.to_json().decode()


def test_what_went_out_of_sight_is_not_told() -> None:
    world = World()
    idea = world.post("ben", "Staff", EMPLOYEES)
    child = world.post("cat", "Of staff", parents=(idea,))
    assert [one.kind for one in new(world, "ben")] == [PushKind.BUILT_ON]
    world.do(c.HideIdea, "mod", idea=child, reason="Not fit")
    assert new(world, "ben") == []
    remark = world.comment(idea, "ann")
    assert len(new(world, "ben")) == 1
    world.do(c.HideComment, "mod", comment=remark, reason="Not fit")
    assert new(world, "ben") == []


def test_who_is_out_or_has_read_it_or_joined_later_is_told_nothing() -> None:
    world = World()
    idea = world.post("ann")
    world.comment(idea)
    world.do(c.Announce, "mod", texts={"en": "Lunch"})
    assert len(new(world, "ann")) == 2
    world.do(c.ReadNotifications, "ann", up_to=None)
    assert [one.kind for one in new(world, "ann")] == [PushKind.ANNOUNCEMENT]
    world.do(c.RestrictMembers, "mod", people=("ann",), kind=RestrictionKind.SUSPENDED, until=None, reason="Rude")
    assert new(world, "ann") == []
    world.wait(1)
    member = world.state.member("ben")
    assert member is not None
    upto = place_now(world.state, world.now)
    assert happenings(world.state, member, NO_MOMENTS, upto, world.now, since=world.now) == []


def test_what_moderators_decided_is_told_without_their_reason() -> None:
    world = World()
    world.do(c.HideIdea, "mod", idea=world.post("ann", "Rude words"), reason="Because of the rude words")
    assert said(world, "ann").letter.body == "Moderators decided about something of yours."
    shown = said(world, "ann", SHOWN).letter
    assert shown.body == "Moderators hid something of yours: “Rude words”"
    assert "Because" not in shown.to_json().decode()


def test_an_announcement_stands_for_itself() -> None:
    world = World()
    idea = world.post("ann")
    world.comment(idea)
    world.do(c.Announce, "mod", texts={"en": "An expert is here", "he": "מומחית כאן"})
    sending = said(world, "ann", SHOWN)
    assert sending.letter.body.splitlines()[0] == "An expert is here"
    assert said(world, "ann", Style("he", shows_words=True)).letter.body.splitlines()[0] == "מומחית כאן"
    assert said(world, "ann").letter.body.splitlines()[0] == "An announcement of the moderators."
    assert sending.topic is None
    assert sending.letter.tag == sending.letter.id
    assert sending.letter.path == "/jam/jam"


def test_moments_are_told_in_their_minutes_and_no_later() -> None:
    world = World(Phase.LOBBY)
    opens = SCHEDULE.ideation_at
    for minutes, expected in (
        (-11, []),
        (-10, ["OPENS"]),
        (-1, ["OPENS"]),
        (0, []),
        (29, []),
        (30, ["CLOSES"]),
        (59, ["CLOSES"]),
    ):
        world.now = opens + minutes * MINUTE
        coming = [one.moment for one in new(world, "ann", Place()) if one.moment is not None]
        found = [moment.turn.value for moment in coming if moment.phase is Phase.IDEATION]
        assert found == expected, minutes
    world.now = opens - 10 * MINUTE
    sending = said(world, "ann", after=Place())
    assert sending.letter.body == "In a few minutes you can post ideas."
    assert (sending.urgency, sending.ttl_s, sending.topic) == ("high", 600, None)


@given(st.lists(st.integers(0, 300), min_size=5, max_size=5))
def test_any_schedule_has_each_moment_once_and_before_its_instant(minutes: list[int]) -> None:
    schedule = Schedule(*(T0 + at * MINUTE for at in sorted(minutes)))
    found = list(moments(schedule))
    assert len({(one.phase, one.turn) for one in found}) == len(found) <= 4
    for one in found:
        opens, closes = schedule.opens_at(one.phase), schedule.closes_phase_at(one.phase)
        assert opens is not None
        assert closes is not None
        assert one.instant == (opens if one.turn is Turn.OPENS else closes)
        assert opens < closes
        assert one.at < one.instant <= one.at + 30 * MINUTE
        assert one.turn is Turn.OPENS or closes - opens >= HOUR


@settings(deadline=None)
@given(st.lists(st.sampled_from(["comment", "build", "announce", "wait", "tell", "hide", "read"]), max_size=25))
def test_each_thing_is_new_once_whenever_it_is_told(acts: list[str]) -> None:
    world, place, told = World(), Place(), list[tuple[object, ...]]()
    idea = world.post("ann")
    world.wait(-MINUTE)
    for act in acts:
        match act:
            case "comment":
                world.comment(idea, "ben")
            case "build":
                world.post("cat", parents=(idea,))
            case "announce":
                world.do(c.Announce, "mod", texts={"en": "Lunch"})
            case "wait":
                world.wait(MINUTE)
            case "hide":
                world.do(c.HideComment, "mod", comment=world.comment(idea, "fay"), reason="Rude")
            case "read":
                world.do(c.ReadNotifications, "ann", up_to=None)
            case _:
                told += [(one.notice, one.announcement and one.announcement.id, one.moment) for one in new(world, "ann", place)]
                place = place_now(world.state, world.now)
    assert len(set(told)) == len(told)


def test_the_longest_letter_fits_into_a_record() -> None:
    world = World()
    for number in range(8):
        idea = world.post("ann", "א" * 119 + str(number))
        world.comment(idea, "ben")
        world.post("ben", "ב" * 120, parents=(idea,))
    world.do(c.Announce, "mod", texts={"he": "ג" * 500, "en": "x"})
    sending = said(world, "ann", Style("he", shows_words=True))
    assert len(sending.letter.to_json()) < LONGEST
