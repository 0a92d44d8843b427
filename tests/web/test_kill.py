"""`kill -9` in the middle of votes, twenty times: no acknowledged vote is lost, none counts twice."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.access.sessions import Sessions
from server.app.clock import wall_clock
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam_store import PREFIX, load_state
from server.journal.sqlite import SqliteJournal
from server.settings import Settings
from server.vault.port import PersonRecord
from tests.patience import PATIENCE_S
from tests.web.running import OURS, TOPIC, free_port, open_jam, serving

pytestmark = pytest.mark.anyio
ROUNDS, VOTERS, IDEAS = 20, 8, 12
BEGINS_S = 4 * PATIENCE_S
"""A server needs three seconds of CPU to begin; where twenty others want it too, half a minute was not enough once."""

VOTE = """mutation ($input: IdeaInput!) {{ {act}(input: $input) {{
  ... on IdeaSuccess {{ idea {{ id supportCount }} }} ... on Rejection {{ code message }} }} }}"""


@dataclass
class Voter:
    """Gives and withdraws votes one after the other, and sends again with the same id what was not acknowledged."""

    person: str
    cookie: str
    idea_ids: list[str]
    chance: random.Random
    holds: dict[str, bool] = field(default_factory=dict)
    acknowledged: int = 0
    pending: tuple[str, str, bool] | None = None
    sent: int = 0

    async def vote(self, url: str) -> None:
        """Votes until the line breaks."""
        cookies = {"hothouse_session": self.cookie}
        async with httpx.AsyncClient(base_url=url, headers=OURS, cookies=cookies, timeout=PATIENCE_S) as client:
            with suppress(httpx.TransportError):
                while True:
                    await self.one(client)

    async def one(self, client: httpx.AsyncClient) -> None:
        self.pending = self.pending or self._next()
        command, idea, support = self.pending
        act = "supportIdea" if support else "withdrawSupport"
        body: dict[str, Any] = {"query": VOTE.format(act=act), "variables": {"input": {"commandId": command, "ideaId": idea}}}
        answer = (await client.post("/graphql", json=body)).json()
        assert answer["data"][act]["idea"]["id"] == idea, answer
        self.holds[idea] = support
        self.acknowledged += 1
        self.pending = None

    def _next(self) -> tuple[str, str, bool]:
        self.sent += 1
        idea = self.chance.choice(self.idea_ids)
        return f"{self.person}-command-{self.sent}", idea, not self.holds.get(idea, False)


@asynccontextmanager
async def served(data: Path, port: int) -> AsyncGenerator["asyncio.subprocess.Process", None]:
    """The server as its own process, ready. It is killed at the end, without a chance to tidy up."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server", "serve", "--data", str(data), "--port", str(port),
        env=os.environ | {"HOTHOUSE_THEME_WORKERS": "0", "HOTHOUSE_VOTES_PER_MINUTE": "1000000"},
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await ready(process, port)
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def ready(process: "asyncio.subprocess.Process", port: int) -> None:
    async with asyncio.timeout(BEGINS_S), httpx.AsyncClient() as client:
        while True:
            assert process.returncode is None, "the server ended instead of serving"
            with suppress(httpx.TransportError):
                if (await client.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200:
                    return
            await asyncio.sleep(0.05)


async def prepared(data: Path, port: int) -> list[Voter]:
    """A jam with ideas and voters who are signed in; its first server is gone when this returns."""
    async with serving(Settings(data=data, port=port, theme_workers=0)) as server:
        await open_jam(server)
        sessions = Sessions(server.vault, wall_clock, 1)
        for number in range(IDEAS):
            await server.store.submit(
                "jtown", c.PostIdea(actor="pada", id=f"idea-{number}", topic=TOPIC, title=f"Idea {number}", body="")
            )
        idea_ids = [idea.id for idea in server.store.all()[0].ideas]
        voters = []
        for number in range(VOTERS):
            person = ids.derive_id("p", "voter", str(number))
            await server.vault.add_person(PersonRecord(person, None, person, None, "en", 0))
            join = c.AddMember(actor=ids.SYSTEM, id=person, person=person, role=Role.PARTICIPANT, relation=Relation.FRIEND)
            await server.store.submit("jtown", join)
            voters.append(Voter(person, await sessions.begin(person, "test"), idea_ids, random.Random(number)))
        return voters


async def test_no_acknowledged_vote_is_lost_and_none_counts_twice(tmp_path: Path) -> None:
    port = free_port()
    voters = await prepared(tmp_path, port)
    chance = random.Random(2006)
    for _ in range(ROUNDS):
        async with served(tmp_path, port) as process:
            voting = [asyncio.create_task(voter.vote(f"http://127.0.0.1:{port}")) for voter in voters]
            await _acknowledged(voters, acknowledged(voters) + chance.randint(10, 60))
            process.send_signal(signal.SIGKILL)
            await asyncio.gather(*voting)
    async with served(tmp_path, port):
        await _settle(voters, f"http://127.0.0.1:{port}")
    await _compare(tmp_path, voters)
    assert acknowledged(voters) >= ROUNDS * 10


def acknowledged(voters: list[Voter]) -> int:
    return sum(voter.acknowledged for voter in voters)


async def _acknowledged(voters: list[Voter], count: int) -> None:
    """Returns as soon as so many votes have been acknowledged, with others on their way."""
    async with asyncio.timeout(BEGINS_S):
        while acknowledged(voters) < count:  # noqa: ASYNC110  votes have no event of their own
            await asyncio.sleep(0.001)


async def _settle(voters: list[Voter], url: str) -> None:
    """Everyone sends again what was not acknowledged."""
    for voter in voters:
        if voter.pending:
            async with httpx.AsyncClient(base_url=url, headers=OURS, cookies={"hothouse_session": voter.cookie}) as client:
                await voter.one(client)


async def _compare(data: Path, voters: list[Voter]) -> None:
    journal = await SqliteJournal.open(data / "journal.sqlite")
    state = await load_state(journal, PREFIX + "jtown", from_zero=True)
    await journal.close()
    for voter in voters:
        member = state.member(voter.person)
        assert member is not None
        held = {state.ideas[number].id for number in member.supports}
        assert held == {idea for idea, support in voter.holds.items() if support}
    for idea in state.ideas:
        assert idea.support == sum(voter.holds.get(idea.id, False) for voter in voters)
