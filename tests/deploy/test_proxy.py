"""The site that is shipped for nginx, in a real nginx before a real server: TLS, live connections, and who asks."""

import asyncio
import datetime
import json
import ssl
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import httpx
import pytest
import websockets
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr
from websockets.typing import Origin, Subprotocol

from server.jam import commands as c
from server.settings import Settings
from tests.deploy.tools import tool
from tests.patience import PATIENCE_S
from tests.web.running import OURS, TOPIC, Sink, Site, free_port, graphql, open_jam, serving

SHIPPED = Path(__file__).parents[2] / "deploy" / "nginx" / "hothouse.conf"
pytestmark = pytest.mark.anyio
CHANGES = 'subscription { jamChanges(jamId: "jtown", afterSeq: 0) { seq ideas { title } } }'
METRICS_TOKEN = "for-prometheus-alone"
AN_ADDRESS = 2
"""Live connections that one address may have."""


def certificate(folder: Path) -> tuple[Path, Path]:
    """One for localhost, good for a day, signed by itself; its key."""
    key, name, now = ec.generate_private_key(ec.SECP256R1()), x509.Name([]), datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "localhost.pem", folder / "localhost.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return pem, secret


def configured(folder: Path, port: int, behind: int) -> Path:
    """The site as it is shipped, but for the port, the name, and where files lie."""
    pem, key = certificate(folder)
    site = SHIPPED.read_text("utf-8")
    for ours, here in {
        "127.0.0.1:8000": f"127.0.0.1:{behind}",
        "listen 443": f"listen 127.0.0.1:{port}",
        "jam.example.com;": "localhost;",
        "/etc/ssl/jam.example.com.pem": str(pem),
        "/etc/ssl/jam.example.com.key": str(key),
    }.items():
        assert ours in site, f"nothing to replace: {ours}"
        site = site.replace(ours, here)
    whole = folder / "nginx.conf"
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log stderr;\nevents {{ worker_connections 512; }}\n"
        f"http {{\naccess_log off;\n{temporary}{site}\n}}\n",
        "utf-8",
    )
    return whole


@pytest.fixture
async def proxied(tmp_path: Path) -> AsyncGenerator[tuple[Site, ssl.SSLContext], None]:
    """The server behind nginx, by the address that people use; what trusts the certificate."""
    port, behind = free_port(), free_port()
    url = f"https://localhost:{port}"
    settings = Settings(
        data=tmp_path / "data", port=behind, public_url=url, trusted_proxies="127.0.0.1", theme_workers=0,
        connections_per_address=AN_ADDRESS, metrics_token=SecretStr(METRICS_TOKEN),
    )  # fmt: skip
    configuration = configured(tmp_path, port, behind)
    async with serving(settings) as server:
        await open_jam(server)
        nginx = await asyncio.create_subprocess_exec(
            tool("nginx"), "-p", str(tmp_path), "-c", str(configuration), "-e", "stderr", stderr=asyncio.subprocess.PIPE
        )
        try:
            await answering(port, nginx)
            yield Site(server, Sink(), url), ssl.create_default_context(cafile=str(tmp_path / "localhost.pem"))
        finally:
            with suppress(ProcessLookupError):
                nginx.terminate()
            await nginx.wait()


async def answering(port: int, nginx: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            assert nginx.returncode is None, (await nginx.stderr.read() if nginx.stderr else b"").decode()
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.02)


def browser(site: Site, trust: ssl.SSLContext) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=site.url, headers={**OURS, "Origin": site.url}, verify=trust, trust_env=False)


async def signed_in(client: httpx.AsyncClient, site: Site) -> None:
    link = await site.server.links.make("pada", "/")
    assert link.startswith(site.url), "links lead to where people are"
    assert (await client.post("/auth/enter", json={"token": link.split("#")[1]})).status_code == 200


async def test_people_sign_in_and_post_and_are_told_live(proxied: tuple[Site, ssl.SSLContext]) -> None:
    site, trust = proxied
    async with browser(site, trust) as client:
        await signed_in(client, site)
        (cookie,) = (one for one in client.cookies.jar if "session" in one.name)
        assert cookie.name == "__Host-hothouse_session"
        assert cookie.secure
        address, by = site.url.replace("https", "wss") + "/graphql", {"Cookie": f"{cookie.name}={cookie.value}"}
        async with websockets.connect(
            address, ssl=trust, proxy=None, origin=Origin(site.url), additional_headers=by,
            subprotocols=[Subprotocol("graphql-transport-ws")],
        ) as socket:  # fmt: skip
            await socket.send('{"type": "connection_init"}')
            assert "connection_ack" in str(await socket.recv())
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": CHANGES}}))
            post = "mutation ($input: PostIdeaInput!) { postIdea(input: $input) { __typename } }"
            given = {"commandId": "post-by-nginx", "jamId": "jtown", "topicId": TOPIC, "title": "A bench", "body": ""}
            assert (await graphql(client, post, input=given))["postIdea"]["__typename"] == "IdeaSuccess"
            async with asyncio.timeout(PATIENCE_S):
                while "A bench" not in str(await socket.recv()):
                    pass


async def test_its_figures_stay_behind_it_even_for_who_may_have_them(proxied: tuple[Site, ssl.SSLContext]) -> None:
    site, trust = proxied
    by = {"Authorization": f"Bearer {METRICS_TOKEN}"}
    async with browser(site, trust) as client:
        assert (await client.get("/metrics", headers=by)).status_code == 403
        assert (await client.get("/readyz")).status_code == 200
        direct = f"http://127.0.0.1:{site.server.settings.port}/metrics"
        assert (await client.get(direct, headers=by)).status_code == 200


async def test_who_asks_is_the_person_and_not_the_proxy(proxied: tuple[Site, ssl.SSLContext]) -> None:
    """And nobody is whom they say they are: nginx tells what it saw, in place of what it was told."""
    site, trust = proxied

    async def has_room(person: str, **headers: str) -> bool:
        socket = await stack.enter_async_context(
            websockets.connect(
                site.url.replace("https", "wss") + "/graphql", ssl=trust, proxy=None, host="127.0.0.1",
                server_hostname="localhost", local_addr=(person, 0), additional_headers=headers,
                subprotocols=[Subprotocol("graphql-transport-ws")],
            )
        )  # fmt: skip
        with suppress(websockets.ConnectionClosed):
            await socket.send('{"type": "connection_init"}')
            return "connection_ack" in str(await socket.recv())
        return False

    async with AsyncExitStack() as stack:
        assert [await has_room("127.0.0.2") for _ in range(AN_ADDRESS)] == [True] * AN_ADDRESS
        assert not await has_room("127.0.0.2")
        assert not await has_room("127.0.0.2", **{"X-Forwarded-For": "203.0.113.7"})
        assert await has_room("127.0.0.3")


async def test_what_is_too_long_is_refused_by_nginx_already(proxied: tuple[Site, ssl.SSLContext]) -> None:
    site, trust = proxied
    async with browser(site, trust) as client:
        assert (await client.post("/graphql", content=b"x" * (3 * 1024 * 1024))).status_code == 413
    post = c.PostIdea(actor="pada", id="still", topic=TOPIC, title="Still here", body="")
    assert await site.server.store.submit("jtown", post) > 0
