"""How well a phrase says what a group of texts is about: the phrase is embedded like a text and compared with the group.

What many texts of a group happen to share ("eleven", "Tuesday") is often not what they are about. The embedder knows: the
vector of "public transport" lies near the mean of ideas about buses, that of "Tuesday" near no group at all.
"""

from collections.abc import Callable, Sequence

import numpy as np

from clustering.vectors import Floats, unit

Embed = Callable[[Sequence[str]], Floats]
"""Texts -> raw vectors (n, d)."""

_SHRINK = 10.0
_NEARNESS = 4.0
_CONTRAST = 3.0


def phrase_vectors(phrases: Sequence[str], embed: Embed, usual: Floats) -> Floats:
    """Centred unit vectors (n, d) of phrases of one language.

    Phrases are much shorter than texts, which shows in their vectors; so the mean of the phrases themselves is taken away,
    shrunk towards `usual` (d,), the mean of the language's texts, as (n x own + 10 x usual) / (n + 10).
    """
    if not phrases:
        return np.zeros((0, len(usual)), np.float32)
    raw = embed(list(phrases))
    centre = (raw.sum(axis=0) + _SHRINK * usual) / (len(raw) + _SHRINK)
    return unit(raw - centre)


def fit(vectors: Floats, means: Floats, group: int, rivals: Sequence[int]) -> tuple[Floats, Floats]:
    """How well phrases (n, d) say what a group is about: a factor for each (n,), and how far they are ahead (n,).

    The factor is e to the power of 4 x the cosine with the group's mean, plus 3 x the lead: what that is more than the
    cosine with the nearest of the rival groups. means: (k, d) unit; rivals: the groups it must be told from.
    """
    near = vectors @ means[group]
    ahead = near - (vectors @ means[list(rivals)].T).max(axis=1) if len(rivals) else near
    factor = np.exp(_NEARNESS * near + _CONTRAST * np.clip(ahead, -0.5, 0.5))
    return np.asarray(factor, dtype=np.float32), np.asarray(ahead, dtype=np.float32)
