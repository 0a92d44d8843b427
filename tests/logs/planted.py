"""`python planted.py serve …`: the whole server, with faults planted wherever faults can come from.

Whoever posts an idea whose title begins with "crash" meets a fault that quotes all that was sent; so do background work, a
task that nobody waits for, a thread, a library that logs and a destructor. Their words are the values themselves.
"""

import asyncio
import gc
import logging
import threading
import warnings
from typing import Any

from server.cli import main
from server.jam_store import JamStore
from server.web.page import Page


class Destroyed:
    def __init__(self, words: str) -> None:
        self.words = words

    def __del__(self) -> None:
        raise ValueError(self.words)


async def fails(words: str) -> None:
    try:
        raise KeyError(words)
    except KeyError as error:
        raise ExceptionGroup(words, [RuntimeError(words), ValueError(words)]) from error


def fails_too(words: str) -> None:
    raise LookupError(words)


def plant() -> None:
    submit, serve = JamStore.submit, Page.serve

    async def submitted(self: JamStore, jam_id: str, command: Any, at: int | None = None) -> int:
        words = repr(command)
        if getattr(command, "title", "").startswith("crash"):
            _everywhere(words)
            await fails(words)
        return await submit(self, jam_id, command, at)

    async def served(self: Page, request: Any) -> Any:
        if "crash" in request.url.path:
            raise OSError(28, f"no space for {request.url} {request.headers}")
        return await serve(self, request)

    JamStore.submit = submitted  # type: ignore[method-assign]
    Page.serve = served  # type: ignore[method-assign]


def _everywhere(words: str) -> None:
    task: Any = asyncio.get_running_loop().create_task(fails(words), name=words)
    task.add_done_callback(lambda done: asyncio.get_running_loop().call_soon(gc.collect))
    del task
    asyncio.get_running_loop().call_soon(fails_too, words)
    threading.Thread(target=fails_too, args=(words,), name=words).start()
    warnings.warn(words, RuntimeWarning, stacklevel=1)
    logging.getLogger("a.library").warning("could not send to %s", words)
    logging.getLogger("uvicorn.error").error("refused %s", words)
    logging.getLogger("a.library").error(f"could not send to {words}")
    logging.getLogger("asyncio").error("%d things", words)
    Destroyed(words)


if __name__ == "__main__":
    plant()
    main()
