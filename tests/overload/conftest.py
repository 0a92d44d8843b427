"""A whole server whose pressure a test decides."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from server.settings import Settings
from tests.web.running import Sink, Site, free_port, open_jam, serving


@pytest.fixture
async def site(tmp_path: Path) -> AsyncGenerator[Site, None]:
    port = free_port()
    async with serving(Settings(data=tmp_path, port=port, theme_workers=0, overload=True)) as server:
        await open_jam(server)
        yield Site(server, Sink(), f"http://127.0.0.1:{port}")
