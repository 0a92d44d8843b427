"""The organization: who may make jams, and whose an address is."""

import pytest

from server.jam.ids import SYSTEM
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound, Rejection
from server.jam_store import ORGANIZATION
from server.journal.codec import Entry
from server.organization import events as e
from server.organization.domain import (
    BeginErasure,
    FinishErasure,
    GrantOrganizer,
    OrganizationState,
    RegisterJam,
    RevokeOrganizer,
    apply_all,
    decide,
)

Org = RegisterJam | GrantOrganizer | RevokeOrganizer | BeginErasure | FinishErasure
STORED = ("jam.registered", "organizer.granted", "organizer.revoked", "erasure.begun", "erasure.finished")


def done(state: OrganizationState, command: Org, now: int = 5) -> tuple[e.OrganizationEvent, ...]:
    made = decide(state, command, now)
    apply_all(state, None, made)
    return made


def grant(person: str, by: str = SYSTEM) -> GrantOrganizer:
    return GrantOrganizer(actor=by, id=f"grant-{person}", person=person)


def revoke(person: str, by: str = SYSTEM) -> RevokeOrganizer:
    return RevokeOrganizer(actor=by, id=f"revoke-{person}", person=person)


def register(jam: str, slug: str, by: str = SYSTEM) -> RegisterJam:
    return RegisterJam(actor=by, id=f"register-{jam}", jam=jam, slug=slug)


@pytest.fixture
def state() -> OrganizationState:
    """Two organizers, and a jam."""
    made = OrganizationState()
    for command in (grant("pa"), grant("pb", "pa"), register("j1", "spring", "pa")):
        done(made, command)
    return made


def snapshot(state: OrganizationState) -> tuple[int, dict[str, str], list[str]]:
    return state.seq, dict(state.slugs), list(state.organizers)


def test_the_state_is_what_was_done(state: OrganizationState) -> None:
    assert snapshot(state) == (3, {"spring": "j1"}, ["pa", "pb"])


def test_what_holds_already_is_not_written_again(state: OrganizationState) -> None:
    assert done(state, grant("pb", "pa")) == ()
    assert done(state, register("j1", "spring", "pa")) == ()
    assert state.seq == 3


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (register("j2", "spring", "pa"), Conflict),
        (register("j2", "Spring Jam", "pa"), InvalidInput),
        (register("j2", "", "pa"), InvalidInput),
        (register("j2", "summer", "pc"), NotAllowed),
        (grant("pc", "pc"), NotAllowed),
        (revoke("pa", "pc"), NotAllowed),
        (revoke("pc", "pa"), NotFound),
    ],
)
def test_a_refusal_changes_nothing(state: OrganizationState, command: Org, refusal: type[Rejection]) -> None:
    before = snapshot(state)
    with pytest.raises(refusal):
        done(state, command)
    assert snapshot(state) == before


def test_the_last_organizer_stays(state: OrganizationState) -> None:
    assert done(state, revoke("pa", "pb")) == (e.OrganizerRevoked(at=5, person="pa", by="pb"),)
    with pytest.raises(NotAllowed):
        done(state, register("j2", "summer", "pa"))
    for by in (SYSTEM, "pb"):
        with pytest.raises(Conflict):
            done(state, revoke("pb", by))
    assert list(state.organizers) == ["pb"]


def test_no_two_commands_share_a_record() -> None:
    """Two organizers who revoke each other at the same moment are decided one after the other."""
    assert revoke("pa", "pb").touches().writes == revoke("pb", "pa").touches().writes == ("frame",)


def test_events_come_back_as_they_went() -> None:
    events = (
        e.JamRegistered(at=1, jam="j1", slug="spring", by="pa"),
        e.OrganizerGranted(at=2, person="pa", by=SYSTEM),
        e.OrganizerRevoked(at=3, person="pa", by="pb"),
        e.ErasureBegun(at=4, person="pb", withdraws=True),
        e.ErasureFinished(at=5, person="pb"),
    )
    payload = ORGANIZATION.codec.encode([Entry(7, events)])
    assert ORGANIZATION.codec.decode(payload) == [Entry(7, events)]
    assert set(e.REGISTRY) == {(name, 1) for name in STORED}


def begin(person: str, by: str = SYSTEM) -> BeginErasure:
    return BeginErasure(actor=by, id=f"erase-{person}", person=person, withdraws=True)


def test_an_erasure_is_remembered_until_it_is_finished(state: OrganizationState) -> None:
    done(state, begin("px"))
    assert state.erasures == {"px": True}
    assert done(state, begin("px")) == ()
    done(state, FinishErasure(actor=SYSTEM, id="f", person="px"))
    assert state.erasures == {}
    assert done(state, FinishErasure(actor=SYSTEM, id="f", person="px")) == ()


def test_whoever_is_erased_creates_no_jams_any_more_but_the_last_organizer_stays(state: OrganizationState) -> None:
    done(state, begin("pa"))
    assert list(state.organizers) == ["pb"]
    with pytest.raises(Conflict):
        decide(state, begin("pb"), 5)


def test_only_the_server_begins_an_erasure(state: OrganizationState) -> None:
    with pytest.raises(NotAllowed):
        decide(state, begin("pa", "pb"), 5)
