"""The TypeScript examples of docs/api.md: what stands there is what is in examples/, it fits the schema, and does what it says."""

import asyncio
import os
import re
import shutil
import subprocess
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from server.hooks.signing import signature
from tests.faults.links import linked
from tests.web.running import Site, free_port
from tests.web.test_api_guide import posted
from tests.web.test_tokens import given

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "examples" / "typescript"
GUIDE = (ROOT / "docs" / "api.md").read_text("utf-8")
BLOCKS = re.findall(r"`examples/typescript/src/(\w+\.ts)`:?\n\n```ts\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@dataclass
class Program:
    """The compiled examples."""

    folder: Path

    async def start(self, act: str, **environment: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            "node", "out/main.js", act, cwd=self.folder, env={**os.environ, **environment},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def run(self, act: str, site: Site, secret: str, url: str = "") -> list[str]:
        """The lines that it prints; it must end well."""
        process = await self.start(act, HOTHOUSE=url or site.url, HOTHOUSE_TOKEN=secret)
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, err.decode()
        return out.decode().splitlines()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Compiled as a reader would, with types generated from the schema; strict, so that what does not fit it fails here."""
    root = tmp_path_factory.mktemp("typescript")
    folder = root / "examples" / "typescript"
    shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("node_modules", "out", "schema-types.d.ts"))
    (root / "schema").mkdir()
    shutil.copy(ROOT / "schema" / "schema.graphql", root / "schema")
    (folder / "node_modules").symlink_to(ROOT / "frontend" / "node_modules")
    for command in (["gql.tada", "generate-output"], ["tsc"]):
        done = subprocess.run(
            [f"node_modules/.bin/{command[0]}", *command[1:]], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return Program(folder)


@asynccontextmanager
async def started(process: asyncio.subprocess.Process) -> AsyncGenerator[asyncio.subprocess.Process, None]:
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()


def test_the_guide_shows_the_files_as_they_are() -> None:
    shown = dict(BLOCKS)
    assert set(shown) == {path.name for path in (SOURCES / "src").glob("*.ts")} - {"main.ts", "schema-types.d.ts"}
    for name, text in shown.items():
        assert text == (SOURCES / "src" / name).read_text("utf-8"), name


def test_a_field_that_is_not_in_the_schema_does_not_compile(program: Program, tmp_path: Path) -> None:
    """Or the check of types would show nothing."""
    wrong = program.folder.parent / "wrong"
    shutil.copytree(program.folder, wrong, symlinks=True)
    page = wrong / "src" / "ideas.ts"
    page.write_text(page.read_text("utf-8").replace("supportCount }", "supportCounts }"), "utf-8")
    done = subprocess.run(["node_modules/.bin/tsc"], cwd=wrong, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "TS" in done.stdout


async def test_a_list_is_read_a_page_at_a_time(site: Site, program: Program) -> None:
    for number in range(60):
        await posted(site, f"Idea {number}")
    lines = await program.run("list", site, await given(site, "pada", ["READ"]))
    assert lines[0] == "Ada"
    assert [words.partition(" ")[2] for words in lines[1:]] == [f"Idea {number}" for number in reversed(range(60))]


async def test_a_vote_counts_once_though_answers_are_lost(site: Site, program: Program) -> None:
    """Between them and the server half the answers are dropped, their connections with them."""
    await posted(site, "Benches")
    secret = await given(site, "pada", ["READ", "VOTE"])
    async with linked(("127.0.0.1", int(site.url.rsplit(":", 1)[1])), 3) as (link, line_port):
        link.losing = 0.4
        for _ in range(5):
            lost = link.lost
            process = await program.start("vote", HOTHOUSE=f"http://127.0.0.1:{line_port}", HOTHOUSE_TOKEN=secret)
            out, _ = await asyncio.wait_for(process.communicate(), 60)
            if process.returncode == 0 and link.lost > lost:
                break
    assert out.decode() == "IdeaSuccess 1\n", "it went on through answers that were lost"
    state = site.server.store.get("jtown")
    assert state is not None
    assert state.ideas[0].support == 1


async def test_what_a_token_lacks_is_an_answer_with_a_type(site: Site, program: Program) -> None:
    await posted(site, "Benches")
    assert await program.run("vote", site, await given(site, "pada", ["READ"])) == ["NotAllowed NotAllowed"]


async def test_following_goes_on_after_a_dropped_connection_and_misses_nothing(site: Site, program: Program) -> None:
    secret = await given(site, "pada", ["READ"])
    port = int(site.url.rsplit(":", 1)[1])
    async with linked(("127.0.0.1", port), 4) as (link, line_port):
        url = f"http://127.0.0.1:{line_port}"
        async with started(await program.start("follow", HOTHOUSE=url, HOTHOUSE_TOKEN=secret)) as process:
            assert await line(process) == "following"
            await asyncio.sleep(1.5)
            await posted(site, "Before")
            assert await line(process) == "changed: Before 0"
            link.cut()
            for number in range(3):
                await posted(site, f"Meanwhile {number}")
            await asyncio.sleep(0.5)
            link.mend()
            assert {await line(process) for _ in range(3)} == {f"changed: Meanwhile {number} 0" for number in range(3)}
            await posted(site, "After")
            assert await line(process) == "changed: After 0"


async def test_a_token_that_is_not_good_ends_following(site: Site, program: Program) -> None:
    process = await program.start("follow", HOTHOUSE=site.url, HOTHOUSE_TOKEN="hh_nobody")
    await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode != 0


async def test_a_webhook_is_taken_once_and_only_with_our_signature(program: Program) -> None:
    port, secret, body = free_port(), "the secret", b'{"kind": "idea.posted", "seq": 7}'
    async with started(await program.start("receive", SECRET=secret, PORT=str(port))) as process:
        assert await line(process) == "receiving"
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

            async def post(signed: str, delivery: str = "d1") -> int:
                headers = {"Hothouse-Signature": signed, "Hothouse-Delivery": delivery}
                return (await client.post("/", content=body, headers=headers)).status_code

            now = int(time.time())
            assert await post(signature(secret, now, body)) == 204
            assert await line(process) == 'told: {"kind":"idea.posted","seq":7}'
            assert await post(signature(secret, now, body)) == 204
            assert await post(signature("another", now, body), "d2") == 401
            assert await post(signature(secret, now - 301, body), "d3") == 401
            assert await post("", "d4") == 401
            assert await post(signature(secret, now, body), "d5") == 204
            assert await line(process) == 'told: {"kind":"idea.posted","seq":7}'
