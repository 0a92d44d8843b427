"""What an export of a large jam costs those who vote meanwhile.

    python -m bench.exports [--ideas 46000] [--repetitions 3]

Somebody asks for /healthz on one connection, again and again, while an organizer takes the jam along in each format: how
long the longest answer took without an export, and with one. The process that makes the file shares the server's CPU.
"""

import argparse
import http.client
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from bench.figures import median
from bench.plan import only_say_what_is_wrong
from bench.preparing import JAM, Recipe
from bench.processes import allow_files
from bench.product import Product, product
from server.access.sessions import COOKIE

FORMATS = ("csv", "json", "xlsx", "terms.csv")
PAUSE_S = 0.002
QUIET_S = 5.0
PATIENCE_S = 300.0


class Asker:
    """Asks for as long as it is told to; `longest_s` is the longest that an answer took."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        self._ends = threading.Event()
        self.longest_s = 0.0

    def ask(self) -> None:
        while not self._ends.is_set():
            began = time.perf_counter()
            self._connection.request("GET", "/healthz")
            self._connection.getresponse().read()
            self.longest_s = max(self.longest_s, time.perf_counter() - began)
            time.sleep(PAUSE_S)

    def end(self) -> None:
        self._ends.set()


@contextmanager
def asking(server: Product) -> Iterator[Asker]:
    """Somebody asks inside; the figure holds afterwards."""
    asker = Asker(server.running.port)
    thread = threading.Thread(target=asker.ask)
    thread.start()
    try:
        yield asker
    finally:
        asker.end()
        thread.join()


def taken(server: Product, format: str) -> tuple[float, int]:
    """Seconds until the whole file is here, and its size in bytes."""
    path = f"{JAM}/{format}" if "." in format else f"{JAM}.{format}"
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.running.port}/export/{path}",
        headers={"Cookie": f"{COOKIE}={server.store.organizer_token}"},
    )
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        size = len(answer.read())
    return time.perf_counter() - began, size


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ideas", type=int, default=46_000)
    parser.add_argument("--repetitions", type=int, default=3)
    asked = parser.parse_args()
    allow_files()
    only_say_what_is_wrong()
    with product(Recipe(ideas=asked.ideas), 200) as server:
        with asking(server) as asker:
            time.sleep(QUIET_S)
        print(f"without an export: the longest answer took {1000 * asker.longest_s:.0f} ms")
        for format in FORMATS:
            longest, seconds, size = [], [], 0
            for _ in range(asked.repetitions):
                with asking(server) as asker:
                    took, size = taken(server, format)
                longest.append(1000 * asker.longest_s)
                seconds.append(took)
            print(f"{format:>9}: {median(longest):4.0f} ms, the file after {median(seconds):.1f} s, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
