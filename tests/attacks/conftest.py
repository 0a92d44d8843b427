"""A whole server with a mail sink, as the other tests of the web have it."""

from tests.web.conftest import site

__all__ = ["site"]
