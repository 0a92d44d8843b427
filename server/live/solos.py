"""Subscriptions that cannot be shared: an execution of their own, when something concerns them."""

from typing import Any

from server.api.documents import Prepared
from server.live.line import Line
from server.live.messages import prefix
from server.live.ports import Caller, Changes, Feed


class Solo:
    """One subscription of one person. `is_personal` when it tells only of what concerns that person."""

    __slots__ = (
        "caller",
        "id",
        "is_busy",
        "is_personal",
        "line",
        "prefix",
        "prepared",
        "seq",
        "since",
        "stage",
        "variables",
    )

    def __init__(
        self,
        stage: Any,
        line: Line,
        operation_id: str,
        prepared: Prepared,
        variables: dict[str, Any],
        caller: Caller | None,
        is_personal: bool,
        seq: int,
        now: float,
    ) -> None:
        self.stage = stage
        self.line = line
        self.id = operation_id
        self.prefix = prefix(operation_id)
        self.prepared = prepared
        self.variables = variables
        self.caller = caller
        self.is_personal = is_personal
        self.seq = seq
        self.since = now
        self.is_busy = False

    @property
    def person_id(self) -> str | None:
        """Whose it is."""
        return None if self.caller is None else self.caller.person_id

    @property
    def may_repeat(self) -> bool:
        """Whether it can be told again what was held back: it tells of the jam, not of its person alone."""
        return not (self.is_busy or self.is_personal)

    def end(self) -> None:
        self.stage.drop_solo(self)

    def news(self, feed: Feed) -> Changes | None:
        """What to tell, if anything; otherwise it is up to date afterwards, so that it never falls too far behind."""
        if self.is_busy or feed.seq <= self.seq:
            return None
        if self.is_personal and self.caller is not None and not feed.concerns(self.caller.person_id, self.seq):
            self.seq = feed.seq
            return None
        return feed.changes_since(self.seq)
