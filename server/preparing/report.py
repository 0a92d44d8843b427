"""What was found and done in a store, for a person to read."""

from dataclasses import dataclass, field


class StoreRefused(Exception):
    """The store can't be set up or used as it is; the message says what to do."""


@dataclass(slots=True)
class StoreReport:
    """`done`: what was run or made; `found`: what is well; `notes`: what to know; `problems`: what must be mended."""

    done: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def lines(self) -> list[str]:
        """All of it, what must be mended last."""
        marked = (("did", self.done), ("ok", self.found), ("note", self.notes), ("problem", self.problems))
        return [f"{mark}: {line}" for mark, lines in marked for line in lines]
