"""Digests with a real vault and a real mail server: at most one a day, none after a no, and nothing lost or doubled by a kill."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from aiosmtpd.controller import Controller

from server.access.mailer import Mailer
from server.digests.service import CLAIM_MS, HOUR_MS, SETTLES_MS, Digests
from server.jam import commands as c
from server.jam_store import JamStore
from server.settings import Settings
from server.stores import open_stores
from server.vault.digests import MailMode
from server.vault.port import PersonRecord, Vault
from tests.replaying.test_verify import HOUR, NOW, a_jam
from tests.web.running import Sink, Site, free_port, graphql

pytestmark = pytest.mark.anyio
DAY = 24 * HOUR_MS


@dataclass
class Post:
    """A jam in which Ann has an idea, and a mail server."""

    store: JamStore
    vault: Vault
    sink: Sink
    digests: Digests
    clock: list[int]
    made: list[str] = field(default_factory=list)

    async def comment(self, count: int = 1) -> None:
        state = self.store.all()[0]
        for _ in range(count):
            self.made.append("one")
            comment = c.PostComment(actor="ben", id=f"c{len(self.made)}", idea=state.ideas[0].id, body=f"Yes {len(self.made)}")
            await self.store.submit("j1", comment, min(self.clock[0], NOW + HOUR))

    def passes(self, ms: int) -> None:
        self.clock[0] += ms


@pytest.fixture
async def post(tmp_path: Path) -> AsyncGenerator[Post, None]:
    sink, port = Sink(), free_port()
    mail = Controller(sink, hostname="127.0.0.1", port=port)
    mail.start()
    clock = [NOW]
    settings = Settings(data=tmp_path, smtp_url=f"smtp://127.0.0.1:{port}")  # type: ignore[arg-type]
    async with open_stores(settings) as (journal, vault):
        store = await a_jam(journal, lambda: clock[0])  # type: ignore[arg-type]
        for name in ("ann", "ben"):
            await vault.add_person(PersonRecord(name, f"{name}@example.org", name.title(), None, "en", NOW))
        await store.submit("j1", c.AddMember(actor="system", id="ben", person="ben", role="PARTICIPANT", relation="FRIEND"))  # type: ignore[arg-type]
        yield Post(store, vault, sink, Digests(vault, store, Mailer(settings), "https://jam.example", lambda: clock[0]), clock)
        await store.close()
    mail.stop()


async def test_what_happened_comes_in_one_mail_when_it_has_settled(post: Post) -> None:
    await post.comment(3)
    post.passes(SETTLES_MS - 1)
    assert await post.digests.turn() == 0
    post.passes(1)
    assert await post.digests.turn() == 1
    assert await post.digests.turn() == 0
    [mail] = post.sink.mails
    assert mail["To"] == "ann@example.org"
    assert mail["Subject"] == "Spring: something for you"
    assert "3 comments on your idea “Trees”" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_the_next_comes_a_day_later_with_all_that_came_meanwhile(post: Post) -> None:
    await post.comment()
    post.passes(SETTLES_MS)
    await post.digests.turn()
    await post.comment(2)
    post.passes(DAY - 1)
    assert await post.digests.turn() == 0
    post.passes(1)
    assert await post.digests.turn() == 1
    assert "2 comments" in post.sink.mails[1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    post.passes(DAY)
    assert await post.digests.turn() == 0, "nothing happened since"


async def test_who_asks_for_more_gets_it_and_who_says_no_gets_none(post: Post) -> None:
    await post.digests.choose("ann", MailMode.HOURLY)
    for _ in range(2):
        await post.comment()
        post.passes(HOUR_MS)
        assert await post.digests.turn() == 1
    wish = await post.digests.wish("ann")
    assert await post.digests.end(wish.secret)
    assert not await post.digests.end("another")
    await post.comment()
    post.passes(30 * HOUR)
    assert await post.digests.turn() == 0
    assert len(post.sink.mails) == 2
    assert (await post.digests.wish("ann")).mode is MailMode.NEVER


async def test_the_link_in_an_old_mail_still_ends_them(post: Post) -> None:
    first = await post.digests.wish("ann")
    await post.digests.choose("ann", MailMode.HOURLY)
    assert await post.digests.end(first.secret)


async def test_who_has_no_address_or_is_out_or_has_read_it_gets_none(post: Post) -> None:
    await post.comment()
    post.passes(SETTLES_MS)
    await post.vault.update_person("ann", email=None)
    assert await post.digests.turn() == 0
    await post.vault.update_person("ann", email="ann@example.org")
    await post.store.submit("j1", c.ReadNotifications(actor="ann", id="read", up_to=None))
    assert await post.digests.turn() == 0
    assert post.sink.mails == []


async def test_a_jam_that_ended_long_ago_writes_to_nobody(post: Post) -> None:
    await post.comment()
    post.passes(8 * DAY)
    assert await post.digests.turn() == 0


async def test_two_servers_write_one_mail(post: Post) -> None:
    await post.comment()
    post.passes(SETTLES_MS)
    sent = await asyncio.gather(*(post.digests.turn() for _ in range(4)))
    assert sum(sent) == len(post.sink.mails) == 1


async def test_a_server_stopped_at_any_moment_loses_no_mail_and_what_comes_twice_is_known_by_its_id(post: Post) -> None:
    await post.comment()
    post.passes(SETTLES_MS)
    for moment in range(1, 30):
        task = asyncio.create_task(post.digests.turn())
        for _ in range(moment):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        post.passes(CLAIM_MS)
    await post.digests.turn()
    await asyncio.sleep(0.1)
    assert len(post.sink.mails) >= 1
    assert len({mail["Message-ID"] for mail in post.sink.mails}) == 1


async def test_a_mail_server_that_is_down_is_asked_again(post: Post, tmp_path: Path) -> None:
    await post.comment()
    post.passes(SETTLES_MS)
    down = Mailer(Settings(data=tmp_path, smtp_url=f"smtp://127.0.0.1:{free_port()}"))  # type: ignore[arg-type]
    away = Digests(post.vault, post.store, down, "https://jam.example", lambda: post.clock[0])
    assert await away.turn() == 0
    post.passes(CLAIM_MS)
    assert await post.digests.turn() == 1


async def test_from_the_page_and_from_a_mail_program(site: Site) -> None:
    ask = "{ viewer { mailMode } }"
    choose = "mutation ($mode: MailMode!) { it: setMailMode(mode: $mode) { ... on ViewerSuccess { viewer { mailMode } } } }"
    async with aclosing(await site.signed_in("pada")) as ada:
        assert (await graphql(ada, ask))["viewer"]["mailMode"] == "DAILY"
        assert (await graphql(ada, choose, mode="HOURLY"))["it"]["viewer"]["mailMode"] == "HOURLY"
        wish = await site.server.vault.mail_wish("pada")
        assert wish is not None
        async with httpx.AsyncClient(base_url=site.url) as program:
            address = f"/mail/end/{wish.secret}"
            assert (await program.get(address)).status_code == 200, "a look ends nothing"
            assert (await graphql(ada, ask))["viewer"]["mailMode"] == "HOURLY"
            body = "List-Unsubscribe=One-Click"
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            assert (await program.post(address, content=body, headers=form)).status_code == 204
            assert (await program.post("/mail/end/nobodys", content=body, headers=form)).status_code == 404
        assert (await graphql(ada, ask))["viewer"]["mailMode"] == "NEVER"
