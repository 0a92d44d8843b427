"""What is asked about who may act."""

from dataclasses import dataclass

from server.jam.commands.base import Command
from server.jam.people import Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class SetActing(Command):
    """`topic` None: in the whole jam. `relations` None: everyone who may see it."""

    topic: str | None
    relations: tuple[Relation, ...] | None
