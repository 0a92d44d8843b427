"""Programs that take what is in deploy/: installed ones, or those that `scripts/deploy-tools` unpacked."""

import os
import shutil
from pathlib import Path

UNPACKED = Path(__file__).parents[2] / "build" / "tools" / "usr"
PLACES = (os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", str(UNPACKED / "sbin"), str(UNPACKED / "bin"))


def tool(name: str) -> str:
    """The program's path. Fails where there is none: what is shipped is never taken to be right unseen."""
    found = shutil.which(name, path=os.pathsep.join(PLACES))
    assert found is not None, f"{name} is missing: run scripts/deploy-tools"
    return found
