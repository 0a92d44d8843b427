"""The base of all commands, and the keys that they touch."""

from dataclasses import dataclass
from typing import NamedTuple

from server.jam import ids


class Touches(NamedTuple):
    """Keys of a command. Everything else it may depend on is guarded by the key `frame`.

    `takes` names what has so many places (`decide.room`), of which the command takes one at most. Commands that take of it
    share a commit as long as there is room for all: then none depends on whether the others came before it.
    """

    reads: tuple[str, ...]
    writes: tuple[str, ...]
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    actor: str
    id: str

    def touches(self) -> Touches:
        """By default a command changes the frame that all others read, and so has a commit to itself."""
        return Touches((), ("frame",))

    @property
    def asker(self) -> str:
        """Who is asked whether they may: the actor, unless they act without their name."""
        return self.actor

    def derived(self, prefix: str) -> str:
        """The id of the thing that this command makes."""
        return ids.derive_id(prefix, self.actor, self.id)


def on(reads: tuple[str, ...], *writes: str) -> Touches:
    return Touches(("frame", *reads), writes)
