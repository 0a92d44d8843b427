"""Who asks, by network: nobody is believed about it but a trusted proxy, and about the last hop only."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from server.access.addresses import Proxies, counted, read_networks
from server.settings import Settings
from tests.web.running import OURS, free_port, serving

pytestmark = pytest.mark.anyio
PROXY, CLIENT = "10.0.0.7", "203.0.113.9"
TRUSTED = Proxies(read_networks("10.0.0.0/8, fd00::/8"))


def seen(proxies: Proxies, peer: str, *headers: tuple[str, str], kind: str = "http") -> Any:
    """The client's address as the server takes it, and the scheme."""
    lines = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers]
    scope = {"type": kind, "client": (peer, 5), "scheme": "http", "headers": lines}
    proxies.reveal(scope)
    return scope["client"][0], scope["scheme"]  # type: ignore[index]


def test_by_default_nobody_is_believed() -> None:
    headers = ("X-Forwarded-For", CLIENT), ("Forwarded", f"for={CLIENT}"), ("X-Forwarded-Proto", "https")
    assert seen(Proxies(), PROXY, *headers) == (PROXY, "http")
    assert seen(TRUSTED, "198.51.100.1", *headers) == ("198.51.100.1", "http"), "no proxy of ours"


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ([("X-Forwarded-For", CLIENT)], CLIENT),
        ([("X-Forwarded-For", f"1.1.1.1, {CLIENT}")], CLIENT),
        ([("X-Forwarded-For", f"1.1.1.1, {CLIENT}, 10.9.9.9")], CLIENT),
        ([("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", CLIENT)], CLIENT),
        ([("X-Forwarded-For", f"{CLIENT}:4711")], CLIENT),
        ([("X-Forwarded-For", "[2001:db8::1]:4711")], "2001:db8::1"),
        ([("X-Forwarded-For", f"::ffff:{CLIENT}")], CLIENT),
        ([("X-Forwarded-For", "10.1.1.1, 10.2.2.2")], "10.1.1.1"),
        ([("X-Forwarded-For", "unknown")], PROXY),
        ([("X-Forwarded-For", f"{CLIENT}, unknown")], PROXY),
        ([("X-Forwarded-For", "")], PROXY),
        ([("Forwarded", f'for=1.1.1.1, for="{CLIENT}";proto=https')], CLIENT),
        ([("Forwarded", 'for="[2001:db8::1]:80"')], "2001:db8::1"),
        ([("Forwarded", "for=_hidden")], PROXY),
        ([("Forwarded", "for=1.1.1.1"), ("X-Forwarded-For", CLIENT)], CLIENT),
        ([], PROXY),
    ],
)
def test_the_client_is_the_last_hop_that_no_trusted_proxy_is(headers: list[tuple[str, str]], address: str) -> None:
    assert seen(TRUSTED, PROXY, *headers)[0] == address


def test_a_trusted_proxy_says_by_which_scheme() -> None:
    assert seen(TRUSTED, PROXY, ("X-Forwarded-Proto", "https"))[1] == "https"
    assert seen(TRUSTED, PROXY, ("X-Forwarded-Proto", "https"), kind="websocket")[1] == "wss"
    assert seen(TRUSTED, PROXY, ("X-Forwarded-Proto", "javascript"))[1] == "http"


@given(st.lists(st.tuples(st.sampled_from(["X-Forwarded-For", "Forwarded"]), st.text(max_size=60)), max_size=4))
def test_nothing_that_is_sent_breaks_it(headers: list[tuple[str, str]]) -> None:
    address, _ = seen(TRUSTED, PROXY, *headers)
    assert counted(address)


@given(st.ip_addresses(v=4).map(str), st.lists(st.text("0123456789.,: ", max_size=30), max_size=3))
def test_what_a_client_writes_before_the_proxy_changes_nothing(client: str, lies: list[str]) -> None:
    plain = seen(TRUSTED, PROXY, ("X-Forwarded-For", client))
    assert seen(TRUSTED, PROXY, ("X-Forwarded-For", ",".join([*lies, client]))) == plain or client.startswith("10.")


def test_a_household_counts_as_one() -> None:
    assert counted("2001:db8:1:2::1") == counted("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert counted("2001:db8:1:3::1") != counted("2001:db8:1:2::1")
    assert counted("::ffff:203.0.113.9") == counted("203.0.113.9") == "203.0.113.9"
    assert counted("testclient") == "testclient"


def test_networks_that_are_none_are_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="give networks with commas"):
        Settings(data=tmp_path, trusted_proxies="10.0.0.1/8")
    assert Settings(data=tmp_path, trusted_proxies="10.0.0.0/8,::1").trusted_proxies


@pytest.mark.parametrize(("trusted", "codes"), [("", [204, 204, 429, 429]), ("127.0.0.0/8", [204, 204, 204, 204])])
async def test_sign_in_mails_are_limited_by_the_network_that_asks(tmp_path: Path, trusted: str, codes: list[int]) -> None:
    """Without a trusted proxy nobody gets further by saying to be somebody else; with one, each network has its own count."""
    settings = Settings(data=tmp_path, port=free_port(), theme_workers=0, mails_per_network=2, trusted_proxies=trusted)
    async with serving(settings), httpx.AsyncClient(base_url=settings.url, headers=OURS) as client:
        got = []
        for number in range(4):
            body = {"email": f"somebody{number}@example.org", "language": "en"}
            got.append(
                (await client.post("/auth/link", json=body, headers={"X-Forwarded-For": f"203.0.113.{number}"})).status_code
            )
        assert got == codes
        here = {"email": "again@example.org", "language": "en"}
        same = [
            (await client.post("/auth/link", json=here, headers={"X-Forwarded-For": "2001:db8::9"})).status_code for _ in "123"
        ]
        other = await client.post("/auth/link", json=here, headers={"X-Forwarded-For": "2001:db8::ff:1"})
        assert (same[-1], other.status_code) == (429, 429), "one /64"
