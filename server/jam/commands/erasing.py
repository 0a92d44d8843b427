"""What is asked to erase someone: by the server alone, which has made sure of who they are."""

from dataclasses import dataclass

from server.jam.commands.base import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseMember(Command):
    """`withdraws`: their ideas and comments go too; otherwise they stay, under "a former participant"."""

    person: str
    withdraws: bool
