"""Who may act in a jam or topic."""

from dataclasses import dataclass

from server.jam.events.base import Event, stored_as
from server.jam.people import Relation


@stored_as("acting.set")
@dataclass(frozen=True, slots=True, kw_only=True)
class ActingSet(Event):
    """`topic` None: in the whole jam. `relations` None: everyone who may see it."""

    topic: str | None
    relations: tuple[Relation, ...] | None
    by: str
