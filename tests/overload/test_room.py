"""The waiting room: who came first is let in first, on every worker; a ticket can't be made or moved by who holds it."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from server.overload.room import LATE_S, SOON_S, Room
from server.overload.tickets import Tickets

NOW = 1_790_000_000_000
KEY = b"k" * 32


@given(st.lists(st.integers(0, 400), min_size=1, max_size=200), st.floats(0.5, 50))
def test_nobody_is_let_in_before_who_came_before_them(gaps: list[int], per_s: float) -> None:
    room, now, came = Room(), NOW, list[int]()
    room.move(now, per_s)
    for gap in gaps:
        now += gap
        room.move(now, per_s)
        room.arrive(now)
        came.append(now)
        inside = [room.is_in(at) for at in came]
        assert inside == sorted(inside, reverse=True)
        places = [room.place(at) for at, is_in in zip(came, inside, strict=True) if not is_in]
        assert places == sorted(places)


@given(st.integers(1, 300), st.integers(1, 40))
def test_so_many_are_let_in_as_there_is_room_for_and_in_the_end_everybody(people: int, per_s: int) -> None:
    room = Room()
    room.move(NOW, per_s)
    came = [NOW + place for place in range(people)]
    for at in came:
        room.arrive(at)
    for second in range(1, people // per_s + 3):
        room.move(NOW + 1_000 * second, per_s)
        assert sum(map(room.is_in, came)) == min(people, per_s * second)
    assert room.waiting == 0
    assert room.let_in == people


def test_when_it_is_calm_everybody_comes_in() -> None:
    room = Room()
    room.move(NOW, 1)
    for at in range(100):
        room.arrive(NOW + at)
    assert room.waiting == 100
    room.move(NOW + 200, inf)
    assert room.waiting == 0
    assert all(room.is_in(NOW + at) for at in range(100))


def test_a_ticket_of_another_worker_is_good_here() -> None:
    """Each knows its own arrivals: who came before those that are in is in as well; and where nobody waits there is room."""
    here = Room(workers=2)
    here.move(NOW, 2)
    here.arrive(NOW + 1_000)
    here.move(NOW + 2_000, 2)
    assert here.is_in(NOW + 500)
    assert not here.is_in(NOW + 1_500)
    here.move(NOW + 3_000, 2)
    assert [here.take(NOW + 3_000) for _ in range(3)] == [True, True, False]


def test_room_is_not_saved_up() -> None:
    room = Room()
    room.move(NOW, 5)
    room.move(NOW + 3_600_000, 5)
    assert [room.take(NOW) for _ in range(10)].count(True) == 5


@given(st.integers(1, 10**6), st.floats(0.1, 100))
def test_who_waits_looks_again_soon_enough_and_not_too_often(place: int, per_s: float) -> None:
    assert SOON_S <= Room().wait_s(place, per_s) <= LATE_S


def test_a_ticket_tells_when_and_nobody_can_make_one() -> None:
    tickets, others = Tickets(KEY), Tickets(b"o" * 32)
    ticket = tickets.issue(NOW)
    assert tickets.read(ticket.text) == ticket
    assert Tickets(KEY).read(ticket.text) == ticket, "another worker with the same key reads it"
    assert others.read(ticket.text) is None
    assert Tickets(KEY, b"pass").read(ticket.text) is None, "a ticket is no pass"
    assert tickets.issue(NOW).text != ticket.text


@given(st.binary(max_size=80), st.text(max_size=60), st.integers(0, 40), st.integers(1, 255))
def test_what_was_not_issued_is_none(data: bytes, text: str, place: int, change: int) -> None:
    tickets = Tickets(KEY)
    assert tickets.read(text) is None
    assert tickets.read(None) is None
    real = tickets.issue(NOW).text
    changed = real[: place % len(real)] + chr(33 + change % 90) + real[place % len(real) + 1 :]
    assert tickets.read(changed) is None or changed == real
