"""The real server as a process of its own, that a test can kill and start again on the same data."""

import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"^ {2}(\S.*?) {2,}(http://\S+/enter#\S+)$", re.MULTILINE)
FIRST_LINK = re.compile(r"^ {2}(http://\S+/enter#\S+)$", re.MULTILINE)
READY_WITHIN_S = 60.0
GENEROUS = {
    "HOTHOUSE_POSTS_PER_MINUTE": "1000",
    "HOTHOUSE_VOTES_PER_MINUTE": "10000",
    "HOTHOUSE_ACTS_PER_MINUTE": "10000",
    "HOTHOUSE_MAILS_PER_HOUR": "1000",
}
"""One machine plays all people here: limits for each of them are tested elsewhere."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass
class Serving:
    """`hothouse serve` with the sample jam, on the embedded store in `data`; its output is kept beside it."""

    data: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is reached, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """What it has printed since it was started."""
        return self._log.read_text("utf-8") if self._log.exists() else ""

    @property
    def _log(self) -> Path:
        return self.data.with_suffix(".log")

    def start(self) -> "Serving":
        """Starts it and waits until it answers; raises `RuntimeError` with what it printed if it does not."""
        command = [sys.executable, "-m", "server", "serve", "--development", "--sample"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port), "--data", str(self.data)],
                cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, "HOTHOUSE_THEME_WORKERS": "0", **GENEROUS, **self.environment, "COLUMNS": "200"},
            )  # fmt: skip
        self._wait_until_ready(self._process)
        return self

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline and process.poll() is None:
            if self._is_ready():
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"The server did not get ready:\n{self.output}")

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def links(self) -> dict[str, str]:
        """Persona → their sign-in link, as printed at the start; "first organizer" is whom the server was set up for."""
        first = FIRST_LINK.findall(self.output)[:1]
        return dict([*LINK.findall(self.output), *(("first organizer", link) for link in first)])

    def kill(self) -> None:
        """`kill -9`: nothing is written any more."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        """Ends it in good order; kills it where that takes long."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
