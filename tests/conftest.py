"""What every test shares."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """The server runs on asyncio only, and so do its tests."""
    return "asyncio"
