"""Sign-in mails: how many go out at once, and what the log may hold of them."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import aiosmtplib
import pytest
import structlog

from server.access.limiter import Limiter
from server.access.magic_link import Asked, MagicLinks
from server.access.mailer import AT_ONCE, Mail, Mailer
from server.jam.rejections import TooMany
from server.jam_store import JamStore
from server.journal.memory import MemoryJournal
from server.settings import Settings
from server.vault.port import PersonRecord
from server.vault.sqlite import SqliteVault

pytestmark = pytest.mark.anyio
MAIL = Mail("ada@example.org", "Subject", "Text", "<p>Text</p>", "en")


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncGenerator[SqliteVault, None]:
    opened = await SqliteVault.open(tmp_path / "vault.sqlite")
    yield opened
    await opened.close()


class Refusing(Mailer):
    """A mail server's refusal, as aiosmtplib reports it: with the address in it."""

    async def send(self, mail: Mail) -> None:
        refused = aiosmtplib.SMTPRecipientRefused(550, "no such mailbox: ada@example.org", mail.to)
        raise aiosmtplib.SMTPRecipientsRefused([refused])


async def test_the_log_of_a_refused_mail_names_nobody(vault: SqliteVault) -> None:
    settings = Settings(smtp_url="smtp://localhost:1")
    store = await JamStore.open(MemoryJournal(), lambda: 0)
    await vault.add_person(PersonRecord("pada", "ada@example.org", "Ada", None, "en", 0))
    links = MagicLinks(vault, store, Refusing(settings), settings, lambda: 0)
    with structlog.testing.capture_logs() as logged:
        await links.ask(Asked("ada@example.org"))
        await links.settled()
    assert [(line["log_level"], line["error"]) for line in logged] == [("error", "SMTPRecipientsRefused")]
    assert "ada" not in repr(logged).lower()
    assert not any(line.get("exc_info") for line in logged)


async def test_a_trace_in_the_log_shows_no_values() -> None:
    code = (
        "import structlog\nfrom server.logs import configure\nconfigure()\n"
        "def work(address):\n    raise RuntimeError('bro' + 'ken')\n"
        "try:\n    work('@'.join(('ada', 'example.org')))\nexcept RuntimeError:\n    structlog.get_logger().exception('failed', jam='j')\n"
    )
    process = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout == ""
    line = json.loads(process.stderr)
    assert (line["event"], line["jam"], line["level"]) == ("failed", "j", "error")
    assert line["exception"].endswith("RuntimeError")
    assert "line 5, in work" in line["exception"]
    assert "broken" not in process.stderr
    assert "@example.org" not in process.stderr


async def test_only_so_many_mails_go_out_at_once() -> None:
    """When the doors open and everyone asks for a link, the mail server is not overrun."""
    now, most = 0, 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        writer.write(b"421 later\r\n")
        now -= 1
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    mailer = Mailer(Settings(smtp_url=f"smtp://127.0.0.1:{port}"))
    answers = await asyncio.gather(*(mailer.send(MAIL) for _ in range(4 * AT_ONCE)), return_exceptions=True)
    assert all(isinstance(answer, aiosmtplib.SMTPException) for answer in answers)
    assert 1 < most <= AT_ONCE
    server.close()
    await server.wait_closed()


async def test_each_kind_of_act_has_its_own_limit_and_each_person_too(vault: SqliteVault) -> None:
    limiter = Limiter(Settings(votes_per_minute=3, posts_per_minute=2, acts_per_minute=1), vault, lambda: 0)
    for _ in range(3):
        limiter.allow("pada", "supportIdea")
    for _ in range(2):
        limiter.allow("pada", "postIdea")
    limiter.allow("pada", "editIdea")
    for act in ("withdrawSupport", "postComment", "announce"):
        with pytest.raises(TooMany) as refused:
            limiter.allow("pada", act)
        assert refused.value.retry_after_seconds > 0
    limiter.allow("pben", "supportIdea")


async def test_mails_are_limited_by_address(vault: SqliteVault) -> None:
    limiter = Limiter(Settings(mails_per_hour=2), vault, lambda: 0)
    addresses = ("ada@example.org", "Ada@example.org ", "ada@example.org")
    assert [await limiter.allows_mail(address, "10.0.0.1") for address in addresses] == [True, True, False]
    assert await limiter.allows_mail("ben@example.org", "10.0.0.1")


async def test_mails_are_limited_by_network_and_a_refused_one_is_not_counted(vault: SqliteVault) -> None:
    limiter = Limiter(Settings(mails_per_network=2, mails_per_hour=1), vault, lambda: 0)
    assert await limiter.allows_mail("ada@example.org", "10.0.0.1")
    assert not await limiter.allows_mail("ada@example.org", "10.0.0.1")
    assert await limiter.allows_mail("ben@example.org", "10.0.0.1")
    assert not await limiter.allows_mail("eve@example.org", "10.0.0.1")
    assert await limiter.allows_mail("eve@example.org", "10.0.0.2")
