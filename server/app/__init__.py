"""The composition root: the only place that builds objects and ties the schema to the server."""

from server.app.build import build

__all__ = ["build"]
