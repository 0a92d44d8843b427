"""Python reads this as it starts, where its folder is on PYTHONPATH: the machine's clock, as this process and its children read
it, is off by as many nanoseconds as stand in the file that HOTHOUSE_TEST_SHIFT names.
"""

import mmap
import os
import struct
import time


def shift(path: str) -> None:
    """Has the functions that tell the time of day look into the file, each time anew."""
    with open(path, "rb") as file:
        view = mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ)
    real_ns, real_s = time.time_ns, time.time

    def off() -> int:
        return int(struct.unpack_from("q", view)[0])

    time.time_ns = lambda: real_ns() + off()
    time.time = lambda: real_s() + off() / 1e9


if "HOTHOUSE_TEST_SHIFT" in os.environ:
    shift(os.environ["HOTHOUSE_TEST_SHIFT"])
