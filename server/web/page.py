"""Serves the built page, with a nonce of its own for each answer, and its assets."""

import secrets
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

NONCE = "__CSP_NONCE__"
"""What the build leaves where the nonce belongs."""

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
ALWAYS_ASK = {"Cache-Control": "no-cache"}
NOT_BUILT = "The page has not been built: run `make setup`.\n"


class Page:
    """The single page and its files, from the folder that the build wrote."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    async def serve(self, request: Request) -> Response:
        """A file of the build where there is one of that name, else the page itself."""
        path = request.path_params.get("path", "")
        found = self._file(path)
        if found is not None:
            headers = FOR_EVER if path.startswith("assets/") else ALWAYS_ASK
            return FileResponse(found, headers=headers)
        if "." in path.rsplit("/", 1)[-1]:
            return PlainTextResponse("There is no such file.\n", 404)
        return self._page()

    def _file(self, path: str) -> Path | None:
        """The file, if the path stays within the folder. The page itself goes out by `_page` only."""
        if not path or path == "index.html" or "\0" in path:
            return None
        try:
            candidate = (self._folder / path).resolve()
            return candidate if candidate.is_relative_to(self._folder) and candidate.is_file() else None
        except OSError:  # a name that no file can have
            return None

    def _page(self) -> Response:
        index = self._folder / "index.html"
        if not index.is_file():
            return PlainTextResponse(NOT_BUILT, 503)
        nonce = secrets.token_urlsafe(16)
        html = _read(index, index.stat().st_mtime_ns).replace(NONCE, nonce)
        return HTMLResponse(html, headers=ALWAYS_ASK | {"Content-Security-Policy": content_policy(nonce)})


@lru_cache(maxsize=4)
def _read(path: Path, changed_at: int) -> str:
    return path.read_text("utf-8")


def content_policy(nonce: str) -> str:
    """Scripts only with the nonce (or loaded by one that has it), nothing from elsewhere, no text turned into script."""
    return (
        f"default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types hothouse svelte-trusted-html"
    )
