"""The page's own GraphQL documents: read from its build, trusted by their hash, and made ready before anyone asks.

* DocumentsUnusable              the file is missing, damaged or not what its hashes say
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import structlog

from server.api.documents import Documents
from server.api.errors import DocumentRefused
from server.api.execution import Engine
from server.api.together import are_valid

log = structlog.get_logger()

FORMAT = "apollo-persisted-query-manifest"
"""https://www.apollographql.com/docs/react/data/persisted-queries: other clients' tools write the same."""

NAME = "documents.json"
LOOK_EVERY_S = 2.0
BUILDS_KEPT = 4
"""Builds of the page that are trusted at once: whoever has an older one open goes on until they load it again."""


class DocumentsUnusable(Exception):
    """The documents of the page can't be trusted; the message says what to do."""


def read_documents(file: Path) -> dict[str, str]:
    """Text by SHA-256 (hex) of every operation in a manifest; raises `DocumentsUnusable`."""
    try:
        manifest = orjson.loads(file.read_bytes())
    except OSError as error:
        raise DocumentsUnusable(f"{file} can't be read ({error.strerror}): build the page with `make setup`.") from error
    except orjson.JSONDecodeError as error:
        raise DocumentsUnusable(f"{file} is not JSON ({error}): build the page anew with `make setup`.") from error
    found = _texts(manifest)
    if found is None:
        raise DocumentsUnusable(f"{file} is not a list of operations ({FORMAT}, version 1): build the page anew.")
    wrong = [hash for hash, text in found.items() if sha256(text.encode()).hexdigest() != hash]
    if wrong:
        raise DocumentsUnusable(
            f"{file} was changed after the build: {wrong[0]} is not the SHA-256 of its text. Build it anew."
        )
    return found


def _texts(manifest: Any) -> dict[str, str] | None:
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or manifest.get("version") != 1:
        return None
    operations = manifest.get("operations")
    if not isinstance(operations, list) or not operations:
        return None
    texts = {}
    for one in operations:
        id, body = (one.get("id"), one.get("body")) if isinstance(one, dict) else (None, None)
        if not isinstance(id, str) or not isinstance(body, str):
            return None
        texts[id] = body
    return texts


class TrustedDocuments:
    """Keeps `documents` trusting what the page's last builds ask, as `file` says. `is_required`: nothing else is accepted."""

    def __init__(self, file: Path, documents: Documents, engine: Engine, is_required: bool) -> None:
        self._file = file
        self._documents = documents
        self._engine = engine
        self._is_required = is_required
        self._seen = 0
        self._builds: OrderedDict[int, Mapping[str, str]] = OrderedDict()
        self._unready: list[str] = []

    def load(self) -> None:
        """Trust what is there at the start; raises `DocumentsUnusable` where nothing else would be accepted."""
        try:
            self._take(self._changed_at() or 0)
        except DocumentsUnusable as unusable:
            if self._is_required:
                raise DocumentsUnusable(f"HOTHOUSE_TRUSTED_DOCUMENTS_ONLY is on, but {unusable}") from unusable
            log.info("the page's documents are not trusted yet", reason=str(unusable))

    @property
    def is_ready(self) -> bool:
        """Whether everything trusted has been made ready, as far as that can be."""
        return not self._unready

    async def run(self) -> None:
        """Make documents ready one by one, then look for a new build now and then, until cancelled."""
        while True:
            await self._make_ready()
            await asyncio.sleep(LOOK_EVERY_S)
            self.look()

    def look(self) -> None:
        """Take in a new build. While the file is missing (the page is being built) or damaged, what was trusted stays so."""
        changed_at = self._changed_at()
        if changed_at is None or changed_at == self._seen:
            return
        try:
            self._take(changed_at)
        except DocumentsUnusable as unusable:
            log.warning("the page was built, but its documents can't be trusted", reason=str(unusable))

    def _take(self, changed_at: int) -> None:
        self._seen = changed_at
        texts = read_documents(self._file)
        self._builds[changed_at] = texts
        while len(self._builds) > BUILDS_KEPT:
            self._builds.popitem(last=False)
        self._documents.trust({hash: text for build in self._builds.values() for hash, text in build.items()})
        self._unready = list(texts)

    def _changed_at(self) -> int | None:
        try:
            return self._file.stat().st_mtime_ns
        except OSError:
            return None

    async def _make_ready(self) -> None:
        """Validate them together, then parse and compile each. What takes long goes on beside the event loop."""
        if self._unready:
            newest = next(reversed(self._builds.values()))
            if await asyncio.to_thread(are_valid, self._documents.schema, newest.values()):
                self._documents.vouch(newest)
        while self._unready:
            hash = self._unready[-1]
            try:
                prepared = await asyncio.to_thread(self._documents.prepare, None, hash, None)
            except DocumentRefused as refused:
                log.warning("a document of the page does not fit this server", hash=hash, reason=str(refused))
            else:
                self._engine.prepare(prepared)
            finally:
                self._unready.pop()
