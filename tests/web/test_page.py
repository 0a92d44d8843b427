"""The page and its files: a nonce of its own for each answer, nothing from outside the folder."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from server.web.page import FOR_EVER, NONCE, Page
from server.web.security import HEADERS, STRICT_TRANSPORT, SecurityHeaders

pytestmark = pytest.mark.anyio
HTML = f'<html><script nonce="{NONCE}" src="/assets/a.js"></script><style nonce="{NONCE}"></style></html>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("not for anyone", "utf-8")
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text(HTML, "utf-8")
    (dist / "assets" / "a.js").write_text("1;", "utf-8")
    (dist / "robots.txt").write_text("User-agent: *", "utf-8")
    (dist / "linked.txt").symlink_to(tmp_path / "secret.txt")
    return dist


def client_of(folder: Path, tls: bool = False) -> httpx.AsyncClient:
    app = SecurityHeaders(Starlette(routes=[Route("/{path:path}", Page(folder).serve)]), tls)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


@pytest.fixture
async def client(folder: Path) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with client_of(folder) as opened:
        yield opened


async def test_each_answer_has_a_nonce_of_its_own_in_page_and_policy(client: httpx.AsyncClient) -> None:
    nonces = set()
    for path in ("/", "/jam/town", "/jam/town/idea/i1", "/index.html"):
        answer = await client.get(path)
        if path == "/index.html":
            assert answer.status_code == 404
            continue
        found = set(re.findall(r'nonce="([\w-]{16,})"', answer.text))
        assert (answer.status_code, len(found), NONCE in answer.text) == (200, 1, False)
        policy = answer.headers["content-security-policy"]
        assert f"script-src 'nonce-{found.copy().pop()}' 'strict-dynamic';" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-cache"
        nonces |= found
    assert len(nonces) == 3


async def test_assets_are_kept_for_ever_and_other_files_asked_for_again(client: httpx.AsyncClient) -> None:
    asset, robots = await client.get("/assets/a.js"), await client.get("/robots.txt")
    assert (asset.text, asset.headers["cache-control"]) == ("1;", FOR_EVER["Cache-Control"])
    assert "immutable" in asset.headers["cache-control"]
    assert (robots.status_code, robots.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/old.js",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/linked.txt",
        "/%2fetc%2fhosts.txt",
        "/a%00.js",
        "/" + "x" * 300 + ".js",
    ],
)
async def test_there_is_no_file_outside_the_folder_nor_an_unknown_one(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.text) == (404, "There is no such file.\n")


async def test_an_address_longer_than_any_file_name_is_the_page(client: httpx.AsyncClient) -> None:
    assert (await client.get("/" + "x" * 300)).status_code == 200


async def test_a_page_built_anew_is_served_at_once(client: httpx.AsyncClient, folder: Path) -> None:
    await client.get("/")
    (folder / "index.html").write_text("<p>new</p>", "utf-8")
    assert (await client.get("/")).text == "<p>new</p>"


async def test_without_a_build_it_says_what_to_do(tmp_path: Path) -> None:
    async with client_of(tmp_path) as client:
        answer = await client.get("/")
    assert answer.status_code == 503
    assert "make setup" in answer.text


@pytest.mark.parametrize("tls", [False, True])
async def test_every_answer_carries_the_headers(folder: Path, tls: bool) -> None:
    async with client_of(folder, tls) as client:
        for path in ("/", "/robots.txt", "/none.js"):
            headers = (await client.get(path)).headers
            assert {name: headers[name] for name in HEADERS} == HEADERS
            assert headers.get("strict-transport-security") == (STRICT_TRANSPORT if tls else None)
