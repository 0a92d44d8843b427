"""The mails of invitations go out in the background: tried again, given up, recorded once, and not lost by `kill -9`."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from server.access.mailer import Mailer
from server.app.clock import wall_clock
from server.directory import Directory
from server.inviting.outbox import FIRST_PAUSE_MS, LEASE_MS, MOST_ATTEMPTS, ORPHAN_MS, Outbox
from server.inviting.service import Guest, Inviting
from server.jam import commands as c
from server.jam.entities import Invitation
from server.jam.people import Relation
from server.jam_store import JamStore
from server.journal.sqlite import SqliteJournal
from server.settings import Settings
from server.vault.invitations import MailState
from server.vault.sqlite import SqliteVault
from tests.web.running import Sink, free_port, open_jam

pytestmark = pytest.mark.anyio


@dataclass
class Moody(Sink):
    """A mail server that answers as told, once each, and takes every mail after that."""

    answers: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        taken = await super().handle_DATA(server, session, envelope)
        self.ids.append(str(self.mails[-1]["Message-ID"]))
        return taken


@asynccontextmanager
async def mail_server(sink: Sink) -> AsyncGenerator[int, None]:
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield int(controller.port)
    finally:
        controller.stop()


@dataclass
class Office:
    """Everything that sends, on real stores, with a clock of its own."""

    vault: SqliteVault
    store: JamStore
    inviting: Inviting
    outbox: Outbox
    time: list[int]

    async def invite(self, *addresses: str, id: str = "invite") -> list[str]:
        state = self.store.get("jtown")
        assert state is not None
        guests = [Guest(address, Relation.FRIEND, address) for address in addresses]
        made, _ = await self.inviting.by_mail(state, "porg", id, guests)
        return made

    async def step(self) -> None:
        """All that is due now."""
        while claimed := await self.vault.claim_mails(self.time[0], 4, LEASE_MS):
            await asyncio.gather(*(self.outbox._handle(mail) for mail in claimed))

    def entity(self, id: str) -> Invitation:
        state = self.store.get("jtown")
        found = None if state is None else state.invitation(id)
        assert found is not None
        return found

    async def kept(self, id: str) -> Any:
        return (await self.vault.mails([id]))[id]


@asynccontextmanager
async def office(folder: Path, port: int, is_new: bool = True) -> AsyncGenerator[Office, None]:
    time = [wall_clock()]
    settings = Settings(data=folder, smtp_url=f"smtp://127.0.0.1:{port}")
    journal = await SqliteJournal.open(folder / "journal.db")
    vault = await SqliteVault.open(folder / "vault.db")
    store = await JamStore.open(journal, lambda: time[0])
    people = Directory(vault, store)
    outbox = Outbox(vault, store, people, Mailer(settings), settings.url, lambda: time[0])
    made = Office(vault, store, Inviting(vault, store, Mailer(settings), outbox, lambda: time[0]), outbox, time)
    if is_new:
        await open_jam(_Parts(store, vault, people))  # type: ignore[arg-type]
    try:
        yield made
    finally:
        await store.close()
        await vault.close()
        await journal.close()


@dataclass
class _Parts:
    store: JamStore
    vault: SqliteVault
    directory: Directory


async def test_a_mail_is_sent_once_and_its_secret_and_its_being_sent_are_noted(tmp_path: Path) -> None:
    sink = Moody()
    async with mail_server(sink) as port, office(tmp_path, port) as desk:
        (id,) = await desk.invite("gil@example.net")
        secret = (await desk.kept(id)).secret
        await desk.step()
        await desk.step()
        kept = await desk.kept(id)
        assert (kept.state, kept.secret, kept.attempts, kept.sent_at) == (MailState.DELIVERED, "", 1, desk.time[0])
        assert desk.entity(id).delivered_at == desk.time[0]
        assert len(sink.mails) == 1
        assert f"/invited#{secret}" in sink.mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert await desk.invite("gil@example.net") == [id], "the same command sends nothing again"
        await desk.step()
        assert len(sink.mails) == 1


async def test_what_is_refused_for_now_is_tried_again_with_pauses_that_double(tmp_path: Path) -> None:
    sink = Moody(answers=["451 later"] * 3)
    async with mail_server(sink) as port, office(tmp_path, port) as desk:
        (id,) = await desk.invite("gil@example.net")
        for attempt in range(3):
            await desk.step()
            kept = await desk.kept(id)
            assert (kept.state, kept.attempts) == (MailState.WAITING, attempt + 1)
            assert kept.due_at == desk.time[0] + FIRST_PAUSE_MS * 2**attempt
            desk.time[0] = kept.due_at - 1
            await desk.step()
            assert (await desk.kept(id)).attempts == attempt + 1, "not a moment sooner"
            desk.time[0] += 1
        await desk.step()
        assert desk.entity(id).delivered_at == desk.time[0]
        assert len(sink.mails) == 1


async def test_what_is_refused_for_good_or_for_too_long_has_failed(tmp_path: Path) -> None:
    sink = Moody(answers=["550 no such mailbox"])
    async with mail_server(sink) as port, office(tmp_path, port) as desk:
        (id,) = await desk.invite("nobody@example.net")
        await desk.step()
        assert (desk.entity(id).failed, desk.entity(id).delivered_at) == (True, None)
        assert (await desk.kept(id)).secret == ""
    (tmp_path / "away").mkdir()
    async with office(tmp_path / "away", free_port()) as desk:
        (id,) = await desk.invite("gil@example.net")
        for _ in range(MOST_ATTEMPTS):
            await desk.step()
            desk.time[0] = max(desk.time[0], (await desk.kept(id)).due_at)
        kept = await desk.kept(id)
        assert (kept.state, kept.attempts) == (MailState.FAILED, MOST_ATTEMPTS)
        assert desk.entity(id).failed


async def test_what_ended_or_never_came_to_be_is_not_sent(tmp_path: Path) -> None:
    sink = Moody()
    async with mail_server(sink) as port, office(tmp_path, port) as desk:
        (id,) = await desk.invite("gil@example.net")
        await desk.store.submit("jtown", c.RevokeInvitation(actor="porg", id="revoke", invitation=id))
        (kept,) = (await desk.vault.mails([id])).values()
        await desk.vault.put_mails([replace(kept, id="vorphan", address="orphan@example.net")], 0)
        await desk.step()
        assert (await desk.kept(id)).state is MailState.DROPPED
        orphan = await desk.kept("vorphan")
        assert (orphan.state, orphan.attempts) == (MailState.WAITING, 0), "its command may be under way"
        desk.time[0] += ORPHAN_MS + 1
        await desk.step()
        orphan = await desk.kept("vorphan")
        assert (orphan.state, orphan.secret) == (MailState.DROPPED, "")
        assert not sink.mails


async def test_what_was_taken_but_not_recorded_is_recorded_and_not_sent_again(tmp_path: Path) -> None:
    sink = Moody()
    async with mail_server(sink) as port:
        async with office(tmp_path, port) as desk:
            (id,) = await desk.invite("gil@example.net")
            (claimed,) = await desk.vault.claim_mails(desk.time[0], 4, LEASE_MS)
            await desk.vault.keep_mail(replace(claimed, state=MailState.TAKEN, sent_at=desk.time[0], secret=""))
        async with office(tmp_path, port, is_new=False) as desk:
            desk.time[0] += LEASE_MS + 1
            await desk.step()
            assert desk.entity(id).delivered_at is not None
        assert not sink.mails


ROUNDS, A_ROUND = 5, 12
PROGRAM = """
import asyncio, sys
from pathlib import Path
from tests.inviting.test_outbox import office

async def main():
    async with office(Path(sys.argv[1]), int(sys.argv[2]), is_new=False) as desk:
        from server.app.clock import wall_clock
        desk.outbox._clock = wall_clock
        desk.outbox._lease_ms, desk.outbox._look_every_s = 600, 0.05
        print("ready", flush=True)
        await desk.outbox.run()

asyncio.run(main())
"""


async def test_kill_9_loses_no_mail_and_repeats_only_what_was_under_way(tmp_path: Path) -> None:
    """The sender is killed again and again while it sends; whatever was asked for arrives, and what comes twice (at most what
    was under way at a kill) bears the same Message-ID."""
    sink = Moody()
    wanted: list[str] = []
    async with mail_server(sink) as port:
        async with office(tmp_path, port) as desk:
            for round in range(ROUNDS):
                wanted += await desk.invite(
                    *(f"g{round}x{number}@example.net" for number in range(A_ROUND)), id=f"round {round}"
                )
        for round in range(ROUNDS):
            await killed_after(tmp_path, port, sink, A_ROUND * (round + 1) // 2)
        await killed_after(tmp_path, port, sink, A_ROUND * ROUNDS, until=wanted)
        async with office(tmp_path, port, is_new=False) as desk:
            kept = await desk.vault.mails(wanted)
            assert {mail.state for mail in kept.values()} == {MailState.DELIVERED}
            assert all(desk.entity(id).delivered_at is not None for id in wanted)
    came = Counter(sink.ids)
    assert {id.strip("<>").split("@")[0] for id in came} == set(wanted)
    assert sum(came.values()) - len(came) <= 4 * ROUNDS


async def killed_after(folder: Path, port: int, sink: Moody, mails: int, until: list[str] | None = None) -> None:
    """Runs a sender in a process of its own until so many mails came (and all are recorded), and kills it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        str(folder),
        str(port),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": "."},
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"ready\n"
        async with asyncio.timeout(60):
            while len(set(sink.ids)) < mails or not await recorded(folder, until):  # noqa: ASYNC110  another process
                await asyncio.sleep(0.01)
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def recorded(folder: Path, ids: list[str] | None) -> bool:
    """Whether the vault says of all these that they are done with."""
    if ids is None:
        return True
    vault = await SqliteVault.open(folder / "vault.db")
    try:
        return all(mail.state is MailState.DELIVERED for mail in (await vault.mails(ids)).values())
    finally:
        await vault.close()
