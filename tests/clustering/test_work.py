"""The same themes whoever does the work: this process, others of this machine, a Dask cluster."""

from collections.abc import Iterator
from concurrent.futures import Executor

import numpy as np
import pytest
from clustering_samples import sample

from clustering import SchedulerUnavailable, TfidfEmbedder, ThemeModel, embed_many, executor_at
from clustering.neighbours import nearest
from clustering.vectors import unit
from clustering.work import hands, in_pieces

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning")


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with executor_at(workers=2) as pool:
        assert pool is not None
        yield pool


@pytest.fixture(scope="module")
def dask() -> Iterator[Executor]:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
        ) as cluster,
        executor_at(cluster.scheduler_address) as pool,
    ):
        assert pool is not None
        yield pool


def same(one: ThemeModel, other: ThemeModel) -> bool:
    return (
        one.labels_.tolist() == other.labels_.tolist()
        and one.sublabels_.tolist() == other.sublabels_.tolist()
        and one.themes_ == other.themes_
        and one.quality_ == other.quality_
    )


@pytest.mark.parametrize("kind", ["processes", "dask"])
def test_a_whole_grouping_is_the_same(kind: str, request: pytest.FixtureRequest) -> None:
    executor: Executor = request.getfixturevalue(kind)
    texts, _ = sample(60)
    alone = ThemeModel(embedder=TfidfEmbedder()).fit(texts)
    assert len(alone.subthemes_) > len(alone.themes_) > 1
    assert same(ThemeModel(embedder=TfidfEmbedder()).fit(texts, executor=executor), alone)


@pytest.mark.parametrize("kind", ["processes", "dask"])
def test_vectors_in_bulk_are_the_same(kind: str, request: pytest.FixtureRequest) -> None:
    executor: Executor = request.getfixturevalue(kind)
    texts = [f"{text} {number}" for number, text in enumerate(sample(36)[0])]
    seen: list[int] = []
    found = embed_many(texts, embedder=TfidfEmbedder(), executor=executor, progress=lambda done, all: seen.append(done))
    assert (found == TfidfEmbedder().embed(texts)).all()
    assert seen[-1] == len(texts)


def test_neighbours_are_the_same_in_pieces(processes: Executor) -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(2500, 16)))
    alone, spread = nearest(vectors, 9), nearest(vectors, 9, processes)
    assert (alone[0] == spread[0]).all()
    # A product of matrices may differ in its last bit by how many threads made it.
    assert np.abs(alone[1] - spread[1]).max() < 1e-6


def test_pieces_come_back_in_order_and_an_error_comes_through(processes: Executor) -> None:
    assert in_pieces(processes, divmod, [(7, 2), (9, 4), (1, 1)]) == [(3, 1), (2, 1), (1, 0)]
    with pytest.raises(ZeroDivisionError):
        in_pieces(processes, divmod, [(7, 2), (9, 0)])
    assert hands(processes) == 2
    assert hands(None) == 1


def test_hands_of_a_cluster_are_its_threads(dask: Executor) -> None:
    assert hands(dask) == 2


def test_one_worker_is_this_process() -> None:
    with executor_at(workers=1) as pool:
        assert pool is None


def test_a_scheduler_that_is_not_there_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("clustering.work._PATIENCE_S", 1.0)
    with (
        pytest.raises(SchedulerUnavailable, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        executor_at("tcp://127.0.0.1:9"),
    ):
        pass


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(SchedulerUnavailable, match=r"hothouse\[dask\]"), executor_at("tcp://127.0.0.1:9"):
        pass
