"""What is loaded is out of the collector's way; what comes later is not."""

import gc
import sys
import weakref

from server.cli.settling import SWITCH_S, settle


class Thing:
    me: "Thing"


def test_only_what_was_loaded_is_never_looked_through_again() -> None:
    switch, frozen = sys.getswitchinterval(), gc.get_freeze_count()
    try:
        settle()
        assert gc.get_freeze_count() > frozen
        assert sys.getswitchinterval() == SWITCH_S
        later = Thing()
        later.me = later
        gone = weakref.ref(later)
        del later
        gc.collect()
        assert gone() is None
    finally:
        gc.unfreeze()
        sys.setswitchinterval(switch)
