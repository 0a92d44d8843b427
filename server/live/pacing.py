"""How often things are told: slower while there is too much to do. Whoever decides that sets it; the stages read it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Pacing:
    """A tick takes `tick_factor` times as long as is set; who is here is told every `here_seconds` at least that are set here;
    changed themes are told every `theme_seconds` (0: with the tick that comes).
    """

    tick_factor: float = 1.0
    here_seconds: float = 0.0
    theme_seconds: float = 0.0
