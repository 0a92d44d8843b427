"""Addresses that somebody else named lead to public web servers only, wherever their names lead."""

import socket

import pytest

from server.hooks import guard
from server.hooks.guard import Poster, Refused, check_url
from tests.hooks.receiving import receiving

PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[fc00::1]", "[fe80::1]", "[::ffff:10.0.0.1]", "[2002:0a00:0001::]", "[ff02::1]", "198.18.0.1", "192.0.2.1",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_numbers_of_private_networks_are_refused_at_first_sight(host: str) -> None:
    with pytest.raises(Refused, match="private"):
        check_url(f"https://{host}/hook", allow_private=False)
    check_url(f"https://{host}/hook", allow_private=True)


@pytest.mark.parametrize(
    "url",
    ["", "hook", "ftp://example.com", "file:///etc/passwd", "http://example.com", "https://", "https://a:b@example.com",
     "https://example.com:99999", "https://[::1", "https://example.com:0"],
)  # fmt: skip
def test_what_is_no_public_web_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        check_url(url, allow_private=False)


def test_a_public_address_is_taken() -> None:
    check_url("https://hooks.example.com:8443/a?b=c", allow_private=False)


@pytest.mark.anyio
@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "10.1.2.3", "fe80::1%eth0"])
async def test_a_name_that_leads_into_a_private_network_is_not_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look-up is the only thing replaced: names that lead to private addresses exist in the world, not here."""

    async def leads(self: object, host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, 0, 0, "", ("93.184.216.34", port)), (socket.AF_INET, 0, 0, "", (address, port))]

    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", leads)
    poster = Poster(allow_private=False)
    with pytest.raises(Refused, match="private"):
        await poster.post("https://hooks.example.com/", {}, b"{}")
    await poster.close()


@pytest.mark.anyio
async def test_a_redirect_is_not_followed_and_an_answer_is_read_only_to_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "READ_BYTES", 3)
    async with receiving() as receiver:
        receiver.answers = [302]
        poster = Poster(allow_private=True)
        assert await poster.post(receiver.url, {"Host": f"127.0.0.1:{receiver.port}"}, b"{}") == (302, "sor")
        await poster.close()
    assert len(receiver.told) == 1
