"""Plays a recorded jam again, as a new jam in the present, with the same people."""

from server.replaying.play import ReplayReport, replay

__all__ = ["ReplayReport", "replay"]
