"""The page's own documents: read from its build, made ready without being asked for, and alone where that is set."""

import asyncio
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import build_schema

from server.api.documents import Documents
from server.api.errors import DocumentRefused
from server.api.execution import Engine
from server.app.trusted import BUILDS_KEPT, DocumentsUnusable, TrustedDocuments, read_documents
from tests.patience import PATIENCE_S

SCHEMA = build_schema("type Query { a: Int b: Int c: Int d: Int e: Int f: Int }")


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def manifest(*texts: str) -> dict[str, Any]:
    operations = [{"id": digest(text), "name": "Any", "type": "query", "body": text} for text in texts]
    return {"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}


def write(file: Path, *texts: str, at: int) -> None:
    file.write_bytes(orjson.dumps(manifest(*texts)))
    os.utime(file, ns=(at, at))


def trusting(file: Path, is_required: bool = False) -> tuple[Documents, TrustedDocuments]:
    documents = Documents(SCHEMA, trusted_only=is_required)
    return documents, TrustedDocuments(file, documents, Engine(SCHEMA), is_required)


def is_trusted(documents: Documents, text: str) -> bool:
    try:
        return documents.prepare(None, digest(text), None).cost is None
    except DocumentRefused:
        return False


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "is not JSON"),
        (b"[]", "is not a list of operations"),
        (orjson.dumps(manifest()), "is not a list of operations"),
        (orjson.dumps(manifest("{ a }") | {"version": 2}), "is not a list of operations"),
        (orjson.dumps(manifest("{ a }") | {"operations": [7]}), "is not a list of operations"),
        (orjson.dumps(manifest("{ a }")).replace(b"{ a }", b"{ b }"), "is not the SHA-256 of its text"),
    ],
)
def test_what_is_no_manifest_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "documents.json"
    file.write_bytes(content)
    with pytest.raises(DocumentsUnusable, match=words):
        read_documents(file)


def test_without_a_build_nothing_is_trusted_unless_it_must_be(tmp_path: Path) -> None:
    documents, trusted = trusting(tmp_path / "documents.json")
    trusted.load()
    assert not is_trusted(documents, "{ a }")
    _, needed = trusting(tmp_path / "documents.json", is_required=True)
    with pytest.raises(DocumentsUnusable, match=r"HOTHOUSE_TRUSTED_DOCUMENTS_ONLY is on, but .*make setup"):
        needed.load()


def test_a_new_build_joins_those_before_it_and_a_damaged_one_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "documents.json"
    write(file, "{ a }", at=1)
    documents, trusted = trusting(file)
    trusted.load()
    write(file, "{ b }", at=2)
    trusted.look()
    assert is_trusted(documents, "{ a }")
    assert is_trusted(documents, "{ b }")
    file.write_bytes(b"half a fi")
    trusted.look()
    file.unlink()
    trusted.look()
    assert is_trusted(documents, "{ a }")
    assert is_trusted(documents, "{ b }")


def test_only_the_last_builds_are_trusted(tmp_path: Path) -> None:
    file = tmp_path / "documents.json"
    write(file, "{ a }", at=1)
    documents, trusted = trusting(file)
    trusted.load()
    for at, name in enumerate("bcde"[:BUILDS_KEPT], start=2):
        write(file, f"{{ {name} }}", at=at)
        trusted.look()
    assert not is_trusted(documents, "{ a }")
    assert [is_trusted(documents, f"{{ {name} }}") for name in "bcde"] == [True] * BUILDS_KEPT


@pytest.mark.anyio
async def test_documents_are_made_ready_before_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "documents.json"
    write(file, "{ a }", "{ nothing }", "{ b }", at=1)
    documents, trusted = trusting(file)
    trusted.load()
    running = asyncio.create_task(trusted.run())
    async with asyncio.timeout(PATIENCE_S):
        while not trusted.is_ready:  # noqa: ASYNC110  nobody else waits for it
            await asyncio.sleep(0.01)
    running.cancel()
    monkeypatch.setattr("server.api.documents.parse", None)
    assert documents.prepare(None, digest("{ a }"), None).root_fields == ("a",)
    assert documents.prepare(None, digest("{ b }"), None).root_fields == ("b",)


def test_nothing_else_runs_where_that_is_set(tmp_path: Path) -> None:
    file = tmp_path / "documents.json"
    write(file, "{ a }", at=1)
    documents, trusted = trusting(file, is_required=True)
    trusted.load()
    assert documents.prepare("{ a }", None, None) is documents.prepare(None, digest("{ a }"), None)
    with pytest.raises(DocumentRefused) as caught:
        documents.prepare("{ b }", None, None)
    assert [error.extensions for error in caught.value.errors] == [{"code": "DOCUMENT_NOT_TRUSTED"}]
