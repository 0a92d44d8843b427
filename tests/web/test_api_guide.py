"""The examples of docs/api.md do what they say, run as they stand there against a real server."""

import asyncio
import json
import os
import re
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from server.jam import commands as c
from tests.web.running import Site
from tests.web.test_tokens import given

pytestmark = pytest.mark.anyio
GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
SHELL = re.findall(r"^    (curl (?:.*\\\n)*.*)", GUIDE, re.MULTILINE)


async def printed(site: Site, secret: str, *command: str) -> str:
    """What a program prints; it must end well."""
    environment = {**os.environ, "HOTHOUSE": site.url, "HOTHOUSE_TOKEN": secret}
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, err.decode()
    return out.decode()


async def posted(site: Site, title: str) -> None:
    topic = next(iter(site.server.store.all()[0].topics))
    await site.server.store.submit("jtown", c.PostIdea(actor="pben", id=f"post {title}", topic=topic, title=title, body=""))


async def test_the_guide_has_examples() -> None:
    assert (len(PYTHON), len(SHELL)) == (4, 3)


async def test_asking_by_curl(site: Site) -> None:
    secret = await given(site, "pada", ["READ"])
    assert '"name":"Ada"' in await printed(site, secret, "sh", "-c", SHELL[0])


async def test_paging_and_voting_by_curl(site: Site) -> None:
    secret = await given(site, "pada", ["READ", "VOTE"])
    for title in ("One", "Two", "Three"):
        await posted(site, title)
    page = json.loads(await printed(site, secret, "sh", "-c", SHELL[1]))["data"]["jam"]["ideas"]
    assert (len(page["edges"]), page["pageInfo"]["hasNextPage"]) == (2, True)
    again = SHELL[1].replace('"after": null', f'"after": "{page["pageInfo"]["endCursor"]}"')
    rest = json.loads(await printed(site, secret, "sh", "-c", again))["data"]["jam"]["ideas"]
    assert (len(rest["edges"]), rest["pageInfo"]["hasNextPage"]) == (1, False)
    vote = f"IDEA={rest['edges'][0]['node']['id']}; {SHELL[2]}"
    for _ in range(2):
        answer = json.loads(await printed(site, secret, "sh", "-c", vote))["data"]["supportIdea"]
        assert answer == {"__typename": "IdeaSuccess", "idea": {"supportCount": 1}}


async def test_asking_paging_voting_and_following_in_python(site: Site) -> None:
    secret = await given(site, "pada", ["READ", "VOTE"])
    for number in range(60):
        await posted(site, f"Idea {number}")
    program = asyncio.create_task(printed(site, secret, sys.executable, "-c", "\n".join(PYTHON)))
    lines = (await program).splitlines()
    assert lines[0] == "Ada"
    titles = [line.partition(" ")[2] for line in lines[1:61]]
    assert titles == [f"Idea {number}" for number in reversed(range(60))]
    assert lines[61] == "IdeaSuccess True"
    assert "changed: Idea 59" in lines[62:]
    state = site.server.store.get("jtown")
    assert state is not None
    idea = state.ideas[59]
    assert idea.support == 1
    member = state.member("pada")
    assert member is not None
    assert [*member.supports] == [idea.number]


async def test_what_the_guide_says_of_refusals(site: Site) -> None:
    secret = await given(site, "pada", ["READ"])
    await posted(site, "Idea")
    program = "\n".join(PYTHON[:3]).replace('print(first["__typename"], ', "print(first, ")
    program = program.replace(', second["idea"]["supportCount"] == first["idea"]["supportCount"])', ")")
    out = await printed(site, secret, sys.executable, "-c", program)
    assert "NotAllowed" in out
    assert "VOTE" in out
    async with aclosing(await site.signed_in("pada")) as ada:
        assert (
            await ada.post("/graphql", content=b"x" * 300_000, headers={"Content-Type": "application/json"})
        ).status_code == 413
