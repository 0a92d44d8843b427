"""A jam in which Ann has an idea and two browsers, and what sends pushes to them. `python -m tests.push.telling DATA PORT
MOMENT NOW` sends, and dies as by `kill -9` when the push service has been asked so many times."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from server.hooks.guard import Poster
from server.jam import commands as c
from server.jam_store import JamStore
from server.push.kinds import PushKind
from server.push.message import Sending
from server.push.outgoing import PushOutgoing
from server.push.posting import Outcome, PushPoster
from server.push.service import Choice, Pushes, Subscription
from server.push.vapid import Vapid
from server.settings import Settings
from server.stores import open_stores
from server.vault.port import PersonRecord, Session, Vault
from server.vault.pushes import PushDevice
from tests.push.receiving import PushService, text
from tests.replaying.test_verify import HOUR, NOW

DAY = 24 * HOUR


async def posting(vault: Vault, clock: Callable[[], int]) -> tuple[Vapid, Poster]:
    vapid = Vapid("mailto:jam@example.org", clock)
    await vapid.load(vault)
    return vapid, Poster(allow_private=True)


@dataclass
class Desk:
    """The clock stands still until it is told."""

    store: JamStore
    vault: Vault
    service: PushService
    vapid: Vapid
    poster: Poster
    now: int = NOW
    made: list[str] = field(default_factory=list)
    language: str = "en"

    def outgoing(self) -> PushOutgoing:
        poster = PushPoster(self.poster, self.vapid)
        return PushOutgoing(self.vault, self.store, poster, lambda person: self.language, lambda: self.now, every_s=0.01)

    def pushes(self) -> Pushes:
        return Pushes(self.vault, self.vapid, lambda: self.now, allow_private=True)

    async def browser(self, name: str, person: str = "ann", zone: str = "UTC") -> None:
        """Signs somebody in at a browser that agrees to be told of all but the jam's phases, at any hour."""
        if await self.vault.person(person) is None:
            await self.vault.add_person(PersonRecord(person, f"{person}@example.org", person.title(), None, "en", NOW))
        session = Session(f"session of {name}", person, self.now, self.now, self.now + 90 * DAY, f"Browser {name}")
        await self.vault.add_session(session)
        browser = self.service.browser(name)
        found = Subscription(self.service.endpoint(name), browser.key, text(browser.secret))
        await self.pushes().add_device(person, session.token_hash, found, zone)
        await self.pushes().choose(person, Choice(quiet=(0, 0), kinds=set(PushKind) - {PushKind.PHASE}))

    async def comment(self, count: int = 1, idea: int = 0) -> None:
        """Ben comments on Ann's idea."""
        state = self.store.all()[0]
        for _ in range(count):
            self.made.append("one")
            said = c.PostComment(actor="ben", id=f"c{len(self.made)}", idea=state.ideas[idea].id, body=f"Yes {len(self.made)}")
            await self.store.submit("j1", said, min(self.now, NOW + HOUR - 1))

    def passes(self, ms: int) -> None:
        self.now += ms


class Deadly(PushPoster):
    """Ends the process when the push service has answered so many times, before that is noted anywhere."""

    left = 0

    async def post(self, device: PushDevice, sending: Sending) -> Outcome:
        outcome = await super().post(device, sending)
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return outcome


async def _send(data: Path, moment: int, now: int) -> None:
    async with open_stores(Settings(data=data)) as (journal, vault):
        store = await JamStore.open(journal, lambda: now)
        vapid, poster = await posting(vault, lambda: now)
        deadly = Deadly(poster, vapid)
        deadly.left = moment
        await PushOutgoing(vault, store, deadly, lambda person: "en", lambda: now).turn()
        await store.close()


if __name__ == "__main__":
    asyncio.run(_send(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
