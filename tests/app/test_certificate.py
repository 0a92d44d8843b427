"""How long the certificate of the public address holds, as a real TLS server shows it."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.app.certificate import DAY_MS, LOOK_EVERY_MS, Certificate
from tests.web.running import free_port

pytestmark = pytest.mark.anyio
NOW = 1_800_000_000_000


def certificate(folder: Path, ends_at: int) -> ssl.SSLContext:
    """What a server needs to show a certificate of its own that ends then (ms)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    ends = datetime.fromtimestamp(ends_at / 1_000, UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), ends - timedelta(90), ends)
    signed = made.sign(key, hashes.SHA256())
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@asynccontextmanager
async def showing(folder: Path, ends_at: int, port: int) -> AsyncGenerator[None, None]:
    async def shut(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(shut, "127.0.0.1", port, ssl=certificate(folder, ends_at))
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("days", [30.0, 0.5, -1.0])
async def test_the_days_that_are_left(tmp_path: Path, days: float) -> None:
    port = free_port()
    async with showing(tmp_path, NOW + int(days * DAY_MS), port):
        assert await Certificate(f"https://127.0.0.1:{port}").days_left(NOW) == days


async def test_it_is_looked_at_once_an_hour(tmp_path: Path) -> None:
    port = free_port()
    looked = Certificate(f"https://127.0.0.1:{port}/jam")
    async with showing(tmp_path, NOW + 2 * DAY_MS, port):
        assert await looked.days_left(NOW) == 2
    async with showing(tmp_path, NOW + 90 * DAY_MS, port):
        assert await looked.days_left(NOW + LOOK_EVERY_MS - 1) == pytest.approx(2, abs=0.05)
        assert await looked.days_left(NOW + LOOK_EVERY_MS) == pytest.approx(90, abs=0.05)
    assert await looked.days_left(NOW + 2 * LOOK_EVERY_MS) is None, "nobody shows one any more"


@pytest.mark.parametrize("address", ["", "http://127.0.0.1", "https://"])
async def test_there_is_none_without_https(address: str) -> None:
    assert await Certificate(address).days_left(NOW) is None
