"""What can be asked of the clustering processes. The clustering itself is imported there only, so that the server stays light:
it costs 110 MB and more than a second."""

import os
import signal
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import parent_process

from server import logs
from server.themes.messages import Grouping, Loaded, Placed, ProcessSettings, Request


def start(settings: ProcessSettings) -> None:
    """A process's first act. It ends when its parent does, however that ended, and gives way to the server's own work."""
    logs.configure()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(OSError):
        os.nice(settings.niceness)
    from server.themes import worker

    worker.start(settings)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def warm_up() -> str:
    """Loads the model; the embedder's id."""
    from server.themes import worker

    return worker.warm_up()


def load(loaded: Loaded) -> list[str]:
    """Takes a jam in whole, in place of what was known of it; ids of the ideas that have no vector yet."""
    from server.themes import worker

    return worker.load(loaded)


def place(jam: str, chunk: bytes) -> list[Placed]:
    """Where new or edited ideas belong."""
    from server.themes import worker

    return worker.place(jam, chunk)


def remove(jam: str, ids: Sequence[str]) -> None:
    """Forgets ideas."""
    from server.themes import worker

    worker.remove(jam, ids)


def similar(jam: str, text: str, language: str | None, most: int) -> list[tuple[str, float]]:
    """The ideas nearest in meaning to a text."""
    from server.themes import worker

    return worker.similar(jam, text, language, most)


def embed(texts: Mapping[bytes, str]) -> int:
    """Puts the vectors of texts on disk; how many there were to make."""
    from server.themes import worker

    return worker.embed(texts)


def regroup(request: Request) -> Grouping:
    """A whole grouping."""
    from server.themes import worker

    return worker.regroup(request)
