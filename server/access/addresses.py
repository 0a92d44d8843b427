"""Who asks, by network: the client's address where a trusted proxy tells it, and what counts as one for limits.

Nobody is believed by default. `X-Forwarded-For` and `Forwarded` (RFC 7239) are lists that every hop adds to at the end, and
that whoever asks may begin as they like; so they are read from the end, and the first address that no trusted proxy has is the
client's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
HOUSEHOLD = 64
"""Bits of an IPv6 network that one customer has at least (RFC 6177): its addresses count as one."""

MOST_HOPS = 32
SCHEMES = {"http": {"http": "http", "https": "https"}, "websocket": {"http": "ws", "https": "wss"}}


def read_networks(text: str) -> tuple[Network, ...]:
    """The networks in a list with commas, such as "10.0.0.0/8, ::1". Raises `ValueError`."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def counted(address: str) -> str:
    """What an address is counted under: itself, or the /64 that it is in."""
    found = _parsed(address)
    if found is None or isinstance(found, IPv4Address):
        return address if found is None else str(found)
    return str(IPv6Network((found, HOUSEHOLD), strict=False))


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies whose word is taken, by their networks."""

    networks: tuple[Network, ...] = ()

    def reveal(self, scope: Scope) -> None:
        """Puts the client's address, and the scheme it asked by, where the proxy's stand in the scope."""
        client = scope.get("client")
        if not self.networks or client is None or not self._trusts(_parsed(client[0])):
            return
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        hops = list(_hops(headers))
        for hop in reversed(hops[-MOST_HOPS:]):
            if hop is None:
                break
            scope["client"] = (str(hop), 0)
            if not self._trusts(hop):
                break
        proto = (
            next((value for name, value in reversed(headers) if name == b"x-forwarded-proto"), b"").decode("latin-1").strip()
        )
        scheme = SCHEMES.get(scope["type"], {}).get(proto.lower())
        if scheme is not None:
            scope["scheme"] = scheme

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(address.version == one.version and address in one for one in self.networks)


def _hops(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[Address | None]:
    """Every address that the hops told, the nearest last; None for what is none (such as "unknown")."""
    told = list(headers)
    for name, value in told:
        if name == b"x-forwarded-for":
            yield from (_parsed(part) for part in value.decode("latin-1").split(","))
    if any(name == b"x-forwarded-for" for name, _ in told):
        return
    for name, value in told:
        if name == b"forwarded":
            yield from (_of_element(element) for element in value.decode("latin-1").split(","))


def _of_element(element: str) -> Address | None:
    for pair in element.split(";"):
        key, _, value = pair.partition("=")
        if key.strip().lower() == "for":
            return _parsed(value)
    return None


def _parsed(text: str) -> Address | None:
    """The address in a text, with or without quotes, brackets and a port; an IPv4 address in IPv6 clothes is that address."""
    plain = text.strip().strip('"')
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        found = ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
