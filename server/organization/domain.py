"""Commands of the organization, its state, and the decision and application of both."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from server.jam.commands import Command
from server.jam.ids import SYSTEM
from server.jam.rejections import Conflict, NotAllowed, NotFound
from server.jam.texts import clean_slug
from server.organization import events


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterJam(Command):
    jam: str
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantOrganizer(Command):
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeOrganizer(Command):
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginErasure(Command):
    """By the server alone, which has made sure of who they are."""

    person: str
    withdraws: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishErasure(Command):
    person: str


@dataclass(slots=True)
class OrganizationState:
    """`slugs` maps a jam's address to its id; `erasures` has the people who are being erased, and whether they withdraw."""

    seq: int = 0
    slugs: dict[str, str] = field(default_factory=dict)
    organizers: dict[str, None] = field(default_factory=dict)
    erasures: dict[str, bool] = field(default_factory=dict)
    is_sound: bool = True

    def become(self, other: "OrganizationState") -> None:
        """Takes over everything of another state."""
        self.seq, self.slugs, self.organizers, self.is_sound = other.seq, other.slugs, other.organizers, other.is_sound
        self.erasures = other.erasures

    def remembers(self, command_key: int) -> bool:
        """Every command here is idempotent by what it names, so none needs to be remembered."""
        return False


def decide(state: OrganizationState, command: Command, now: int) -> tuple[events.OrganizationEvent, ...]:
    """What the command leads to. Raises a `Rejection`."""
    if command.actor != SYSTEM and command.actor not in state.organizers:
        raise NotAllowed("CREATE_JAM", "Only organizers may create jams.")
    match command:
        case RegisterJam():
            return _register(state, command, now)
        case GrantOrganizer():
            held = command.person in state.organizers
            return () if held else (events.OrganizerGranted(at=now, person=command.person, by=command.actor),)
        case RevokeOrganizer():
            return _revoke(state, command, now)
        case BeginErasure():
            return _begin_erasure(state, command, now)
        case FinishErasure():
            known = command.person in state.erasures
            return (events.ErasureFinished(at=now, person=command.person),) if known else ()
    raise TypeError(f"{type(command).__name__} is no command of the organization")


def _register(state: OrganizationState, command: RegisterJam, now: int) -> tuple[events.OrganizationEvent, ...]:
    slug = clean_slug("slug", command.slug)
    owner = state.slugs.get(slug)
    if owner == command.jam:
        return ()
    if owner is not None:
        raise Conflict(f"The address {slug!r} belongs to another jam: please choose another.")
    return (events.JamRegistered(at=now, jam=command.jam, slug=slug, by=command.actor),)


def _revoke(state: OrganizationState, command: RevokeOrganizer, now: int) -> tuple[events.OrganizationEvent, ...]:
    if command.person not in state.organizers:
        raise NotFound("organizer", command.person)
    if len(state.organizers) == 1:
        raise Conflict("Someone must be able to create jams: name another organizer first.")
    return (events.OrganizerRevoked(at=now, person=command.person, by=command.actor),)


def _begin_erasure(state: OrganizationState, command: BeginErasure, now: int) -> tuple[events.OrganizationEvent, ...]:
    if command.actor != SYSTEM:
        raise NotAllowed("ERASE", "Only the server itself records that.")
    if command.person in state.organizers and len(state.organizers) == 1:
        raise Conflict("Someone must be able to create jams: name another organizer first.")
    if command.person in state.erasures:
        return ()
    return (events.ErasureBegun(at=now, person=command.person, withdraws=command.withdraws),)


def apply_all(state: OrganizationState, command_key: int | None, batch: Iterable[events.OrganizationEvent]) -> None:
    for event in batch:
        state.seq += 1
        match event:
            case events.JamRegistered():
                state.slugs[event.slug] = event.jam
            case events.OrganizerGranted():
                state.organizers[event.person] = None
            case events.ErasureBegun():
                state.organizers.pop(event.person, None)
                state.erasures[event.person] = event.withdraws
            case events.ErasureFinished():
                state.erasures.pop(event.person, None)
            case events.OrganizerRevoked():
                state.organizers.pop(event.person, None)
