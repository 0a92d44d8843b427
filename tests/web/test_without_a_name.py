"""A whole server, its stores and its logs, after someone posted without their name: nothing in them differs by who of two it was.

The same day is lived twice, on stores of its own each: in one ada posts without her name, in the other eve. The clock stands
still until it is told, so all times are equal; everything random (secrets, their hashes, tokens of records, ids of things that
the server draws) is masked, and so is the seal, which only the audit key opens. Then every row of every table is the same.
"""

import re
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from server.app.build import build
from server.app.own_parts import taken_back_of
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam_store import PREFIX
from server.sealing import unseal
from server.settings import Settings
from server.snapshots import KIND, dump, load
from server.vault.port import PersonRecord
from server.verifying import verify
from tests.jam.world import plain
from tests.test_sealing import public_of
from tests.web.running import OURS, TOPIC, graphql, open_jam

pytestmark = pytest.mark.anyio

NOW = 1_900_000_000_000
PRIVATE = generate_private_key(SECP256R1())
PROOF, OTHER, SALT = "P" * 43, "Q" * 43, "s" * 22
TITLE = "Nobody dares to say it"
RANDOM = re.compile(r"[A-Za-z0-9_-]{40,}|\b[0-9a-f]{32}\b|\b[0-9]{16,}\b")
"""Seals, hashes of secrets, tokens, and keys of commands (the server counts what was seen by commands with random ids). What is
short (ids of people, of ideas, times, numbers) stays."""


@dataclass
class Day:
    """What was left of one day: all rows of all stores, the snapshot, what was printed, and the jam."""

    rows: list[str]
    files: bytes
    snapshot: str
    metrics: str
    seals: dict[str, str]


def bytes_of(data: Path) -> bytes:
    """All that is in the files, whatever they are."""
    return b"".join(file.read_bytes() for file in sorted(data.rglob("*")) if file.is_file())


async def lived(data: Path, poster: str) -> Day:
    clock = Standing()
    settings = Settings(data=data, port=8105, theme_workers=0, development=True)
    async with build(settings, clock) as server:
        await open_jam(server, NOW)
        await server.vault.add_person(PersonRecord("peve", "eve@example.org", "Eve", "IL", "en", NOW))
        joining = c.AddMember(actor=ids.SYSTEM, id="join-eve", person="peve", role=Role.PARTICIPANT, relation=Relation.EMPLOYEE)
        await server.store.submit("jtown", joining)
        await server.store.submit("jtown", c.SetAuditKey(actor=ids.SYSTEM, id="key", public=public_of(PRIVATE)[1]))
        await server.store.submit("jtown", c.SetAnonymousPosting(actor=ids.SYSTEM, id="on", on=True))
        named = c.PostIdea(actor="pmod", id="named", topic=TOPIC, title="Named", body="")
        await server.store.submit("jtown", named)
        async with signed_in(server, "pada") as ada, signed_in(server, "peve") as eve:
            clock.wait()
            for client in (ada, eve):
                await ordinary(client, named.derived(ids.IDEA))
            clock.wait()
            await unnamed(ada if poster == "pada" else eve, named.derived(ids.IDEA))
            clock.wait()
            for client in (ada, eve):
                await ordinary(client, named.derived(ids.IDEA))
            metrics = (await ada.get("/metrics")).text
        state = server.store.get("jtown")
        assert state is not None
        snapshot = dump(state)
        await server.journal.save_snapshot(PREFIX + state.id, KIND, state.seq, snapshot)
        kept = RANDOM.sub("#", repr(plain(load(snapshot), but=("commands",))))
        seals = {target: seal.sealed for target, seal in state.anonymity.seals.items()}
    return Day(
        rows_of(data),
        bytes_of(data),
        kept,
        metrics,
        seals,
    )


class Standing:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now

    def wait(self) -> None:
        self.now += 3_600_000


@asynccontextmanager
async def signed_in(server: Any, person: str) -> AsyncGenerator[httpx.AsyncClient, None]:
    transport = httpx.ASGITransport(app=server.app)
    async with httpx.AsyncClient(transport=transport, base_url=server.settings.url, headers=OURS) as client:
        link = await server.links.make(person, "/")
        assert (await client.post("/auth/enter", json={"token": link.split("#")[1]})).status_code == 200
        yield client


async def ordinary(client: httpx.AsyncClient, idea: str) -> None:
    """What both of them do anyway."""
    await graphql(
        client,
        '{ jam(slug: "town") { ideas { edges { node { title author { name } } } } } viewer { unreadCount(jamId: "jtown") } }',
    )
    await done(client, "supportIdea", "IdeaInput", ideaId=idea, commandId="a-vote-of-one-of-them")
    await graphql(client, "mutation($i: MarkSeenInput!) { markSeen(input: $i) }", i={"jamId": "jtown", "ideaIds": [idea]})


async def unnamed(client: httpx.AsyncClient, idea: str) -> None:
    """Posts, comments, changes and takes back, all without a name; sends the post twice, and is refused once."""
    post = {"jamId": "jtown", "topicId": TOPIC, "title": TITLE, "body": "", "parentIds": [idea], "proof": PROOF, "salt": SALT}
    for attempt in ("first", "again"):
        made = await done(
            client,
            "postAnonymousIdea",
            "PostAnonymousIdeaInput",
            "... on IdeaSuccess { idea { id } }",
            **post,
            commandId=f"sent-{attempt}",
        )
    (refused,) = [
        await done(
            client,
            "postAnonymousIdea",
            "PostAnonymousIdeaInput",
            **post | {"title": "", "proof": "R" * 43},
            commandId="refused-it",
        )
    ]
    assert refused["__typename"] == "InvalidInput"
    id = made["idea"]["id"]
    comment = {"ideaId": idea, "body": "Said without a name", "proof": OTHER, "salt": SALT}
    said = await done(
        client,
        "postAnonymousComment",
        "PostAnonymousCommentInput",
        "... on CommentSuccess { comment { id } }",
        **comment,
        commandId="comment-1",
    )
    edit = {"ideaId": id, "title": TITLE, "body": "Because.", "baseVersion": 1, "proof": PROOF}
    await done(client, "editAnonymousIdea", "EditAnonymousIdeaInput", **edit, commandId="edit-it-once")
    back = {"jamId": "jtown", "targetId": said["comment"]["id"], "proof": OTHER}
    await done(client, "withdrawAnonymous", "WithdrawAnonymousInput", **back, commandId="take-it-back")
    draft = await client.post(
        "/graphql",
        json={
            "query": "mutation($i: SaveDraftInput!) { saveDraft(input: $i) }",
            "variables": {"i": {"jamId": "jtown", "key": "new-idea", "body": TITLE}},
        },
    )
    assert draft.json()["errors"][0]["extensions"]["code"] == "NotAllowed"


async def done(client: httpx.AsyncClient, mutation: str, kind: str, selection: str = "", **given: Any) -> Any:
    document = f"mutation($input: {kind}!) {{ it: {mutation}(input: $input) {{ __typename {selection} ... on Rejection {{ code message }} }} }}"
    answer = (await graphql(client, document, input=given))["it"]
    assert "code" not in answer or answer["code"] == "InvalidInput", answer
    return answer


def rows_of(data: Path) -> list[str]:
    """Every row of every table of every store, in order, without what is random."""
    found = []
    for file in sorted(data.glob("*.sqlite")):
        store = sqlite3.connect(file)
        for (table,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"):
            if table.startswith("snapshot"):
                continue  # compared as what it says: it holds the random keys of commands as numbers
            what = "name" if table == "shared_secrets" else "*"
            rows = [
                f"{file.stem}.{table}: {RANDOM.sub('#', repr([_plain(cell) for cell in row]))}"
                for row in store.execute(f'SELECT {what} FROM "{table}"')
            ]
            found += sorted(rows)
        store.close()
    return found


def _plain(cell: Any) -> Any:
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


async def test_nothing_that_is_kept_or_told_differs_by_who_posted(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    by_ada = await lived(tmp_path / "one", "pada")
    said_of_ada = capfd.readouterr()
    by_eve = await lived(tmp_path / "other", "peve")
    said_of_eve = capfd.readouterr()

    assert by_ada.rows == by_eve.rows
    assert len([row for row in by_ada.rows if row.startswith("vault.sessions")]) == 2, "there is something to compare"
    assert by_ada.snapshot == by_eve.snapshot
    for one, other in ((said_of_ada.out, said_of_eve.out), (said_of_ada.err, said_of_eve.err)):
        for text in (one, other):
            assert TITLE not in text
            assert PROOF not in text
        assert bool(re.search("pada|peve", one)) == bool(re.search("pada|peve", other))
    counted = [re.sub(r" [0-9.e+-]+(?= |$)", " #", line) for line in by_ada.metrics.splitlines()]
    assert not any("pada" in line or "peve" in line for line in counted)


async def test_the_proof_is_kept_nowhere_and_the_seal_opens_with_the_key_only(tmp_path: Path) -> None:
    day = await lived(tmp_path, "pada")
    for secret in (PROOF, OTHER):
        assert secret.encode() not in day.files
    assert TITLE.encode() in day.files, "the search finds what is there"
    assert {unseal(sealed, PRIVATE, "jtown", target) for target, sealed in day.seals.items()} == {"pada"}


async def test_a_difference_would_be_found(tmp_path: Path) -> None:
    """The comparison is worth nothing if it can't fail: posted under the name, the two days differ."""
    days = []
    for poster in ("pada", "peve"):
        clock = Standing()
        async with build(Settings(data=tmp_path / poster, port=8105, theme_workers=0, development=True), clock) as server:
            await open_jam(server, NOW)
            await server.store.submit(
                "jtown", c.AddMember(actor=ids.SYSTEM, id="e", person="peve", role=Role.PARTICIPANT, relation=Relation.EMPLOYEE)
            )
            await server.store.submit("jtown", c.PostIdea(actor=poster, id="one", topic=TOPIC, title=TITLE, body=""))
        days.append(rows_of(tmp_path / poster))
    assert days[0] != days[1]


async def test_what_was_taken_back_is_in_no_file_any_more(tmp_path: Path) -> None:
    """Neither after a while, nor where the server ended before it came to it: then at the next start."""
    secret = "Said without a name"
    day = await lived(tmp_path, "pada")
    assert secret.encode() in day.files, "it was taken back moments before the end"
    async with build(Settings(data=tmp_path, port=8105, theme_workers=0, development=True), Standing()) as server:
        settled = taken_back_of(server.settings, server.store)
        await settled.settle()
        state = server.store.get("jtown")
        assert state is not None
        told = await verify(server.journal, state, state.slug)
        assert told.ok, told
    assert secret.encode() not in bytes_of(tmp_path)
    assert TITLE.encode() in bytes_of(tmp_path)
