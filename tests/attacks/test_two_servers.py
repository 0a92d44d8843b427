"""Two whole servers that differ only in what is not for one person: every byte they answer that person is the same.

What `tests/schema/test_audience_property.py` shows of resolvers by random histories is shown here of all that stands around
them: caches, ETags, headers, the page, exports, and whether an answer was found finished or had to be made.
"""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from server.api.cache import CacheCounters
from server.app.build import Server, build
from server.app.entrance import Entrance
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation
from server.jam.visibility import Audience
from server.settings import Settings
from server.vault.port import PersonRecord
from tests.web.running import OURS, TOPIC, open_jam

pytestmark = pytest.mark.anyio
STAFF = Audience(relations=(Relation.EMPLOYEE,))
QUERIES = [
    '{ jam(slug: "town") { counts { ideas comments supports members themes } topics { id title position ideaCount } hereCount } }',
    *(
        f'{{ jam(slug: "town") {{ ideas(order: {order}, first: 2) {{ totalCount pageInfo {{ endCursor hasNextPage }} '
        "edges { cursor node { id title commentCount buildOnCount supportCount parents { id } buildOns { id } } } } } }"
        for order in ("TOP", "HOT", "RISING", "NEW", "DISCUSSED", "UNATTENDED", "FAIR")
    ),
    '{ jam(slug: "town") { themes { id name } themeRun { id ideaCount backlog } moderationLog { act targetId reason } } }',
    '{ search(jamId: "jtown", text: "sec") { ideas { id } comments { id } people { name } } }',
    '{ search(jamId: "jtown", text: "idea") { ideas { id title } comments { id } people { name } } }',
    '{ similarIdeas(jamId: "jtown", text: "a secret idea about copper") { score idea { id } } }',
    '{ themeMap(jamId: "jtown") { points { ideaId } themes { id } columns { count ideaIds } } }',
    '{ viewer { name unreadCount(jamId: "jtown") notifications(jamId: "jtown") { kind } sinceYouLeft(jamId: "jtown") { items { kind } } } }',
    '{ viewer { supportedIdeaIds(jamId: "jtown") ideas(jamId: "jtown") { id } } jam(slug: "town") { viewerCircles { id } } }',
    '{ jam(slug: "town") { reports { id } health { openReports } stream { __typename } members { totalCount } } }',
    '{ node(id: "SECRET") { id } idea(id: "SECRET") { id } }',
    '{ jam(slug: "town") { topic(id: "SECRET") { id } theme(id: "SECRET") { id } } }',
]  # fmt: skip
MUTATIONS = [
    'mutation { supportIdea(input: {commandId: "a-command-1", ideaId: "SECRET"}) { __typename ... on Rejection { code message } } }',
    'mutation { postComment(input: {commandId: "a-command-2", ideaId: "SECRET", body: "Hi"}) { __typename ... on Rejection { code message } } }',
    'mutation { fileReport(input: {commandId: "a-command-3", targetId: "SECRET", reason: SPAM}) { __typename ... on Rejection { code message } } }',
]
PAGES = [
    "/",
    "/jam/town",
    "/jam/town/idea/SECRET",
    "/healthz",
    "/readyz",
    "/auth/ways",
    "/export/town.csv",
    "/export/town.json",
    "/metrics",
]


class Clock:
    """Both servers' time."""

    now = 1_900_000_000_000

    def __call__(self) -> int:
        return self.now


async def fill(server: Server, is_secret_there: bool) -> str:
    """The same public things; and in one of the servers many that are for employees or for a circle. The id of a secret one."""
    secret = c.PostIdea(actor="pada", id="secret-1", topic=TOPIC, title="A secret idea about copper", body="", audience=STAFF)

    async def do(command: c.Command) -> None:
        await server.store.submit("jtown", command)

    async def hide(*commands: c.Command) -> None:
        for command in commands if is_secret_there else ():
            await do(command)

    circle = c.CreateCircle(actor="pada", id="circle-1", name="The few", members=("pmod",))
    posts = [
        c.PostIdea(actor="pben", id=f"post-{n}", topic=TOPIC, title=f"An idea of many words {n}", body="") for n in range(5)
    ]
    for number, post in enumerate(posts):
        await hide(c.PostIdea(actor="pada", id=f"before-{number}", topic=TOPIC, title="Secret copper", body="", audience=STAFF))
        await do(post)
    one = posts[0].derived(ids.IDEA)
    await hide(circle, secret)
    inside = Audience(circle=circle.derived(ids.CIRCLE))
    await hide(
        c.PostIdea(actor="pada", id="in-1", topic=TOPIC, title="In the circle", body="", audience=inside, parents=(one,)),
        c.PostIdea(actor="pada", id="on-1", topic=TOPIC, title="Secret build-on", body="", audience=STAFF, parents=(one,)),
        c.PostComment(actor="pmod", id="remark-1", idea=secret.derived(ids.IDEA), body="A secret remark"),
        c.SupportIdea(actor="porg", id="vote-1", idea=secret.derived(ids.IDEA)),
        c.HideIdea(actor="pmod", id="hide-1", idea=ids.derive_id(ids.IDEA, "pada", "before-1"), reason="It is a secret"),
        c.AddTopic(actor="porg", id="topic-1", titles={"en": "Staff"}, descriptions={}, audience=STAFF),
    )
    await do(c.SupportIdea(actor="pada", id="vote-2", idea=one))
    await do(c.PostComment(actor="pada", id="remark-2", idea=one, body="A remark for all"))
    return secret.derived(ids.IDEA)


@pytest.fixture
async def servers(tmp_path: Path) -> AsyncGenerator[list[tuple[Server, str]], None]:
    async with AsyncExitStack() as stack:
        made = []
        for name in ("with", "without"):
            (tmp_path / name).mkdir()
            settings = Settings(data=tmp_path / name, port=8_107, theme_workers=0)
            server = await stack.enter_async_context(build(settings, Clock()))
            await open_jam(server, Clock.now)
            await server.vault.add_person(PersonRecord("pnobody", "zoe@example.org", "Zoe", "IL", "en", Clock.now))
            made.append((server, await fill(server, name == "with")))
        yield made


async def told(server: Server, secret: str, person: str) -> tuple[list[Any], Any]:
    """Everything that a person is answered, and how often an answer was found finished."""
    heard: list[Any] = []
    transport = httpx.ASGITransport(server.app, client=("192.0.2.1", 5))
    async with httpx.AsyncClient(transport=transport, base_url=server.settings.url, headers=OURS) as client:
        link = await server.links.make(person)
        assert (await client.post("/auth/enter", json={"token": link.split("#")[1]})).status_code == 200
        for query in [one for one in QUERIES for _ in "12"] + MUTATIONS:
            answer = await client.post("/graphql", json={"query": query.replace("SECRET", secret)})
            heard.append((query, answer.status_code, _headers(answer), answer.content))
            etag = answer.headers.get("etag")
            if etag is not None:
                again = await client.post("/graphql", json={"query": query}, headers={"If-None-Match": etag})
                heard.append((query, "again", again.status_code, again.content))
        for path in PAGES:
            answer = await client.get(path.replace("SECRET", secret))
            heard.append((path, answer.status_code, len(answer.content), _headers(answer)))
    return heard, _found(server)


def _found(server: Server) -> tuple[CacheCounters, CacheCounters]:
    answering = cast("Entrance", server.app).graphql.answering
    return replace(answering.shared.counters), replace(answering.pieces.counters)


def _headers(answer: httpx.Response) -> dict[str, str]:
    """All but the nonce of the page's policy, which is another for each answer."""
    return {name: value for name, value in answer.headers.items() if name != "content-security-policy"}


async def test_every_byte_is_the_same_with_and_without_what_is_not_for_one(servers: list[tuple[Server, str]]) -> None:
    (one, secret), (other, _) = servers
    assert one.store.get("jtown").seq > other.store.get("jtown").seq + 10  # type: ignore[union-attr]
    for person in ("pben", "pnobody"):
        here, there = await told(one, secret, person), await told(other, secret, person)
        for mine, theirs in zip(here[0], there[0], strict=True):
            assert mine == theirs
        assert here[1] == there[1], "as many answers were found finished"


async def test_whom_it_is_for_does_see_the_difference(servers: list[tuple[Server, str]]) -> None:
    (one, secret), (other, _) = servers
    here, there = await told(one, secret, "pada"), await told(other, secret, "pada")
    differing = {mine[0] for mine, theirs in zip(here[0], there[0], strict=True) if mine != theirs}
    assert len(differing & set(QUERIES)) > 10
