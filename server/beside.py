"""Commands in a process of their own, on the server's stores: for what would hold everybody up in this one."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

NICENESS = 10
"""The server goes first where there is one core for both."""

Beside = Callable[..., Awaitable[bool]]
"""Runs a `hothouse` command, given word by word, and tells whether it did what it was to do; what is wrong is in the log."""


def beside(data: Path) -> Beside:
    """Runs commands on the stores in this folder."""
    return partial(_beside, data)


async def _beside(data: Path, *words: str) -> bool:
    command = (sys.executable, "-m", "server", *words, "--data", str(data))
    try:
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    except OSError:
        return False
    if sys.platform != "win32":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    try:
        return await process.wait() == 0
    finally:
        # Whoever asked for it is gone, or the server stops: nobody will look at what it makes.
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
