"""A whole server with a mail sink, for every test that asks for `site`."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from server.settings import Settings
from tests.web.running import Sink, Site, free_port, open_jam, serving


@pytest.fixture
async def site(tmp_path: Path) -> AsyncGenerator[Site, None]:
    sink, port, mail_port = Sink(), free_port(), free_port()
    mail = Controller(sink, hostname="127.0.0.1", port=mail_port)
    mail.start()
    settings = Settings(data=tmp_path, port=port, smtp_url=f"smtp://127.0.0.1:{mail_port}", theme_workers=0, mails_per_hour=4)
    try:
        async with serving(settings) as server:
            await open_jam(server)
            yield Site(server, sink, f"http://127.0.0.1:{port}")
    finally:
        mail.stop()
