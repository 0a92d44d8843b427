"""Cookies of ours, and their names.

Over TLS each is called `__Host-…`: browsers take such a cookie only from this very host, over TLS, for every path. So neither a
page on a sibling host nor somebody on the line can put one of theirs in its place, as they can with any other name ("cookie
tossing"; draft-ietf-httpbis-rfc6265bis, section 4.1.3.2). A cookie under the plain name is then not read at all.
"""

from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response

PREFIX = "__Host-"


@dataclass(frozen=True, slots=True)
class Cookies:
    """`is_tls`: whether people reach the server by https."""

    is_tls: bool = False

    @classmethod
    def of(cls, url: str) -> "Cookies":
        """For a server at this address."""
        return cls(url.startswith("https:"))

    def name(self, plain: str) -> str:
        """What the cookie is called on the line."""
        return PREFIX + plain if self.is_tls else plain

    def read(self, connection: HTTPConnection, plain: str) -> str | None:
        """What the cookie holds."""
        return connection.cookies.get(self.name(plain))

    def keep(self, answer: Response, plain: str, secret: str, seconds: int, path: str = "/") -> None:
        """Set it: no script reads it, and no other site's form sends it."""
        answer.set_cookie(
            self.name(plain), secret, max_age=seconds, httponly=True, samesite="lax", secure=self.is_tls, path=self._path(path)
        )

    def drop(self, answer: Response, plain: str, path: str = "/") -> None:
        """Have the browser forget it."""
        answer.delete_cookie(self.name(plain), path=self._path(path), secure=self.is_tls, httponly=True, samesite="lax")

    def _path(self, path: str) -> str:
        return "/" if self.is_tls else path
