"""A queue of a worker: how long it is, and how long it may get. All of them are named in `server.app.overload_parts`."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Queue:
    """Something that waits in memory, or in the vault where `is_kept`. `most` is its bound; None where it is bounded by what
    fills it (then the help text says by what).
    """

    name: str
    length: Callable[[], int]
    most: int | None
    what: str
    is_kept: bool = False
