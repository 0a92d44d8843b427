"""What can be asked of a clustering process about votes; it alone imports numpy's half of this package."""

from server.opinions.ballots import Ballots
from server.opinions.reading import Reading


def read(ballots: Ballots) -> Reading:
    """What the votes tell."""
    from server.opinions import worker

    return worker.read(ballots)
