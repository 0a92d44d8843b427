"""What a server does between loading and its first request, so that votes do not wait for Python."""

import gc
import sys

SWITCH_S = 0.001
"""How long the event loop may keep Python's lock from a thread that has synced a record. By default it is five times that."""


COLLECT_AFTER = (5_000, 5, 1_000_000_000)
"""How many more objects there are when the collector looks through the youngest, how often before it looks through older ones,
and before it looks through all: never by itself (`server.collecting`). Python's own 700 was a third of the CPU of thousands who
connect, for who connects stays; what is dropped in circles waits a little longer.
"""


def hurry() -> None:
    """Before loading: nothing of what is read is garbage, so the collector does not look for any until `settle`.

    Of the 2.7 s that the snapshot of a jam of 150,000 members took, 2.1 s were its looking through all of it, again and again.
    """
    gc.collect()
    gc.disable()


def settle() -> None:
    """What was loaded lives as long as the server: the collector never looks through it.

    That took 0.3 s for a jam of 46,000 ideas, every so often, in which nothing was answered.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()
    sys.setswitchinterval(SWITCH_S)
