"""`python -m tests.erasing.killed DATA STEP`: erases Dana with all she wrote, and dies as by `kill -9` after a step."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.erasing.lived import DANA, erasing, opened


async def _erase(data: Path, step: str) -> None:
    def die(after: str) -> None:
        if after == step:
            os.kill(os.getpid(), signal.SIGKILL)

    async with opened(data) as (store, vault, _):
        await erasing(store, vault, data, die).erase(DANA, withdraws=True)


if __name__ == "__main__":
    asyncio.run(_erase(Path(sys.argv[1]), sys.argv[2]))
