"""A MongoDB wire server as a process of its own that can be killed and begun again on the same data."""

import asyncio
import sys
from pathlib import Path

from tests.faults.site import READY_S
from tests.web.running import free_port


class Mongo:
    """SecantusDB with every commit synced."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: asyncio.subprocess.Process

    async def start(self) -> None:
        command = [sys.executable, "-m", "secantus", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--storage-path", str(self._folder), "--sync-on-commit", "--log-level", "ERROR"]
        with self._folder.with_suffix(".log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*command, cwd=self._folder.parent, stdout=log, stderr=log)
        async with asyncio.timeout(READY_S):
            while not await self._listens():  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        self._process.kill()
        await self._process.wait()

    async def _listens(self) -> bool:
        if self._process.returncode is not None:
            raise RuntimeError(f"the store ended with {self._process.returncode}")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True
