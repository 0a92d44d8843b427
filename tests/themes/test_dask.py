"""The clustering processes with a Dask cluster: it helps where it is, and holds nothing up where it is not."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from clustering import TfidfEmbedder
from server.themes import worker
from server.themes.items import belongs, item_of, key_of, pack
from server.themes.messages import Edits, Grouping, ProcessSettings, Request
from tests.jam.world import World
from tests.themes.texts import ALL

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning")


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a process's beginning sets for good is put back."""
    monkeypatch.setattr(worker, "_process", None)
    monkeypatch.setenv("OMP_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
    with threadpool_limits(limits=1):
        yield


def grouped(folder: Path, dask: str) -> Grouping:
    worker.start(ProcessSettings(folder, "tfidf", 0, dask))
    texts = {key_of(text): text for text in ALL}
    assert worker.embed(texts) == len(ALL)
    kept = worker._here().store.known(texts)
    expected = TfidfEmbedder().embed(list(texts.values()))
    assert np.allclose(np.stack([kept[key].vector for key in texts]), expected)
    world = World()
    for text in ALL:
        world.post(title=text)
    items = [item_of(idea) for idea in world.state.ideas if belongs(idea)]
    return worker.regroup(Request(world.state.id, "r", None, "en", "auto", [pack(items)], (), Edits()))


def test_a_cluster_makes_the_same_themes(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:
        helped = grouped(tmp_path / "helped", cluster.scheduler_address)
    assert helped == grouped(tmp_path / "alone", "")


def test_a_cluster_that_is_gone_holds_nothing_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("clustering.work._PATIENCE_S", 0.5)
    assert grouped(tmp_path, "tcp://127.0.0.1:9").themes
