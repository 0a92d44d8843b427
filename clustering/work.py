"""Heavy work in pieces, through any `concurrent.futures` executor: this process, processes of this machine, or a Dask cluster.

The pieces are the same whoever does them, and their results are put together in their order, so that the themes are the same.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

T = TypeVar("T")
_PATIENCE_S = 10.0


class SchedulerUnavailable(RuntimeError):
    """The Dask scheduler can't be used: its client is not installed, or nobody answers at the address."""


@contextmanager
def executor_at(scheduler: str | None = None, workers: int | None = None) -> Iterator[Executor | None]:
    """An executor for heavy work, closed at the end.

    scheduler: address of a Dask scheduler ("tcp://10.0.0.5:8786"), whose workers need this package installed with the same
    embedder; without one, `workers` processes of this machine (default: one a core), None where that is 1: the work is then
    done in this process. Raises SchedulerUnavailable.
    """
    count = workers or len(os.sched_getaffinity(0))
    if scheduler:
        client = dask_client(scheduler)
        try:
            yield client.get_executor()
        finally:
            client.close()
    elif count == 1:
        yield None
    else:
        # spawned: the engines' OpenMP threads do not survive a fork
        with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_one_thread) as pool:
            yield pool


def dask_client(scheduler: str) -> Any:
    """A client of the Dask scheduler at an address; raises SchedulerUnavailable."""
    try:
        from distributed import Client
    except ImportError as missing:
        raise SchedulerUnavailable("HOTHOUSE_DASK needs the extra: pip install hothouse[dask]") from missing
    try:
        make: Any = Client
        return make(scheduler, timeout=_PATIENCE_S, set_as_default=False)
    except (OSError, ValueError) as failed:
        raise SchedulerUnavailable(f"no Dask scheduler answers at {scheduler}: {failed}") from failed


def in_pieces(executor: Executor | None, function: Callable[..., T], calls: Sequence[tuple[Any, ...]]) -> list[T]:
    """What `function` returns for each of `calls`, in their order. With an executor it must be a module's own."""
    if executor is None or len(calls) < 2:
        return [function(*call) for call in calls]
    return [future.result() for future in [executor.submit(function, *call) for call in calls]]


def hands(executor: Executor | None) -> int:
    """How many pieces an executor does at a time, as far as it tells; a whole array is sent once to each."""
    if executor is None:
        return 1
    known = getattr(executor, "_max_workers", None)
    client = getattr(executor, "_client", None)
    if known is None and client is not None:
        known = sum(client.nthreads().values())
    return max(1, int(known or len(os.sched_getaffinity(0))))


def _one_thread() -> None:
    os.environ["OMP_NUM_THREADS"] = "1"
