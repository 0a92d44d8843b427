"""Processes that come back: a pool whose processes may be killed, and which then starts anew."""

import asyncio
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

import structlog

from server.themes import processes
from server.themes.messages import ProcessSettings

log = structlog.get_logger()

P = ParamSpec("P")
R = TypeVar("R")


class WorkerDied(RuntimeError):
    """The process ended in the middle of something. Asking again starts a new one, which knows nothing yet."""


class Pool:
    """Up to `workers` clustering processes, started when they are needed. `generation` counts beginnings anew, so that one
    can tell whether a process still knows what it was told."""

    def __init__(self, name: str, workers: int, settings: ProcessSettings) -> None:
        self.name = name
        self.generation = 1
        self.waiting = 0
        self._workers = workers
        self._settings = settings
        self._executor: ProcessPoolExecutor | None = None
        self._closed = False

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What `function` (of a module, with arguments that can be pickled) returns in one of the processes."""
        executor = self._running()
        self.waiting += 1
        try:
            return await asyncio.wrap_future(executor.submit(function, *args, **kwargs))
        except BrokenExecutor as broken:
            self._bury(executor)
            raise WorkerDied(self.name) from broken
        finally:
            self.waiting -= 1

    def open(self) -> None:
        """Lets a pool that was closed start processes again, which know nothing yet."""
        if self._closed:
            self._closed = False
            self.generation += 1

    def close(self) -> None:
        """Ends the processes at once, whatever they are doing; none is started until `open`."""
        self._closed = True
        if self._executor is not None:
            self._end(self._executor)
            self._executor = None

    def process_ids(self) -> list[int]:
        """Of the processes that are there now."""
        children = getattr(self._executor, "_processes", None) or {}
        return list(children)

    def _running(self) -> ProcessPoolExecutor:
        if self._closed:
            raise WorkerDied(self.name)
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._workers, mp_context=get_context("spawn"), initializer=processes.start, initargs=(self._settings,)
            )
        return self._executor

    def _bury(self, executor: ProcessPoolExecutor) -> None:
        if self._executor is executor:
            log.warning("clustering process died", pool=self.name)
            self._executor = None
            self.generation += 1
            self._end(executor)

    @staticmethod
    def _end(executor: ProcessPoolExecutor) -> None:
        children = list((getattr(executor, "_processes", None) or {}).values())
        executor.shutdown(wait=False, cancel_futures=True)
        for child in children:
            child.terminate()
