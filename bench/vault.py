"""Measures the vault with 100,000 people: sign-in, sessions, search as typed, addresses, invitations and lists.

Run: .venv/bin/python -m bench.vault [--people 100000] [--mongo]; `make bench-vault`. Wall-clock milliseconds of one call after
another on an otherwise idle vault, and CPU milliseconds of this process (the database's threads included). `--mongo` measures
the MongoDB adapter against MONGO_URL, or against SecantusDB started for it.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.search import ENGLISH, HEBREW, invented_words
from server.access.secrets import hashed
from server.vault.credentials import Passkey
from server.vault.invitations import InvitationMail
from server.vault.mongo import MongoVault
from server.vault.port import PersonRecord, Session, SignInLink, Vault
from server.vault.sqlite import SqliteVault

DAY = 86_400_000
NOW = 1_900_000_000_000
BULK, ROUNDS = 5_000, 300
TARGET_MS = 50.0


@dataclass(frozen=True)
class Row:
    """Milliseconds of one kind of call: median, 95th percentile, and of CPU a call."""

    name: str
    p50: float
    p95: float
    cpu: float


class Bench:
    """People p0, p1, … with names of two invented words, every fourth in Hebrew; and what belongs to each."""

    def __init__(self, vault: Vault, people: int) -> None:
        self.vault, self.count = vault, people
        self.random = random.Random(1)
        words = [invented_words(self.random, letters, 8_000) for letters in (ENGLISH, ENGLISH, ENGLISH, HEBREW)]
        self.names = [" ".join(self.random.choice(words[n % 4]).title() for _ in "12") for n in range(people)]
        self.made = 0

    async def fill(self) -> float:
        """Seconds it took. Sessions, passkeys, links and mails for each, by the vault's own methods, many at once."""
        began = time.perf_counter()
        await self._sync("OFF")
        for start in range(0, self.count, BULK):
            numbers = range(start, min(start + BULK, self.count))
            await self.vault.add_people([self._person(n) for n in numbers])
            await self.vault.put_mails([self._mail(n) for n in numbers], 0)
            for part in range(0, len(numbers), 250):
                await asyncio.gather(*(self._belongings(n) for n in numbers[part : part + 250]))
        await self._sync("FULL")
        return time.perf_counter() - began

    async def _sync(self, how: str) -> None:
        """Whether SQLite waits for the disk at each commit: not while it is filled, and always while it is measured."""
        if isinstance(self.vault, SqliteVault):
            await self.vault._writer.run(lambda db: db.execute(f"PRAGMA synchronous = {how}").close())

    def _person(self, n: int) -> PersonRecord:
        return PersonRecord(f"p{n}", f"{self.names[n].split()[0].lower()}{n}@example.org", self.names[n], "IL", "en", NOW)

    def _mail(self, n: int) -> InvitationMail:
        return InvitationMail(
            f"v{n}", "jtown", f"p{n}", f"guest{n}@example.org", "Guest", "", "en", "", NOW, NOW, NOW + DAY, NOW + 30 * DAY
        )

    async def _belongings(self, n: int) -> None:
        await self.vault.add_session(Session(hashed(f"s{n}"), f"p{n}", NOW, NOW, NOW + 30 * DAY, "browser"))
        await self.vault.add_passkey(Passkey(f"k{n}", f"p{n}", b"key" * 25, 0, "internal", "Phone", True, NOW, None))
        await self.vault.add_link(SignInLink(hashed(f"l{n}"), f"p{n}", None, NOW + DAY, "/"))

    # ------------------------------------------------------------------------------------------------------------- calls
    def _any(self) -> int:
        return self.random.randrange(self.count)

    async def sign_in(self) -> None:
        """What a mailed link costs from the request to the first page: address, link, link taken, session, session found."""
        n, self.made = self._any(), self.made + 1
        person = await self.vault.person_by_email(self._person(n).email or "")
        assert person is not None
        link, session = hashed(f"link {self.made}"), hashed(f"session {self.made}")
        await self.vault.add_link(SignInLink(link, person.id, None, NOW + DAY, "/"))
        assert await self.vault.link(link, NOW)
        assert await self.vault.take_link(link, NOW)
        await self.vault.add_session(Session(session, person.id, NOW, NOW, NOW + DAY, "browser"))
        assert await self.vault.session(session, NOW)

    async def session(self) -> None:
        assert await self.vault.session(hashed(f"s{self._any()}"), NOW)

    async def sessions_in_use(self) -> None:
        """What a worker asks each second of all who are active: 1,000 in one question."""
        assert not await self.vault.ended_sessions([hashed(f"s{self._any()}") for _ in range(1_000)], NOW)

    async def address(self) -> None:
        assert await self.vault.person_by_email(self._person(self._any()).email or "")

    async def passkey(self) -> None:
        assert await self.vault.passkey(f"k{self._any()}")

    async def own_lists(self) -> None:
        """Sessions and passkeys of one person, as the account's page lists them."""
        person = f"p{self._any()}"
        assert await self.vault.sessions(person)
        assert await self.vault.passkeys(person)

    async def names_of_a_page(self) -> None:
        """The people of a page of 100."""
        assert len(await self.vault.people([f"p{self._any()}" for _ in range(100)])) > 90

    async def invite(self) -> None:
        """Ten mails planned, looked at by address as the limits do, and read back."""
        self.made += 10
        mails = [self._mail(self.count + self.made + n) for n in range(10)]
        mails = [_by(mail, f"p{self._any()}") for mail in mails]
        await self.vault.put_mails(mails, DAY)
        await self.vault.mailed("jtown", [mail.address for mail in mails])
        assert len(await self.vault.mails([mail.id for mail in mails])) == 10

    async def accept(self) -> None:
        """A guest becomes a person with a session."""
        self.made += 1
        person = f"guest{self.made}"
        await self.vault.add_person(PersonRecord(person, f"{person}@example.net", "A guest", None, "en", NOW))
        await self.vault.add_session(Session(hashed(person), person, NOW, NOW, NOW + DAY, "browser"))

    def search(self, letters: int, hebrew: bool) -> Callable[[], Awaitable[None]]:
        async def search() -> None:
            name = self.names[self._any() // 4 * 4 + (3 if hebrew else 0)]
            assert await self.vault.search_people(name[:letters], 20)

        return search

    async def measure(self, name: str, call: Callable[[], Awaitable[None]], rounds: int = ROUNDS) -> Row:
        times, cpu = [], time.process_time()
        for _ in range(rounds):
            began = time.perf_counter()
            await call()
            times.append(1_000 * (time.perf_counter() - began))
        times.sort()
        return Row(name, times[rounds // 2], times[rounds * 95 // 100], 1_000 * (time.process_time() - cpu) / rounds)

    async def all(self) -> list[Row]:
        calls: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            ("sign-in by a mailed link, all steps", self.sign_in),
            ("session by its cookie", self.session),
            ("1,000 sessions in one question", self.sessions_in_use),
            ("person by address", self.address),
            ("passkey", self.passkey),
            ("own sessions and passkeys", self.own_lists),
            ("100 people of a page", self.names_of_a_page),
            ("ten invitations planned", self.invite),
            ("an invitation accepted", self.accept),
        ]
        for letters in (1, 2, 3, 4):
            calls += [(f"search, {letters} typed, {kind}", self.search(letters, kind == "he")) for kind in ("en", "he")]
        return [await self.measure(name, call) for name, call in calls]


def _by(mail: InvitationMail, inviter: str) -> InvitationMail:
    return InvitationMail(mail.id, mail.jam_id, inviter, *(getattr(mail, name) for name in list(mail.__dataclass_fields__)[3:]))


async def opened(folder: Path, is_mongo: bool, stack: ExitStack) -> Vault:
    if not is_mongo:
        return await SqliteVault.open(folder / "vault.sqlite")
    from tests.stores.secantus import mongo_server

    return await MongoVault.open(stack.enter_context(mongo_server(folder / "mongo")), "bench-vault")


async def main(people: int, is_mongo: bool) -> None:
    with TemporaryDirectory(prefix="vault-") as name, ExitStack() as stack:
        (Path(name) / "mongo").mkdir()
        vault = await opened(Path(name), is_mongo, stack)
        bench = Bench(vault, people)
        seconds = await bench.fill()
        print(f"{people:,} people with a session, a passkey, a link and a mail each: filled in {seconds:.0f} s\n")
        print("| | p50 ms | p95 ms | CPU ms |\n|---|---|---|---|")
        for row in await bench.all():
            mark = "" if row.p95 <= TARGET_MS else " **over**"
            print(f"| {row.name} | {row.p50:.2f} | {row.p95:.2f}{mark} | {row.cpu:.2f} |")
        await vault.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--mongo", action="store_true")
    given = parser.parse_args()
    asyncio.run(main(given.people, given.mongo))
