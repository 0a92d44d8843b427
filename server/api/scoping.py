"""Refuses what an API token has no scope to read, before anything is executed. Mutations refuse by themselves."""

from server.access.scopes import reading_refusal, scopes_of
from server.api.documents import Prepared
from server.live.ports import Caller, Refused


def check_scopes(caller: Caller | None, prepared: Prepared) -> None:
    """Raises `Refused` where the caller is a token that may not read what the operation touches."""
    refused = reading_refusal(scopes_of(caller), prepared.coordinates)
    if refused is not None:
        raise Refused("NOT_ALLOWED", refused[1])
