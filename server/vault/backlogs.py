"""How much waits in the vault to be sent: the part of the vault port that operators look at. Numbers, and nobody's name."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Backlogs:
    """What waits, and what was given up until somebody has it sent again."""

    mails: int = 0
    webhooks: int = 0
    dead_webhooks: int = 0
    pushes: int = 0


class BacklogVault(Protocol):
    """Every adapter passes the one contract test."""

    async def backlogs(self) -> Backlogs:
        """What waits now, of all jams. Mails are those of invitations about which something is still to be done."""
