"""One person in a vault, a clock to set, and requests with cookies: what tests of sessions share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.requests import HTTPConnection

from server.vault.port import PersonRecord
from server.vault.sqlite import SqliteVault


class Clock:
    """Stands where it is set, in milliseconds."""

    now = 1_000_000

    def __call__(self) -> int:
        return self.now


@asynccontextmanager
async def vault_with_ada(folder: Path) -> AsyncIterator[SqliteVault]:
    """A vault that knows Ada, `pada`."""
    opened = await SqliteVault.open(folder / "vault.sqlite")
    await opened.add_person(PersonRecord("pada", None, "Ada", None, "en", 0))
    yield opened
    await opened.close()


def connection(**cookies: str) -> HTTPConnection:
    """A request with these cookies."""
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return HTTPConnection({"type": "http", "headers": [(b"cookie", sent.encode())]})
