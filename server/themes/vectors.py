"""Vectors of texts on disk, by the text's hash: derived data, shared by the clustering processes, and free to be deleted."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from clustering import Embedder, embed_many
from clustering.languages import UNKNOWN, detect
from clustering.preparing import Preparation
from clustering.vectors import Floats

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, language TEXT NOT NULL, vector BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (jam TEXT, run TEXT, note TEXT NOT NULL, PRIMARY KEY (jam, run)) WITHOUT ROWID;
"""


class Embedded(NamedTuple):
    """A text's raw vector (d,), and its language by its own words ("und" where they don't tell)."""

    language: str
    vector: Floats

    def language_or(self, given: str) -> str:
        """The language by the words themselves, which authors often leave wrong; else the one that was given."""
        return given if self.language == UNKNOWN else self.language


class Chosen(NamedTuple):
    """What a run chose and the next one goes on with: how vectors are prepared, the resolutions of the two levels, and how
    many texts there were when these were looked for."""

    preparation: Preparation
    resolutions: tuple[float, float] = (0.0, 0.0)
    texts: int = 0

    def to_json(self) -> str:
        return json.dumps([self.preparation.to_dict(), *self.resolutions, self.texts])

    @classmethod
    def from_json(cls, text: str) -> "Chosen":
        preparation, board, expert, texts = json.loads(text)
        return cls(Preparation.from_dict(preparation), (float(board), float(expert)), int(texts))


class VectorStore:
    """The vectors of one embedder in `<folder>/vectors-<embedder id>.sqlite`, and what the last run of each jam chose.

    Several processes may write it at once. No text is kept in it.
    """

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.embedder = embedder
        self.path = folder / f"vectors-{embedder.id}.sqlite"
        self._db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_SCHEMA)

    def known(self, keys: Iterable[bytes]) -> dict[bytes, Embedded]:
        """What is kept under these keys."""
        found = {}
        for key in keys:
            row = self._db.execute("SELECT language, vector FROM vectors WHERE key = ?", (key,)).fetchone()
            if row is not None and len(row[1]) == 4 * self.embedder.dimensions:
                found[key] = Embedded(row[0], np.frombuffer(row[1], dtype="<f4").astype(np.float32))
        return found

    def embed(self, texts: Mapping[bytes, str], executor: Executor | None = None) -> dict[bytes, Embedded]:
        """The same for texts by key; what is not kept yet is made, by `executor` if there is one, and kept from now on."""
        found = self.known(texts)
        missing = {key: text for key, text in texts.items() if key not in found}
        if missing:
            fresh = list(missing.values())
            many = executor is not None
            vectors = embed_many(fresh, embedder=self.embedder, executor=executor) if many else self.embedder.embed(fresh)
            new = {key: Embedded(detect(text), vector) for (key, text), vector in zip(missing.items(), vectors, strict=True)}
            self._keep(new)
            found |= new
        return found

    def _keep(self, new: Mapping[bytes, Embedded]) -> None:
        rows = [(key, made.language, np.asarray(made.vector, dtype="<f4").tobytes()) for key, made in new.items()]
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def chosen(self, jam: str, run: str | None) -> Chosen | None:
        """What a jam's run chose, where that is still known."""
        row = self._db.execute("SELECT note FROM runs WHERE jam = ? AND run = ?", (jam, run or "")).fetchone()
        try:
            return None if row is None else Chosen.from_json(row[0])
        except (KeyError, ValueError, TypeError):
            return None

    def choose(self, jam: str, run: str, before: str | None, chosen: Chosen) -> None:
        """Keep what a run chose, beside what the one before did: the new one may yet not be recorded."""
        self._db.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)", (jam, run, chosen.to_json()))
        self._db.execute("DELETE FROM runs WHERE jam = ? AND run NOT IN (?, ?)", (jam, run, before or run))

    def raw(self, embedded: Sequence[Embedded]) -> Floats:
        """Their vectors as rows: (n, d)."""
        if not embedded:
            return np.zeros((0, self.embedder.dimensions), dtype=np.float32)
        return np.stack([each.vector for each in embedded])

    def close(self) -> None:
        self._db.close()
